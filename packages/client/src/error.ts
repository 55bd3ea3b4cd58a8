import type { Code } from "@hubbub/protocol/wire/codes.ts";

/**
 * What can go wrong on this side of the wire:
 * - `queue_full`: as many messages as `queueMax` are waiting already; nothing was sent, the text is still the caller's.
 * - `closed`: the connection is over for good, so no answer will come. A message sent just before may have arrived.
 * - `left`: the room was left before the answer came.
 * - `network`: the page of history could not be fetched.
 * - `outdated`: the part of the SDK that fetches it is not on the server any more, so that only loading the page again helps.
 */
export type LocalCode = "queue_full" | "closed" | "left" | "network" | "outdated";

/**
 * Why something was refused. `code` is one of the server's closed table or a `LocalCode`; `message` is a sentence in English that
 * may be shown as plain text; `retryAfterMs` says when trying again makes sense, in milliseconds, where that is known.
 *
 * @example
 * room.say(text).catch((error) => error.code === "slow_mode" && countDown(error.retryAfterMs));
 */
export class HubbubError extends Error {
	override readonly name = "HubbubError";
	declare readonly code: Code | LocalCode;
	declare readonly retryAfterMs: number | null;

	constructor(code: Code | LocalCode, message: string, retryAfterMs: number | null = null) {
		super(message);
		this.code = code;
		this.retryAfterMs = retryAfterMs;
	}
}
