/** Longest time a batch is spread over: past this, a line would fly noticeably later than it stands in the list. */
export const spreadMsMax = 1_000;
/** Where the server did not say when the next batch is due. */
const usualMs = 250;

/**
 * When the lines of one batch start: one after another until the next batch is due, instead of all at once, so that the stage looks as the talk
 * was, whatever the delivery interval. Pure.
 *
 * Delays in milliseconds, ascending from 0, for `count` lines over `intervalMs` (0 or less: not known). The first never waits.
 */
export function spread(count: number, intervalMs: number): number[] {
	const step = Math.min(intervalMs > 0 ? intervalMs : usualMs, spreadMsMax) / Math.max(1, count);
	return Array.from({ length: count }, (_, index) => Math.round(index * step));
}
