import type { Clock } from "../clock.ts";

/** How often a screen reader is told what is new: often enough to follow, seldom enough to be able to listen. */
export const digestEveryMs = 8_000;

/**
 * Gathers what is new into one sentence now and then ("12 new, 2 to you"), instead of a live region that reads every message of a busy room.
 * The first news after a quiet time is told at once.
 */
export class Digest {
	readonly #clock: Clock;
	readonly #tell: (count: number, toMe: number) => void;
	#count = 0;
	#toMe = 0;
	#toldAtMs = Number.NEGATIVE_INFINITY;
	#waiting = false;

	constructor(clock: Clock, tell: (count: number, toMe: number) => void) {
		this.#clock = clock;
		this.#tell = tell;
	}

	add(count: number, toMe: number): void {
		this.#count += count;
		this.#toMe += toMe;
		if (this.#count === 0 || this.#waiting) return;
		const waitMs = Math.max(0, this.#toldAtMs + digestEveryMs - this.#clock.monotonic());
		this.#waiting = true;
		this.#clock.after(waitMs, () => {
			this.#waiting = false;
			this.#toldAtMs = this.#clock.monotonic();
			this.#tell(this.#count, this.#toMe);
			this.#count = 0;
			this.#toMe = 0;
		});
	}
}
