/**
 * The port that orders, keeps and shares the events of rooms. One append-only log a room.
 *
 * Promises every implementation keeps, held by `contract/room-log.contract.ts`:
 * - An answered `append` is durable; an unanswered or failed one left nothing behind, or is answered `duplicate` when tried again.
 * - Offsets of a room count 1, 2, 3 … in the order of commits, without holes, within one epoch.
 * - Followers on every node hear of an entry only after it is durable, in the order of offsets, once.
 * - A key that one author used in a room before answers the first entry, however long ago.
 */
export interface RoomLog {
	/** Opens a room's log, creating it empty where `create` says so; null where it does not exist and may not be made. Throws `LogUnavailable`. */
	open(room: string, options: { create: boolean }): Promise<LogHead | null>;
	/**
	 * Adds one entry at the end of a room that was opened once. Calls may overlap; their commits are grouped, and take their offsets in
	 * the order of the calls. Never throws: faults come back as `failed`.
	 */
	append(room: string, entry: NewEntry): Promise<Appended>;
	/** Reads entries in ascending order of offset. See `ReadRange`. Throws `LogUnavailable` when the store cannot answer. */
	read(room: string, range: ReadRange): Promise<readonly Entry[]>;
	/** Finds what an author's key became, or an entry by its id; null where there is none. Throws `LogUnavailable`. */
	find(room: string, by: { author: string; key: string } | { id: string }): Promise<Entry | null>;
	/** Hears every committed entry of every room from now on. Returns how to stop. */
	follow(listener: (room: string, entries: readonly Entry[]) => void): () => void;
}

/** Where a log ends. `offset` is that of its last entry, 0 for an empty log. */
export interface LogHead {
	/** Names this history: `[a-z0-9]{1,32}`, minted once when the log is made. */
	readonly epoch: string;
	readonly offset: number;
}

export interface NewEntry {
	/** The event's own id, unique in the room. */
	readonly id: string;
	/** The event's kind, kept in a column of its own so that an archive can be searched by it. */
	readonly kind: string;
	/** User id of who did it. */
	readonly author: string;
	/** The author's idempotency key; null for what is never retried. */
	readonly key: string | null;
	/** Whether the entry changes the room's state: these are what `ReadRange.controlOnly` answers. */
	readonly control: boolean;
	/** The event as JSON text of an object, without its `offset`. */
	readonly body: string;
	/** Ids of earlier messages this entry takes back: their stored `text` becomes `""` and `deleted` true, in the same transaction. Unknown ids are passed over. */
	readonly redacts?: readonly string[];
}

export interface Entry {
	readonly offset: number;
	readonly id: string;
	/** The event as JSON text, `offset` included as its first field. */
	readonly json: string;
}

export type Appended =
	| { readonly outcome: "appended"; readonly entry: Entry }
	/** The author had used the key before: `entry` is the first one, nothing was added. */
	| { readonly outcome: "duplicate"; readonly entry: Entry }
	/** Nothing was added: the disk is full or failing (`unavailable`), or too much is waiting already (`overloaded`). */
	| { readonly outcome: "failed"; readonly reason: "unavailable" | "overloaded"; readonly detail: string };

export interface ReadRange {
	/** Only entries with a greater offset. Where it is given, the *first* `limit` entries of the range are answered. */
	readonly after?: number;
	/** Only entries with a smaller offset. Where `after` is not given, the *last* `limit` of the range are answered, still ascending. */
	readonly before?: number;
	/** 0 to `engineLimits.readEntriesMax`, an integer; anything else throws `RangeError`. */
	readonly limit: number;
	/** Only the entries that change the room's state. */
	readonly controlOnly?: boolean;
}

/** The store behind the log cannot answer now. */
export class LogUnavailable extends Error {
	override name = "LogUnavailable";
}
