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

	/** Takes one token; answers 0, or the milliseconds until there is one (and takes nothing). */
	take(nowMs: number): number {
		this.#fill(nowMs);
		if (this.#tokens >= 1 - roundingMax) {
			this.#tokens = Math.max(0, this.#tokens - 1);
			return 0;
		}
		return Math.ceil(((1 - this.#tokens) * this.rate.perMs) / this.rate.burst);
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
		// A look back, at what was said before a restart, fills nothing: nor may the time since be counted twice.
		if (elapsed <= 0) return;
		this.#tokens = Math.min(this.rate.burst, this.#tokens + (elapsed * this.rate.burst) / this.rate.perMs);
		this.#filledAtMs = nowMs;
	}
}
