/** The first wait is at most this, the second at most twice as long, and so on. */
export const backoffBaseMs = 500;
/** No wait that the client chooses itself is longer than this. */
export const backoffCapMs = 30_000;
/** No wait that a server asks for is obeyed beyond this: a wrong figure must not park a page for a day. */
export const hintCapMs = 300_000;

/**
 * How long to wait after `failures` attempts in a row went wrong (1, 2, 3 …): anything between 0 and a ceiling that doubles up to
 * `backoffCapMs`. Full jitter, since thousands of viewers lose the same server in the same moment.
 */
export function backoffMs(failures: number, random: () => number): number {
	const ceilingMs = Math.min(backoffCapMs, backoffBaseMs * 2 ** Math.min(failures - 1, 16));
	return random() * ceilingMs;
}

/** A server's `reconnectAfterMs`, and up to a fifth more, so that those who were told the same do not come back together. */
export function hintedMs(reconnectAfterMs: number, random: () => number): number {
	return Math.min(Math.max(reconnectAfterMs, 0), hintCapMs) * (1 + 0.2 * random());
}
