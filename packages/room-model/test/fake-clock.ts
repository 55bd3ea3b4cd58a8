import type { Clock } from "../src/clock.ts";

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
	#nowMs = 0;
	#timers: { readonly atMs: number; readonly run: () => void }[] = [];

	monotonic(): number {
		return this.#nowMs;
	}

	wall(): number {
		return 1_700_000_000_000 + this.#nowMs;
	}

	after(ms: number, run: () => void): () => void {
		const timer = { atMs: this.#nowMs + ms, run };
		this.#timers.push(timer);
		return () => {
			this.#timers = this.#timers.filter((other) => other !== timer);
		};
	}

	/** Lets `ms` pass, running what falls due in order. */
	pass(ms: number): void {
		const untilMs = this.#nowMs + ms;
		for (;;) {
			const next = this.#timers.filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
			if (!next) break;
			this.#timers = this.#timers.filter((timer) => timer !== next);
			this.#nowMs = Math.max(this.#nowMs, next.atMs);
			next.run();
		}
		this.#nowMs = untilMs;
	}

	/** Timers that wait. */
	get waiting(): number {
		return this.#timers.length;
	}
}
