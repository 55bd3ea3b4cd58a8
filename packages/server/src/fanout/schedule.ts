/** Shortest and longest time between two flushes of a room. */
export const flushMsMin = 10;
export const flushMsMax = 250;

/** What one write to one socket costs, nearly all of it in the kernel (docs/measurements.md). */
const writeMs = 0.008;
/** The share of a core that writing may take in one room before flushes move apart. */
const writeShare = 0.25;
/** Half-life of the measured rate of arrivals. */
const rateHalfLifeMs = 1_000;

/**
 * When a room flushes. The first event after a quiet moment goes at once; what follows waits for a window whose length is such that
 * `flushes per second × viewers × cost of a write` stays within a quarter of a core (SPEC FAN-1, FAN-2).
 */
export class FlushSchedule {
	#flushedAtMs = Number.NEGATIVE_INFINITY;
	#arrivals = 0;
	#countedAtMs = 0;

	/** Notes `count` events that arrived now. */
	arrived(count: number, nowMs: number): void {
		this.#decay(nowMs);
		this.#arrivals += count;
	}

	/** Events a second, smoothed over about a second. */
	ratePerSecond(nowMs: number): number {
		this.#decay(nowMs);
		return (this.#arrivals * Math.LN2 * 1_000) / rateHalfLifeMs;
	}

	flushed(nowMs: number): void {
		this.#flushedAtMs = nowMs;
	}

	/** Milliseconds to wait before the next flush; 0 is at once. */
	delayMs(viewers: number, nowMs: number): number {
		return Math.max(0, this.#flushedAtMs + windowMs(viewers, this.ratePerSecond(nowMs)) - nowMs);
	}

	#decay(nowMs: number): void {
		const elapsed = nowMs - this.#countedAtMs;
		if (elapsed <= 0) return;
		this.#arrivals *= 0.5 ** (elapsed / rateHalfLifeMs);
		this.#countedAtMs = nowMs;
	}
}

/** The flush window for a room of `viewers` with `ratePerSecond` events arriving, in milliseconds within [10, 250]. */
export function windowMs(viewers: number, ratePerSecond: number): number {
	const flushCostMs = viewers * writeMs;
	if ((ratePerSecond * flushCostMs) / 1_000 <= writeShare) return flushMsMin;
	return Math.min(flushMsMax, Math.max(flushMsMin, flushCostMs / writeShare));
}
