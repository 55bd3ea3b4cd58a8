/**
 * Danmaku of one batch start one after another over the time until the next batch is due, instead of all at once: the stage then
 * looks as the talk was, whatever the delivery interval. Pure.
 */

/** Longest time a batch is spread over: past this, a line would fly noticeably later than it stands in the list. */
export const spreadMsMax = 1_000;

/** Learns how far apart batches are. */
export class BatchPace {
	#lastAtMs: number | null = null;
	#intervalMs = 0;

	/** Notes a batch at `nowMs` (monotonic) and answers the interval to spread it over, in milliseconds, 0 to `spreadMsMax`. */
	observe(nowMs: number): number {
		if (this.#lastAtMs !== null) {
			const between = Math.min(nowMs - this.#lastAtMs, spreadMsMax);
			this.#intervalMs = this.#intervalMs === 0 ? between : this.#intervalMs * 0.7 + between * 0.3;
		}
		this.#lastAtMs = nowMs;
		return this.#intervalMs;
	}
}

/** Delays in milliseconds, ascending from 0, for `count` lines over `intervalMs`. The first never waits. */
export function spread(count: number, intervalMs: number): number[] {
	const step = count > 1 ? Math.min(intervalMs, spreadMsMax) / count : 0;
	return Array.from({ length: count }, (_, index) => Math.round(index * step));
}
