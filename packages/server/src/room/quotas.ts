import { type Rate, TokenBucket } from "./token-bucket.ts";

/** The port for limits that hold for a name, on whatever node it turns up: an address, say. Held by `engine/contract/quotas.contract.ts`. */
export interface Quotas {
	/**
	 * Takes a place for one act under `name` at `nowMs`, monotonic; answers 0, or the milliseconds until there is one (and takes nothing). A name
	 * is always asked for with the same rate. Answers at once: what other nodes gave out may be known a moment later.
	 */
	take(name: string, rate: Rate, nowMs: number): number;
}

/** Names whose buckets are kept before the full ones are forgotten. */
const namesMax = 10_000;

/** Limits of the only node there is. */
export class LocalQuotas implements Quotas {
	readonly #buckets = new Map<string, TokenBucket>();
	#sweepAt = namesMax;

	/** Names remembered. */
	get size(): number {
		return this.#buckets.size;
	}

	take(name: string, rate: Rate, nowMs: number): number {
		let bucket = this.#buckets.get(name);
		if (!bucket) {
			if (this.#buckets.size >= this.#sweepAt) this.#sweep(nowMs);
			bucket = new TokenBucket(rate, nowMs);
			this.#buckets.set(name, bucket);
		}
		return bucket.take(nowMs);
	}

	#sweep(nowMs: number): void {
		for (const [name, bucket] of this.#buckets) if (bucket.isFull(nowMs)) this.#buckets.delete(name);
		this.#sweepAt = Math.max(namesMax, this.#buckets.size * 2);
	}
}
