import { LocalQuotas, type Quotas } from "../room/quotas.ts";
import type { Rate } from "../room/token-bucket.ts";
import type { Clock } from "../runtime/clock.ts";
import { serverLimits } from "../runtime/limits.ts";

/** What is counted by address, since identities of guests are free (SPEC RATE-6). */
export type Act = "make-room" | "become-guest" | "say" | "like";

/**
 * How fast one address may do what a person could do under many names. This machine's own addresses are exempt, but for making rooms:
 * load tests and reverse proxies come from them.
 */
export class AddressLimits {
	readonly #clock: Clock;
	readonly #rates: Readonly<Record<Act, Rate | null>>;
	readonly #quotas: Quotas;

	/** `rate` is what one person may write in one room; an address may write ten times that. Null is no limit but on making rooms. */
	constructor(clock: Clock, rate: Rate | null, quotas: Quotas = new LocalQuotas()) {
		const { roomsMade, guestsMade, likeFrames } = serverLimits;
		this.#clock = clock;
		this.#quotas = quotas;
		this.#rates = {
			"make-room": roomsMade,
			"become-guest": rate && guestsMade,
			say: rate && { burst: rate.burst * serverLimits.personsPerAddress, perMs: rate.perMs },
			like: rate && likeFrames,
		};
	}

	/** Takes a place for one act now; answers 0, or the milliseconds until there is one (and takes nothing). */
	take(act: Act, address: string): number {
		const rate = this.#rates[act];
		if (!rate || (act !== "make-room" && isLoopback(address))) return 0;
		return this.#quotas.take(`${act} ${address}`, rate, this.#clock.monotonicMs());
	}
}

/** Addresses of this machine, which load tests and reverse proxies come from. */
export function isLoopback(address: string): boolean {
	return address === "::1" || address.startsWith("127.");
}
