import type { Code } from "@hubbub/protocol/codes.ts";

/**
 * What can go wrong on this side of the wire:
 * - `queue_full`: as many messages as `queueMax` are waiting already; nothing was sent, the text is still the caller's.
 * - `closed`: the connection is over for good, so no answer will come. A message sent just before may have arrived.
 * - `left`: the room was left before the answer came.
 * - `network`: the page of history could not be fetched.
 */
export type LocalCode = "queue_full" | "closed" | "left" | "network";

/**
 * Why something was refused. `code` is one of the server's closed table or a `LocalCode`; `message` is a sentence in English that
 * may be shown as plain text; `retryAfterMs` says when trying again makes sense, in milliseconds, where that is known.
 *
 * @example
 * room.say(text).catch((error) => error.code === "slow_mode" && countDown(error.retryAfterMs));
 */
export class HubbubError extends Error {
	override readonly name = "HubbubError";
	readonly code: Code | LocalCode;
	readonly retryAfterMs: number | null;

	constructor(code: Code | LocalCode, message: string, retryAfterMs: number | null = null) {
		super(message);
		this.code = code;
		this.retryAfterMs = retryAfterMs;
	}
}
