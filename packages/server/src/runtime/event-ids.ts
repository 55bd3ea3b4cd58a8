import type { Random } from "./random.ts";

const tails = 36 ** 5;

/**
 * Ids for one room's events, each greater than the last: 8 signs of `[0-9a-z]` for the Unix milliseconds, 5 for chance. As with ULID's
 * monotonic ids (https://github.com/ulid/spec), what follows within a millisecond, or while the machine's clock is behind, is the last
 * one's successor. What neighbours share deflates to nothing, and an index of them grows at its end alone. They are no secrets.
 */
export class EventIds {
	readonly #random: Random;
	#lastMs = 0;
	#tail = 0;

	constructor(random: Random) {
		this.#random = random;
	}

	/** The next id, for an event of `wallMs`, in Unix milliseconds. */
	next(wallMs: number): string {
		if (wallMs > this.#lastMs) {
			this.#lastMs = wallMs;
			this.#tail = Math.floor(this.#random.unit() * tails);
		} else if (++this.#tail === tails) {
			this.#lastMs++;
			this.#tail = 0;
		}
		return signs(this.#lastMs, 8) + signs(this.#tail, 5);
	}
}

function signs(value: number, length: number): string {
	return value.toString(36).padStart(length, "0");
}
