/**
 * The port that orders, keeps and shares what happens in rooms. Every room has two append-only logs of its own offsets and one epoch: the
 * public one, which everybody may read who may read the room, and the staff log, which only those who run the room may.
 *
 * Promises every implementation keeps, held by `contract/room-log.contract.ts`:
 * - An answered `append` is durable, whole; an unanswered or failed one left nothing behind, or is answered `duplicate` when tried again.
 * - Offsets of a log count 1, 2, 3 … in the order of commits, without holes, within one epoch. Its times never go back.
 * - Subscribers on every node hear of an entry only after it is durable, in the order of offsets, once, without holes; those on the node
 *   that appended it before its author does.
 * - A key that one author used in a log before answers the first entry, however long ago; with other content, nothing but that it is taken.
 */
export interface RoomLog {
	/** Opens a room, creating it with empty logs where `create` says so; null where it does not exist and may not be made. Answers where the public log ends. Throws `LogUnavailable`. */
	open(room: string, options: { create: boolean }): Promise<LogHead | null>;
	/**
	 * Adds entries at the ends of the logs of a room that was opened once: all of them or none, in one transaction. Calls may overlap; their
	 * commits are grouped, and take their offsets in the order of the calls. Never throws: faults come back as `failed`.
	 */
	append(room: string, entries: NewEntry | readonly NewEntry[], options?: AppendOptions): Promise<Appended>;
	/** Reads entries of one log in ascending order of offset. See `ReadRange`. Throws `LogUnavailable` when the store cannot answer. */
	read(room: string, range: ReadRange): Promise<readonly Entry[]>;
	/**
	 * What holds now: the latest entry of each state key of a log, ascending by offset. It may be newer than a head that was answered
	 * before. Throws `LogUnavailable`.
	 */
	state(room: string, log?: LogName): Promise<readonly Entry[]>;
	/**
	 * Empties the text of entries that hold a removed one and whose time is before `before`, in Unix milliseconds, in whatever room: some hundreds
	 * of them, and answers how many. Repeated until it answers 0. Throws `LogUnavailable`.
	 */
	wipe(before: number): Promise<number>;
	/** Finds what an author's key became, or an entry by its id; null where there is none. Throws `LogUnavailable`. */
	find(room: string, by: EntryName): Promise<Entry | null>;
	/**
	 * Hears a log of a room: first what lies behind `after`, then every entry as it is committed, until `stop()`. Answers where the log ended
	 * when hearing began: without `after`, what is heard goes on from exactly there, and what is read up to there misses nothing. The first
	 * entries may be heard before the caller's `await` goes on. Null where the room does not exist and may not be made. Throws `LogUnavailable`.
	 */
	subscribe(room: string, options: SubscribeOptions, listener: Listener): Promise<Subscription | null>;
}

export type LogName = "public" | "staff";

/** Where a log ends. `offset` is that of its last entry, 0 for an empty log. */
export interface LogHead {
	/** Names this history: `[a-z0-9]{1,32}`, minted once when the room is made. */
	readonly epoch: string;
	readonly offset: number;
}

export interface NewEntry {
	/** The log it goes into; `public` where none is given. */
	readonly log?: LogName;
	/** When it happened, in Unix milliseconds, an integer. One before the last entry's counts as at the same time. */
	readonly at: number;
	/** The event's own id, unique in its log. */
	readonly id: string;
	/** The event's kind, kept in a column of its own so that an archive can be searched by it. */
	readonly kind: string;
	/** User id of who did it. */
	readonly author: string;
	/** The author's idempotency key; null for what is never retried. */
	readonly key: string | null;
	/**
	 * The body's fields that the author gave. A second use of the key is a retry where it has the same kind and the same in these; otherwise
	 * it is another thing under the same key.
	 */
	readonly content?: readonly string[];
	/** What of the room's state the entry says, whole: it takes the place of earlier ones with the same key in what `state` answers. */
	readonly stateKey?: string;
	/** The event as JSON text of an object, without its `offset`. */
	readonly body: string;
	/** Whether its `text` is one that was taken back elsewhere, and is kept only until it is wiped. */
	readonly isRemoved?: boolean;
	/**
	 * Ids of earlier messages of the same log this entry takes back: their stored `text` becomes `""` and `deleted` true, in the same
	 * transaction. Unknown ids are passed over.
	 */
	readonly redacts?: readonly string[];
}

export interface AppendOptions {
	/**
	 * For each state key, the offset in the public log of the entry that holds now, as the author knows it; 0 for none. Where another one does,
	 * nothing is added and the answer is `moved`: what was decided by an older state is decided anew.
	 */
	readonly expect?: Readonly<Record<string, number>>;
}

export interface Entry {
	readonly offset: number;
	readonly id: string;
	/** The event as JSON text, `offset` included as its first field. */
	readonly json: string;
}

export type Appended =
	/** `rest` are the further ones, in the order they were given. */
	| { readonly outcome: "appended"; readonly entry: Entry; readonly rest?: readonly Entry[] }
	/** The author had used a key before: `entry` is the first one under it, nothing was added. */
	| { readonly outcome: "duplicate"; readonly entry: Entry }
	/** The author had used a key before, for something else. Nothing was added. */
	| { readonly outcome: "conflict" }
	/** Not what was expected holds, but the entry at this offset of the public log; 0 for none. Nothing was added. */
	| { readonly outcome: "moved"; readonly offset: number }
	/** Nothing was added: the disk is full or failing (`unavailable`), or too much is waiting already (`overloaded`). */
	| { readonly outcome: "failed"; readonly reason: "unavailable" | "overloaded"; readonly detail: string };

export interface ReadRange {
	/** `public` where none is given. */
	readonly log?: LogName;
	/** Only entries with a greater offset. Where it or `since` is given, the *first* `limit` entries of the range are answered. */
	readonly after?: number;
	/** Only entries with a smaller offset. Where neither `after` nor `since` is given, the *last* `limit` of the range are answered, still ascending. */
	readonly before?: number;
	/** Only entries from the first one on whose time is this or later, in Unix milliseconds. */
	readonly since?: number;
	/** 0 to `engineLimits.readEntriesMax`, an integer; anything else throws `RangeError`. */
	readonly limit: number;
}

/** How one entry is named: by an author's key, or by its id; in the public log where no other is given. */
export type EntryName = { readonly log?: LogName } & ({ readonly author: string; readonly key: string } | { readonly id: string });

export interface SubscribeOptions {
	/** `public` where none is given. */
	readonly log?: LogName;
	/** The offset that was heard last; nothing is the end of the log. */
	readonly after?: number;
	/** Whether the room is made where it does not exist. */
	readonly create?: boolean;
}

export interface Subscription extends LogHead {
	/** Hears nothing any more, from this moment on. */
	stop(): void;
}

/** Gets committed entries of one log, ascending, each once. */
export type Listener = (entries: readonly Entry[]) => void;

/** The store behind the log cannot answer now. */
export class LogUnavailable extends Error {
	override name = "LogUnavailable";
}
