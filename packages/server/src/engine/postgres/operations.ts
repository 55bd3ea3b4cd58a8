import type { AppendOptions, Entry, LogHead, LogName, NewEntry } from "../log.ts";

/** One write, as the log hands it to the commit queue. */
export type Operation =
	| { readonly kind: "append"; readonly room: string; readonly entries: readonly NewEntry[]; readonly expect: AppendOptions["expect"] }
	/** Answers where the log ends. `epoch` is what the room's history is to be called where it has to be made; null where it may not be. */
	| { readonly kind: "open"; readonly room: string; readonly log: LogName; readonly epoch: string | null }
	/** Wipes removed texts of before `before`. */
	| { readonly kind: "wipe"; readonly before: number }
	/** `over` is what becomes of a value that is there already: it is kept, or replaced. */
	| { readonly kind: "put"; readonly name: string; readonly value: string; readonly over: "keep" | "replace" };

export type Append = Extract<Operation, { kind: "append" }>;

export type Outcome =
	/** The entries in the order they were given. */
	| { readonly outcome: "appended"; readonly entries: readonly Entry[] }
	| { readonly outcome: "duplicate"; readonly entry: Entry }
	| { readonly outcome: "conflict" }
	| { readonly outcome: "moved"; readonly offset: number }
	| { readonly outcome: "opened"; readonly head: (LogHead & { readonly roomId: number }) | null }
	| { readonly outcome: "put"; readonly value: string }
	| { readonly outcome: "wiped"; readonly count: number }
	| { readonly outcome: "failed"; readonly reason: "unavailable" | "overloaded"; readonly detail: string };

/** Entries of one log that other nodes made and this one had not heard yet, ascending. */
export interface Unheard {
	readonly room: string;
	readonly log: LogName;
	readonly entries: readonly Entry[];
}

/** What became of a batch: one outcome an operation, in their order, and why it failed whole where it did. */
export interface Committed {
	readonly outcomes: readonly Outcome[];
	readonly fault: string | null;
	readonly unheard: readonly Unheard[];
	/** Where the logs of the rooms end that got entries: what other nodes are told. */
	readonly grown: readonly GrownRoom[];
}

export interface GrownRoom {
	readonly roomId: number;
	readonly heads: readonly [publicHead: number, staffHead: number];
}

export function failed(detail: string): Outcome & { outcome: "failed" } {
	return { outcome: "failed", reason: "unavailable", detail };
}

export const logNames = ["public", "staff"] as const satisfies readonly LogName[];

/** What a log is called in the tables. */
export function numberOf(log: LogName | undefined): 0 | 1 {
	return log === "staff" ? 1 : 0;
}
