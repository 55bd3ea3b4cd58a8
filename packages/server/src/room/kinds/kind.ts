import type { RoomState as PublicState } from "@hubbub/protocol/downstream.ts";
import type { EventKind, EventOf, FrameOf } from "@hubbub/protocol/kinds/table.ts";
import type { Actor, CommandTo, Found, Lookup } from "../command.ts";
import type { Decision, Moment, Rejection } from "../decision.ts";
import type { RoomState } from "../state.ts";

type CommandFor<K extends EventKind> = CommandTo<FrameOf<K>["type"]>;

/**
 * What a room does with one kind of event. Pure. There is one file a kind beside this one, all listed in `table.ts`; what may be asked and what
 * the log says is the file of the same name in `protocol/src/kinds`.
 */
export interface Kind<K extends EventKind = EventKind> {
	/** Names the part of the room's state that an event of this kind replaces; `state.latest` has it by that name. Left out where it changes none: then it is not read again when a room is opened. */
	stateKey?(event: EventOf<K>): string;
	/** Refuses who may never ask for it, by who they are alone: before anything is looked up, and before anybody waits for it. */
	refuses?(actor: Actor): Rejection | null;
	/** What has to be known of the log to decide. The host fetches it for every transport alike. */
	lookup?(command: CommandFor<K>): Lookup | null;
	/** Decides what becomes of a command. Synchronous; changes nothing but the sender's place in `state.rates`. */
	decide(state: RoomState, command: CommandFor<K>, moment: Moment, found: Found): Decision;
	/** Folds a logged event into the state, where more is to be done than keeping it by its `stateKey`. */
	apply?(state: RoomState, event: EventOf<K>): void;
	/** Whether it may put out somebody who is in; the state is the one before it. */
	touchesAccess?(state: RoomState, event: EventOf<K>): boolean;
	/** What of the state everybody may see at `wallMs`: the fields that the kind's `state` has in `protocol/src/kinds`. */
	show?(state: RoomState, wallMs: number): Partial<PublicState>;
	/** For commands with a key: what a retry has in common with the first, and another command under the same key has not. */
	readonly content?: {
		/** These fields of the event. */
		readonly fields: readonly string[];
		/** Those of them that a command says by itself, as they would be kept, `undefined` ones too; null where none so long was ever kept, which is then not read. */
		of(command: CommandFor<K>): Readonly<Record<string, unknown>> | null;
	};
	/** The event itself says who did it. Of every other one the staff log does. */
	readonly saysWho?: true;
	/** Whether guests of one address share a rate for it (SPEC RATE-6). The sender's own rate is taken by `decide`, with `state.rates.take`. */
	readonly isWriting?: true;
	/** Whether asking for it over HTTP makes a room that is not there yet, where the caller may make one. */
	readonly makesRoom?: true;
}
