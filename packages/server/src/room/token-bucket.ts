/** A rate: `burst` at once, refilled evenly to `burst` every `perMs`. */
export interface Rate {
	readonly burst: number;
	readonly perMs: number;
}

/** Whoever waits as long as they were told finds a token, however the fractions were rounded on the way. */
const roundingMax = 1e-6;

/** A token bucket over a monotonic clock that is handed in. */
export class TokenBucket {
	readonly rate: Rate;
	#tokens: number;
	#filledAtMs: number;

	constructor(rate: Rate, nowMs: number) {
		this.rate = rate;
		this.#tokens = rate.burst;
		this.#filledAtMs = nowMs;
	}

	/** Takes so many tokens; answers 0, or the milliseconds until there are as many (and takes nothing). More than `burst` there never are. */
	take(nowMs: number, count = 1): number {
		this.#fill(nowMs);
		if (this.#tokens >= count - roundingMax) {
			this.#tokens = Math.max(0, this.#tokens - count);
			return 0;
		}
		return Math.ceil(((count - this.#tokens) * this.rate.perMs) / this.rate.burst);
	}

	/** Puts back a token whose purpose failed. */
	refund(): void {
		this.#tokens = Math.min(this.rate.burst, this.#tokens + 1);
	}

	/** Whether the bucket is full again, and so holds nothing worth remembering. */
	isFull(nowMs: number): boolean {
		this.#fill(nowMs);
		return this.#tokens >= this.rate.burst - roundingMax;
	}

	#fill(nowMs: number): void {
		const elapsed = nowMs - this.#filledAtMs;
		// After a restart the log tells of earlier times. Going back fills nothing, and must not let the same time fill the bucket twice.
		if (elapsed <= 0) return;
		this.#tokens = Math.min(this.rate.burst, this.#tokens + (elapsed * this.rate.burst) / this.rate.perMs);
		this.#filledAtMs = nowMs;
	}
}
