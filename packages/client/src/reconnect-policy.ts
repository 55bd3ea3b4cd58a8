import type { Bye } from "@hubbub/protocol/downstream.ts";
import { type CloseCode, closeCodeOf, closeCodes, isFinalClose } from "@hubbub/protocol/wire/close-codes.ts";
import type { Code } from "@hubbub/protocol/wire/codes.ts";
import type { LinkEnd } from "./transport.ts";

/** What to do after a link ended. `code` and `reason` are the server's word, null where it gave none. */
export interface Verdict {
	/** Stay away for good; else come back, after `afterMs` where the server named a time. */
	readonly isFinal: boolean;
	readonly code: Code | null;
	readonly afterMs: number | null;
	readonly reason: string | null;
}

/** Judges the end of a link by its close code and by the `bye` before it; the bye wins, since proxies rewrite close codes. */
export function judge(end: LinkEnd, bye: Bye | null): Verdict {
	const close = (bye && closeCodeOf(bye.code)) ?? end.code;
	const code = bye?.code ?? (Object.keys(closeCodes) as CloseCode[]).find((name) => closeCodes[name] === close) ?? null;
	const reason = bye?.message ?? (end.reason || null);
	return { isFinal: isFinalClose(close), code, afterMs: bye?.reconnectAfterMs ?? null, reason };
}

/** The first wait is at most this, the second at most twice as long, and so on. */
export const backoffBaseMs = 500;
/** So long a wait is never too long: who restarts a server has its viewers back within this. */
export const backoffPatienceMs = 2_500;
/** Beyond that, nobody waits longer than this part of the time that the server has been away. */
export const backoffAwayShare = 0.25;
/** No wait that the client chooses itself is longer than this. */
export const backoffCapMs = 30_000;
/** No wait that a server asks for is obeyed beyond this: a wrong figure must not park a page for a day. */
export const hintCapMs = 300_000;

/**
 * How long to wait after `failures` attempts in a row went wrong (1, 2, 3 …), the first of them `awayMs` ago: anything between 0 and a ceiling
 * that doubles, and grows no further than the time away is worth. Full jitter, since thousands of viewers lose the same server in the same moment.
 */
export function backoffMs(failures: number, awayMs: number, random: () => number): number {
	const doubledMs = backoffBaseMs * 2 ** Math.min(failures - 1, 16);
	const worthMs = Math.min(backoffCapMs, Math.max(backoffPatienceMs, awayMs * backoffAwayShare));
	return random() * Math.min(doubledMs, worthMs);
}

/** A server's `reconnectAfterMs`, and up to a fifth more, so that those who were told the same do not come back together. */
export function hintedMs(reconnectAfterMs: number, random: () => number): number {
	return Math.min(Math.max(reconnectAfterMs, 0), hintCapMs) * (1 + 0.2 * random());
}
