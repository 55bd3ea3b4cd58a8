import type { Style } from "@hubbub/protocol/kinds/message.ts";

/** One message to be said: by whom, and when, counted from the start of the recording. */
export interface Line {
	/** Seconds from the start, never negative. */
	readonly at: number;
	/** Whoever says it; one name is one person and, while there are clients enough, one connection. */
	readonly person: string;
	/** As written; never empty, never changed on the way. */
	readonly text: string;
	readonly style?: Style;
}

/**
 * One entry of a recording, numbered as a reader would find it in the file: every entry is either played or skipped for a reason,
 * so that the two always add up to the whole.
 */
export type Entry =
	| { readonly kind: "line"; readonly number: number; readonly line: Line }
	| { readonly kind: "skipped"; readonly number: number; readonly reason: SkipReason; readonly detail?: string };

/**
 * Why an entry of a recording is not played. `gift`: a platform's label, nobody's words. `no text`: nothing to read. `scripted`:
 * a danmaku that is a program (modes 8 and 9), never run. `bad`: not readable; `detail` says how, in one of a few phrases.
 */
export type SkipReason = "gift" | "no text" | "scripted" | "bad";

/** The reason as it is counted and told. */
export function reasonOf({ reason, detail }: Extract<Entry, { kind: "skipped" }>): string {
	return detail ?? reason;
}
