/** What one write to one socket costs, nearly all of it in the kernel (docs/measurements.md). */
const writeMs = 0.012;
/** The share of a core that writing may take in one room before flushes move apart. */
const writeShare = 0.27;
/** Viewers that are written to in one go: about 12 ms, in which nothing else is done. */
const sectionViewersMax = 1_000;
/** The most sections an audience is divided into. */
export const sectionsMax = 8;
/** Half-life of the measured rate of arrivals. */
const rateHalfLifeMs = 1_000;

/** Shortest and longest time from one flush to the next that a viewer is given. */
export interface FlushBounds {
	readonly flushMsMin: number;
	readonly flushMsMax: number;
}
export const flushBounds: FlushBounds = { flushMsMin: 10, flushMsMax: 250 };

/** One flush: how many sections the audience has in it, of which one is written to, and how long until that one's next turn. */
export interface Turn {
	/** 1, 2, 4 or 8; 1 is everybody at once. */
	readonly sections: number;
	readonly windowMs: number;
}

/**
 * When a view of a room flushes. The first event after a quiet moment goes at once, to everybody; what follows waits for a window whose
 * length is such that `flushes per second × viewers × cost of a write` stays within a share of a core (SPEC FAN-1, FAN-2).
 *
 * A large audience is divided into sections that take turns within the window. Each is written to as often as if all were at once, but
 * nobody waits for four thousand writes: neither the last of the viewers, nor what else the process has to do.
 */
export class FlushSchedule {
	readonly #bounds: FlushBounds;
	#turnedAtMs = Number.NEGATIVE_INFINITY;
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

	/** Milliseconds to wait before the next flush; 0 is at once. */
	delayMs(viewers: number, nowMs: number): number {
		const windowMs = this.#windowMs(viewers, nowMs);
		return Math.max(0, this.#turnedAtMs + windowMs / this.#sections(viewers, windowMs) - nowMs);
	}

	/** Notes a flush, and answers whose turn it is. After a whole window without one it is everybody's. */
	turn(viewers: number, nowMs: number): Turn {
		const windowMs = this.#windowMs(viewers, nowMs);
		const isQuiet = nowMs - this.#turnedAtMs >= windowMs;
		this.#turnedAtMs = nowMs;
		return { sections: isQuiet ? 1 : this.#sections(viewers, windowMs), windowMs: Math.round(windowMs) };
	}

	/** Where the window is as short as may be, there is no time to take turns in. */
	#sections(viewers: number, windowMs: number): number {
		return windowMs > this.#bounds.flushMsMin ? sectionsOf(viewers) : 1;
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

/** Into how many sections an audience is divided: 1, 2, 4 or 8. */
export function sectionsOf(viewers: number): number {
	let sections = 1;
	while (sections < sectionsMax && viewers / sections > sectionViewersMax) sections *= 2;
	return sections;
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
