import type { Fate } from "@hubbub/protocol/downstream.ts";
import type { Code } from "@hubbub/protocol/wire/codes.ts";

/** What became of a command. */
export type Outcome =
	| {
			readonly ok: true;
			/** The event's own id. */
			readonly id: string;
			/** The event's position, as a cursor. */
			readonly cursor: string;
			readonly fate: Fate;
			/** The event as JSON, offset included. */
			readonly json: string;
	  }
	| { readonly ok: false; readonly code: Code; readonly detail?: string; readonly retryAfterMs?: number };
