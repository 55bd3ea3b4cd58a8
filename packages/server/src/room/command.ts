import type { User } from "@hubbub/protocol/fields.ts";
import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import type { CommandFrame } from "@hubbub/protocol/upstream.ts";

/** Who does something, with the roles they have in this room. */
export type Actor = User;

type By<Frame> = Frame extends unknown ? Omit<Frame, "ref" | "room"> & { readonly actor: Actor } : never;
/** Something a person wants to happen in a room: what a frame asks for, and who asks. `decide` answers what becomes of it. */
export type Command = By<CommandFrame>;
/** The command of the frame `Type`. */
export type CommandTo<Type extends Command["type"]> = Command & { readonly type: Type };

/** The command that a frame of this person's is, whatever brought it. */
export function commandOf(frame: CommandFrame, actor: Actor): Command {
	const { ref: _, room: __, ...asked } = frame;
	return { ...asked, actor } as Command;
}

/** What a decision needs of the log: the message with this id. */
export interface Lookup {
	readonly message: string;
}

/** What the log has of it. */
export interface Found {
	/** Null where there is no such message. One that was taken back is `deleted`. */
	readonly message: MessageEvent | null;
}

export const foundNothing: Found = { message: null };
