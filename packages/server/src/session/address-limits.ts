import { type Rate, TokenBucket } from "../room/token-bucket.ts";
import type { Clock } from "../runtime/clock.ts";
import { serverLimits } from "../runtime/limits.ts";

/** What is counted by address, since identities of guests are free (SPEC RATE-6). */
export type Act = "make-room" | "become-guest" | "say" | "like";

/** Addresses whose buckets are kept before the full ones are forgotten. */
const addressesMax = 10_000;

/**
 * How fast one address may do what a person could do under many names. This machine's own addresses are exempt, but for making rooms:
 * load tests and reverse proxies come from them.
 */
export class AddressLimits {
	readonly #clock: Clock;
	readonly #rates: Readonly<Record<Act, Rate | null>>;
	readonly #buckets = new Map<string, TokenBucket>();
	#sweepAt = addressesMax;

	/** `rate` is what one person may write in one room; an address may write ten times that. Null is no limit but on making rooms. */
	constructor(clock: Clock, rate: Rate | null) {
		const { roomsMade, guestsMade, likeFrames } = serverLimits;
		this.#clock = clock;
		this.#rates = {
			"make-room": roomsMade,
			"become-guest": rate && guestsMade,
			say: rate && { burst: rate.burst * serverLimits.personsPerAddress, perMs: rate.perMs },
			like: rate && likeFrames,
		};
	}

	/** Addresses remembered, times what they did. */
	get size(): number {
		return this.#buckets.size;
	}

	/** Takes a place for one act now; answers 0, or the milliseconds until there is one (and takes nothing). */
	take(act: Act, address: string): number {
		const rate = this.#rates[act];
		if (!rate || (act !== "make-room" && isLoopback(address))) return 0;
		const nowMs = this.#clock.monotonicMs();
		const key = `${act} ${address}`;
		let bucket = this.#buckets.get(key);
		if (!bucket) {
			if (this.#buckets.size >= this.#sweepAt) this.#sweep(nowMs);
			bucket = new TokenBucket(rate, nowMs);
			this.#buckets.set(key, bucket);
		}
		return bucket.take(nowMs);
	}

	#sweep(nowMs: number): void {
		for (const [key, bucket] of this.#buckets) if (bucket.isFull(nowMs)) this.#buckets.delete(key);
		this.#sweepAt = Math.max(addressesMax, this.#buckets.size * 2);
	}
}

/** Addresses of this machine, which load tests and reverse proxies come from. */
export function isLoopback(address: string): boolean {
	return address === "::1" || address.startsWith("127.");
}
