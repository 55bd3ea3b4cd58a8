import type { Clock } from "../clock.ts";

/**
 * A wait that is shown: `totalMs` long, told once a second and at its end. One at a time; a longer wait replaces a shorter one, never the
 * other way round.
 */
export class Countdown {
	readonly #clock: Clock;
	readonly #tick: () => void;
	#endsAtMs = 0;
	#cancel: (() => void) | null = null;
	/** Length of the wait under way, in milliseconds; 0 when there is none. */
	totalMs = 0;

	constructor(clock: Clock, tick: () => void) {
		this.#clock = clock;
		this.#tick = tick;
	}

	/** Milliseconds left, 0 when over. */
	get leftMs(): number {
		return Math.max(0, this.#endsAtMs - this.#clock.monotonic());
	}

	/** Whole seconds left, rounded up: what is shown. */
	get leftSeconds(): number {
		return Math.ceil(this.leftMs / 1_000);
	}

	start(totalMs: number): void {
		if (totalMs <= this.leftMs) return;
		this.totalMs = totalMs;
		this.#endsAtMs = this.#clock.monotonic() + totalMs;
		this.#schedule();
		this.#tick();
	}

	stop(): void {
		this.#cancel?.();
		this.#cancel = null;
		this.#endsAtMs = 0;
		this.totalMs = 0;
	}

	#schedule(): void {
		this.#cancel?.();
		// To the next whole second left, so that the number changes when it is true.
		const waitMs = this.leftMs % 1_000 || 1_000;
		this.#cancel = this.#clock.after(Math.min(waitMs, this.leftMs), () => {
			if (this.leftMs <= 0) this.stop();
			else this.#schedule();
			this.#tick();
		});
	}
}
