import type { LogHead, NewEntry, ReadRange } from "../log.ts";

/** What the main thread says to a storage thread. A writer is opened once, then gets one batch at a time; a reader gets many requests. */
export type ToWorker =
	| ({ readonly type: "open-writer" } & WriterOptions)
	| { readonly type: "open-reader"; readonly file: string }
	/** One transaction. `again`: the batch was with a thread that died, so what stands in the log already is this batch's own. */
	| { readonly type: "batch"; readonly operations: readonly Operation[]; readonly again: boolean }
	| { readonly type: "read"; readonly request: number; readonly room: string; readonly range: ReadRange }
	| {
			readonly type: "find";
			readonly request: number;
			readonly room: string;
			readonly by: { author: string; key: string } | { id: string };
	  }
	| { readonly type: "get"; readonly request: number; readonly name: string }
	| { readonly type: "close" };

/** What a storage thread says to the main thread. */
export type FromWorker =
	| { readonly type: "opened"; readonly restored: boolean }
	/** The thread cannot be opened; `detail` is one sentence for the operator. */
	| { readonly type: "refused"; readonly detail: string }
	/** The batch is done, durably; one outcome an operation, in their order. */
	| { readonly type: "committed"; readonly outcomes: readonly Outcome[] }
	| { readonly type: "answered"; readonly request: number; readonly answer: Answer }
	| { readonly type: "unanswered"; readonly request: number; readonly detail: string }
	| { readonly type: "closed" };

export interface WriterOptions {
	/** Paths of the database, of the lock beside it, and of the mark that tells a restored database from a lived one. */
	readonly file: string;
	readonly lockFile: string;
	readonly markFile: string;
	/** A fresh name for this opening; new epochs are derived from it where the database was restored. */
	readonly generation: string;
}

/** One write. Flat objects of strings and numbers: a structured clone of one costs about half a microsecond. */
export type Operation =
	| ({ readonly kind: "append"; readonly room: string } & Omit<NewEntry, "kind"> & { readonly eventKind: string })
	/** `epoch` is what the room's history is to be called where it has to be made; null where it may not be. */
	| { readonly kind: "open"; readonly room: string; readonly epoch: string | null }
	| { readonly kind: "put"; readonly name: string; readonly value: string };

export type Append = Extract<Operation, { kind: "append" }>;

export type Outcome =
	| { readonly outcome: "appended"; readonly offset: number }
	| { readonly outcome: "duplicate"; readonly row: Row }
	| { readonly outcome: "opened"; readonly head: LogHead | null }
	| { readonly outcome: "put"; readonly value: string }
	| { readonly outcome: "failed"; readonly reason: "unavailable" | "overloaded"; readonly detail: string };

/** A stored entry; `body` has no offset yet (see `entryOf`). */
export interface Row {
	readonly offset: number;
	readonly id: string;
	readonly body: string;
}

/** A value for `get`, rows for the others. */
export type Answer = readonly Row[] | string | null;
