const floorMs = 0.01;
const growth = 1.01;
const ceilingMs = 24 * 3_600_000;
const logGrowth = Math.log(growth);
const bucketCount = Math.ceil(Math.log(ceilingMs / floorMs) / logGrowth) + 2;

/**
 * Durations in milliseconds, counted into buckets that grow by 1 %: 19 KiB however many there are, and every quantile is at most
 * 1 % above the exact one (0.01 ms at the low end), never below it.
 */
export class Quantiles {
	readonly #counts = new Float64Array(bucketCount);
	#count = 0;
	#max = 0;

	/** How many durations were recorded. */
	get count(): number {
		return this.#count;
	}

	/** Adds `times` durations of `milliseconds`; less than none counts as none. */
	record(milliseconds: number, times = 1): void {
		const bucket = milliseconds <= floorMs ? 0 : Math.min(bucketCount - 1, Math.ceil(Math.log(milliseconds / floorMs) / logGrowth));
		this.#counts[bucket] = (this.#counts[bucket] ?? 0) + times;
		this.#count += times;
		this.#max = Math.max(this.#max, milliseconds);
	}

	/** The smallest duration that at least the share `q` (0 to 1) of all does not exceed (nearest rank); null where there is none. */
	quantile(q: number): number | null {
		if (this.#count === 0) return null;
		const rank = Math.max(1, Math.ceil(q * this.#count));
		let seen = 0;
		for (let bucket = 0; bucket < bucketCount; bucket++) {
			seen += this.#counts[bucket] ?? 0;
			if (seen >= rank) return Math.min(this.#max, floorMs * growth ** bucket);
		}
		return this.#max;
	}
}
