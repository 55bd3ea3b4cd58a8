/** What one write to one socket costs, nearly all of it in the kernel (docs/measurements.md). */
const writeMs = 0.008;
/** The share of a core that writing may take in one room before flushes move apart. */
const writeShare = 0.25;
/** Half-life of the measured rate of arrivals. */
const rateHalfLifeMs = 1_000;

/** Shortest and longest time between two flushes. */
export interface FlushBounds {
	readonly flushMsMin: number;
	readonly flushMsMax: number;
}
export const flushBounds: FlushBounds = { flushMsMin: 10, flushMsMax: 250 };

/**
 * When a view of a room flushes. The first event after a quiet moment goes at once; what follows waits for a window whose length is such
 * that `flushes per second × viewers × cost of a write` stays within a quarter of a core (SPEC FAN-1, FAN-2).
 */
export class FlushSchedule {
	readonly #bounds: FlushBounds;
	#flushedAtMs = Number.NEGATIVE_INFINITY;
	#arrivals = 0;
	#countedAtMs = 0;

	constructor(bounds: FlushBounds = flushBounds) {
		this.#bounds = bounds;
	}

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

	/** Notes a flush; answers the milliseconds until the next one may come, over which a page can spread what it got. */
	flushed(viewers: number, nowMs: number): number {
		this.#flushedAtMs = nowMs;
		return Math.round(this.#windowMs(viewers, nowMs));
	}

	/** Milliseconds to wait before the next flush; 0 is at once. */
	delayMs(viewers: number, nowMs: number): number {
		return Math.max(0, this.#flushedAtMs + this.#windowMs(viewers, nowMs) - nowMs);
	}

	#windowMs(viewers: number, nowMs: number): number {
		return windowMs(viewers, this.ratePerSecond(nowMs), this.#bounds);
	}

	#decay(nowMs: number): void {
		const elapsed = nowMs - this.#countedAtMs;
		if (elapsed <= 0) return;
		this.#arrivals *= 0.5 ** (elapsed / rateHalfLifeMs);
		this.#countedAtMs = nowMs;
	}
}

/** How often a room of `viewers` is told how many they are and how many likes there were: the larger, the less often. */
export function ambientIntervalMs(viewers: number): number {
	if (viewers <= 1_000) return 1_000;
	return viewers <= 10_000 ? 2_000 : 5_000;
}

/** The flush window for `viewers` with `ratePerSecond` events arriving, in milliseconds within the bounds. */
export function windowMs(viewers: number, ratePerSecond: number, bounds: FlushBounds = flushBounds): number {
	const flushCostMs = viewers * writeMs;
	if ((ratePerSecond * flushCostMs) / 1_000 <= writeShare) return bounds.flushMsMin;
	return Math.min(bounds.flushMsMax, Math.max(bounds.flushMsMin, flushCostMs / writeShare));
}
