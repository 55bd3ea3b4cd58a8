import type { DraftEvent } from "@hubbub/protocol/event.ts";
import type { Code } from "@hubbub/protocol/wire/codes.ts";

/** What the rules make of a command. Rejections are values; nothing is thrown. */
export type Decision =
	| {
			readonly verdict: "accept";
			readonly event: DraftEvent;
			/** Ids of messages whose text leaves the archive with this event. */
			readonly redacts: readonly string[];
			/** What the staff log says of it, besides what was done, to which message, when and by whom. */
			readonly record: ActRecord;
	  }
	| Rejection;

/** What is not done: a code, and where its own words say too little, a sentence. */
export interface Rejection {
	readonly verdict: "reject";
	readonly code: Code;
	readonly detail?: string;
	readonly retryAfterMs?: number;
}

/** Further fields of what the staff log says of an act. `text` is a text that was taken back, kept there for a while (SPEC SAY-7). */
export type ActRecord = Readonly<Record<string, unknown>> & { readonly text?: string };

/** When and under what name something would happen: handed in, so that the rules know neither clock nor chance. */
export interface Moment {
	readonly monotonicMs: number;
	readonly wallMs: number;
	/** The id the event will bear. */
	readonly id: string;
}

export function accept(event: DraftEvent, redacts: readonly string[] = [], record: ActRecord = {}): Decision {
	return { verdict: "accept", event, redacts, record };
}

export function reject(code: Code, detail?: string, retryAfterMs?: number): Rejection {
	return { verdict: "reject", code, detail, retryAfterMs };
}
