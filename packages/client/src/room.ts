import type { Fate, Repeat } from "@hubbub/protocol/downstream.ts";
import type { RoomEvent } from "@hubbub/protocol/event.ts";
import type { DeleteEvent } from "@hubbub/protocol/kinds/delete.ts";
import type { MessageEvent, Style } from "@hubbub/protocol/kinds/message.ts";
import type { PinEvent } from "@hubbub/protocol/kinds/pin.ts";
import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import type { EventKind, EventOf } from "@hubbub/protocol/kinds/table.ts";
import type { HubbubError } from "./error.ts";
import type { HistoryOptions, HistoryPage } from "./http/history.ts";

/** What became of a message that the server took. */
export interface Said {
	/** The message's own id, given by the server. */
	readonly id: string;
	/** The position of the message in the room's log. */
	readonly cursor: string;
	/** `shown` to all; `sampled`: left out of the live view by the room's budget, but archived; `held` for review. */
	readonly fate: Fate;
	/** The message as others see it. Unless `fate` is `shown`, no "message" event follows: show the sender this one. */
	readonly event: MessageEvent;
}

/** Null counts as left out, here and in every option. */
export interface SayOptions {
	/** Id of the message it answers. */
	readonly replyTo?: string | null;
	/** How it flies over the stage. */
	readonly style?: Partial<Style> | null;
	/** Idempotency key, at most 64 characters: the same key is the same message, however often it is sent. Made up where left out. */
	readonly key?: string | null;
}

/** What to pin: a message by its `id`, or a `text`. Null counts as left out. */
export interface PinOptions {
	readonly id?: string | null;
	readonly text?: string | null;
	/** When it ends by itself, in Unix milliseconds by the server's clock; left out, it stays until it is unpinned. */
	readonly until?: number | null;
}

/** What of a room is shown: `all` within its budget, or `top`, a few messages a second that are worth reading. */
export type View = "all" | "top";

export interface RoomOptions {
	/** A cursor kept from an earlier visit: what came since is delivered, instead of the latest history. */
	readonly after?: string | null;
	/** `all` where left out. Another view of the same room is had by leaving and entering again. */
	readonly view?: View | null;
}

/** Each event of a kind, by the name of the kind, as it happens; but what is a part of how the room stands is told whole, below. */
type KindNews = { [Kind in Exclude<EventKind, "settings" | "pin">]: EventOf<Kind> };

/** What a room tells its listeners: of each kind of event there is, and what concerns them together. */
export interface RoomEvents extends KindNews {
	/**
	 * Events in the order of the log, each exactly once: the latest ones on entering (`history`), what was missed while away
	 * (`recovered`), and what happens (`live`). `omitted` counts messages that the room's budget left out beside them. `spreadMs`: the next
	 * are about so many milliseconds away, so a page may draw these one after the other; 0 where the server did not say.
	 */
	events: {
		readonly events: readonly RoomEvent[];
		readonly source: "history" | "recovered" | "live";
		readonly omitted: number;
		readonly spreadMs: number;
	};
	/** So many (`count`) more people said what the message `id` says: to be counted there, since they are not shown. */
	repeats: readonly Repeat[];
	/** Each message among the above. */
	message: MessageEvent;
	/** Each deletion among the above: stop showing `target`. */
	delete: DeleteEvent;
	/** What is pinned has changed: what is now, or null. Also told when its time is over. */
	pin: PinEvent | null;
	/** The room's settings, whole: on entering, and when they change. */
	settings: RoomSettings;
	/** How many are watching and how many likes there have been. */
	ambient: { readonly viewers: number; readonly likes: number };
	/** In the room, the first time or again. `recovered`: nothing was lost in between; `missed` events follow at once as "events". */
	joined: { readonly recovered: boolean; readonly missed: number; readonly first: boolean };
	/** The server could not continue where this reader was: what was shown before and what follows are not continuous. */
	reset: undefined;
	/** Events after `from` up to `to` (cursors) were not sent; `history({ before })` has them. */
	gap: { readonly from: string; readonly to: string };
	/** The room does not let this client in, or not any longer. The room is left. */
	rejected: HubbubError;
	/** The room was left: by `leave()`, or put out by the server without a reason. */
	left: undefined;
}

/**
 * One room as this client sees it. Fields are what is known now; `on` tells of every change.
 *
 * @example
 * const room = connect("https://chat.example.com").room("lobby");
 * room.on("message", ({ from, text }) => list.append(Object.assign(document.createElement("li"), { textContent: `${from.name}: ${text}` })));
 * const { fate } = await room.say("你好");
 */
export interface Room {
	readonly id: string;
	/** `joining` also after the connection was lost, until the room is joined again. */
	readonly phase: "joining" | "joined" | "left";
	readonly settings: RoomSettings | null;
	/** What is pinned above the discussion, by its `text`, `from` and, where it is a message, the message's id as `target`; null where nothing is. */
	readonly pinned: PinEvent | null;
	readonly viewers: number;
	readonly likes: number;
	/** How far the log was read; give it as `after` on a later visit to get what was missed. */
	readonly cursor: string | null;
	/** Calls `listener` at every event of `type`. Returns how to stop. */
	on<Type extends keyof RoomEvents>(type: Type, listener: (value: RoomEvents[Type]) => void): () => void;
	/**
	 * Says something. Waits for the server's word however long the connection is away, and is sent again after a reconnect
	 * without ever standing in the room twice. Rejects with a `HubbubError`: the server's reason, or `queue_full`, `left`, `closed`.
	 */
	say(text: string, options?: SayOptions | null): Promise<Said>;
	/** Applause. Summed here and sent once a second. */
	like(count?: number): void;
	/** Takes a message back. Rejects with a `HubbubError`. */
	delete(id: string): Promise<void>;
	/** Changes some of the room's settings, as its host or a moderator. Rejects with a `HubbubError`. */
	configure(settings: Partial<RoomSettings>): Promise<void>;
	/** Pins a message, or a line of one's own, in place of what is pinned, as a host or a moderator. Rejects with a `HubbubError`. */
	pin(what: PinOptions): Promise<void>;
	/** Takes down what is pinned, as a host or a moderator. Rejects with a `HubbubError`. */
	unpin(): Promise<void>;
	/**
	 * A page of older events, ascending: before `before` (a cursor, or an event's offset), or before the oldest event known so far, so that calling it again and
	 * again walks back to the first. `limit` is at most 200. Rejects with a `HubbubError`.
	 */
	history(options?: HistoryOptions | null): Promise<HistoryPage>;
	/** Leaves. What was not answered yet rejects with `left`. `connection.room(id)` enters again. */
	leave(): void;
}
