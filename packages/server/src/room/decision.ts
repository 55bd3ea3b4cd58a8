import type { Code } from "@hubbub/protocol/codes.ts";
import type { DraftEvent } from "@hubbub/protocol/event.ts";

/** What the rules make of a command. Rejections are values; nothing is thrown. */
export type Decision =
	| {
			readonly verdict: "accept";
			readonly event: DraftEvent;
			/** Ids of messages whose text leaves the archive with this event. */
			readonly redacts: readonly string[];
	  }
	| { readonly verdict: "reject"; readonly code: Code; readonly detail?: string; readonly retryAfterMs?: number };

/** When and under what name something would happen: handed in, so that the rules know neither clock nor chance. */
export interface Moment {
	readonly monotonicMs: number;
	readonly wallMs: number;
	/** The id the event will bear. */
	readonly id: string;
}

export function accept(event: DraftEvent, redacts: readonly string[] = []): Decision {
	return { verdict: "accept", event, redacts };
}

export function reject(code: Code, detail?: string, retryAfterMs?: number): Decision {
	return { verdict: "reject", code, detail, retryAfterMs };
}
