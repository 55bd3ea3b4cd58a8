import type { AppendOptions, EntryName, LogHead, LogName, NewEntry, ReadRange } from "../log.ts";
import type { DataFiles } from "./data-folder.ts";

/** What the main thread says to a storage thread. A writer is opened once, then gets one batch at a time; a reader gets many requests. */
export type ToWorker =
	| ({ readonly type: "open-writer" } & WriterOptions)
	| { readonly type: "open-reader"; readonly file: string }
	/** One transaction. `again`: the batch was with a thread that died, so what stands in the log already is this batch's own. */
	| { readonly type: "batch"; readonly operations: readonly Operation[]; readonly again: boolean }
	| { readonly type: "read"; readonly request: number; readonly room: string; readonly range: ReadRange }
	| { readonly type: "state"; readonly request: number; readonly room: string; readonly log: LogName }
	| { readonly type: "find"; readonly request: number; readonly room: string; readonly by: EntryName }
	| { readonly type: "get"; readonly request: number; readonly name: string }
	| { readonly type: "rooms"; readonly request: number; readonly after: string; readonly limit: number }
	/** Asks the writer whether the store takes writes; `thoroughly` by writing. */
	| { readonly type: "probe"; readonly thoroughly: boolean }
	| { readonly type: "close" };

/** What a storage thread says to the main thread. */
export type FromWorker =
	| { readonly type: "opened"; readonly restored: boolean }
	/** The thread cannot be opened; `detail` is one sentence for the operator. */
	| { readonly type: "refused"; readonly detail: string }
	/** The batch is done; what is answered as kept is so durably. */
	| ({ readonly type: "committed" } & Committed)
	/** What is done after a batch could not be. */
	| { readonly type: "hindered"; readonly fault: string }
	/** Why the store takes no writes, or null. */
	| { readonly type: "probed"; readonly fault: string | null }
	| { readonly type: "answered"; readonly request: number; readonly answer: Answer }
	| { readonly type: "unanswered"; readonly request: number; readonly detail: string }
	| { readonly type: "closed" };

/** What became of a batch: one outcome an operation, in their order, and why it failed whole where it did. */
export interface Committed {
	readonly outcomes: readonly Outcome[];
	readonly fault: string | null;
}

export interface WriterOptions extends DataFiles {
	/** Again: the thread is a dead one's successor, and the database must be the one that was left behind. */
	readonly opening: "first" | "again";
	/** A fresh name for this opening; new epochs are derived from it where the database was restored. */
	readonly generation: string;
}

/** One write. Flat objects of strings and numbers: a structured clone of one costs about half a microsecond. */
export type Operation =
	| ({ readonly kind: "append"; readonly room: string } & AddedEntry & AppendOptions & { readonly rest?: readonly AddedEntry[] })
	/** Answers where the log ends. `epoch` is what the room's history is to be called where it has to be made; null where it may not be. */
	| { readonly kind: "open"; readonly room: string; readonly log: LogName; readonly epoch: string | null }
	/** Wipes removed texts of before `before`. */
	| { readonly kind: "wipe"; readonly before: number }
	/** `over` is what becomes of a value that is there already: it is kept, or replaced. */
	| { readonly kind: "put"; readonly name: string; readonly value: string; readonly over: "keep" | "replace" };

/** An entry to be added. One that comes alone, as nearly all do, is the operation itself; those that come with it are its `rest`. */
export interface AddedEntry extends Omit<NewEntry, "kind" | "content"> {
	readonly eventKind: string;
}

export type Append = Extract<Operation, { kind: "append" }>;

export type Outcome =
	/** `rest` are the offsets of the operation's `rest`. */
	| { readonly outcome: "appended"; readonly offset: number; readonly rest?: readonly number[] }
	/** `index` tells which entry of the operation has the key that was used before. */
	| { readonly outcome: "duplicate"; readonly row: Row; readonly eventKind: string; readonly index: number }
	| { readonly outcome: "moved"; readonly offset: number }
	| { readonly outcome: "opened"; readonly head: LogHead | null }
	| { readonly outcome: "put"; readonly value: string }
	| { readonly outcome: "wiped"; readonly count: number }
	| { readonly outcome: "failed"; readonly reason: "unavailable" | "overloaded"; readonly detail: string };

/** A stored entry; `body` has no offset yet (see `entryOf`). */
export interface Row {
	readonly offset: number;
	readonly at: number;
	readonly id: string;
	readonly stateKey: string | null;
	readonly body: string;
}

/** A value for `get`, ids for `rooms`, rows for the others. */
export type Answer = readonly Row[] | readonly string[] | string | null;
