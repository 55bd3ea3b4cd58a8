import type { Claimant, CpuShare } from "./cpu-share.ts";

/** Half-life of the measured rate of arrivals. */
const rateHalfLifeMs = 1_000;
/** Delivery time that a view may have saved up in quieter moments, as time of the wall: a burst shorter than that waits for nothing. */
const savedMsMax = 250;
/** What writing to one viewer costs until it was measured, and the share of what is measured next in the average. */
const writeMsAtFirst = 0.01;
const writeMsWeight = 0.1;
/** Longest time in which nothing else is done: writing is done in steps of about so long. */
const stepMsMax = 4;

/** Shortest and longest time from one flush to the next that a viewer is given. */
export const flushMsMin = 10;
export const flushMsMax = 250;

export interface FlushScheduleOptions {
	readonly share: CpuShare;
	/** How many are written to in a whole round. */
	readonly viewers: () => number;
	/** Shortest time between two rounds. */
	readonly roundMsMin?: number;
}

/**
 * When a view of a room writes to its viewers: at once, as long as delivery stays within its share of the core, otherwise just so much later that
 * it does (SPEC FAN-1, FAN-2).
 *
 * A round, in which everybody is written to once, is made of steps, so that neither the last viewer nor anything else waits for the whole of it. Each
 * step is paid from an account that fills at the view's fair level (`CpuShare`) and holds what a quarter of a second brings. While it is
 * not overdrawn, a step follows the one before without a pause; where it is, the next step waits until it is not. So the time from one round to
 * the next grows from nothing, with what the room asks for, and there is no rate at which it jumps.
 *
 * Costs are CPU time, measured step by step: no figure here is that of one machine.
 */
export class FlushSchedule implements Claimant {
	readonly #share: CpuShare;
	readonly #viewers: () => number;
	readonly #roundMsMin: number;
	#arrivals = 0;
	#countedAtMs = 0;
	/** Milliseconds of CPU time; below 0 the account is overdrawn. */
	#account: number;
	#filledAtMs = Number.NEGATIVE_INFINITY;
	/** When the next step may be taken. */
	#nextAtMs = Number.NEGATIVE_INFINITY;
	/** CPU time of writing to one viewer, with its part of the encoding; averaged over steps. */
	#writeMs = writeMsAtFirst;

	constructor({ share, viewers, roundMsMin = flushMsMin }: FlushScheduleOptions) {
		this.#share = share;
		this.#viewers = viewers;
		this.#roundMsMin = roundMsMin;
		this.#account = this.#accountMax;
	}

	/** A batch of events arrived now. */
	arrived(nowMs: number): void {
		this.#decay(nowMs);
		this.#arrivals++;
		this.#share.claim(this);
	}

	/** Batches a second, smoothed over about a second. */
	ratePerSecond(nowMs: number): number {
		this.#decay(nowMs);
		return (this.#arrivals * Math.LN2 * 1_000) / rateHalfLifeMs;
	}

	/**
	 * What it would take if nobody waited: a round for each batch, where those that arrive during a round, or within the shortest time between two, share
	 * the next one. For arrivals by chance (a Poisson process of rate r) rounds are then `m + exp(-r m) / r` apart.
	 */
	demand(nowMs: number): number {
		const rate = this.ratePerSecond(nowMs) / 1_000;
		if (rate === 0) return 0;
		const roundMs = this.#roundCostMs();
		const apartMs = Math.max(roundMs, this.#roundMsMin);
		return roundMs / (apartMs + Math.exp(-rate * apartMs) / rate);
	}

	/** Milliseconds to wait before the next step; 0 is at once. */
	delayMs(nowMs: number): number {
		return Math.max(0, this.#nextAtMs - nowMs);
	}

	/** How many viewers are written to in one step. */
	stepViewers(): number {
		return Math.max(1, Math.floor(stepMsMax / this.#writeMs));
	}

	/** A step was taken: it wrote to so many viewers, and took so much CPU time. */
	stepped(viewers: number, cpuMs: number, nowMs: number): void {
		if (viewers > 0) this.#writeMs += (cpuMs / viewers - this.#writeMs) * writeMsWeight;
		this.#share.delivered(cpuMs);
		this.#fill(nowMs);
		// A debt that could not be waited for is not carried on.
		this.#account = Math.max(-cpuMs, this.#account - cpuMs);
		if (this.#account >= 0) return;
		const roundPart = Math.min(1, viewers / Math.max(1, this.#viewers()));
		this.#nextAtMs = nowMs + Math.min(-this.#account / this.#share.level, roundPart * flushMsMax);
	}

	/** Time from one round to the next as it is now, within the bounds: what a client is told, so that it can spread what it gets. */
	roundMs(nowMs: number): number {
		this.#fill(nowMs);
		const costMs = this.#roundCostMs();
		const missing = Math.max(0, costMs - Math.max(0, this.#account));
		return Math.max(this.#roundMsMin, Math.min(flushMsMax, missing / this.#share.level));
	}

	get #accountMax(): number {
		return savedMsMax * this.#share.level;
	}

	#roundCostMs(): number {
		return this.#viewers() * this.#writeMs;
	}

	#fill(nowMs: number): void {
		const elapsedMs = nowMs - this.#filledAtMs;
		if (elapsedMs <= 0) return;
		this.#account = Math.min(this.#accountMax, this.#account + elapsedMs * this.#share.level);
		this.#filledAtMs = nowMs;
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
