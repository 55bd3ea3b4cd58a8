import type { Clock } from "../runtime/clock.ts";
import { serverLimits } from "../runtime/limits.ts";

/** Somebody with much to catch up on. */
export interface Laggard {
	/** Writes the next page, or begins to read it. Called when its turn has come, once for each `enter`; must not throw. */
	catchUp(): void;
}

/**
 * Those of this node who have much to catch up on, in a queue: a page each, in slices of a few milliseconds with pauses in between. A
 * thousand who come back from far behind cost seconds of writing; whoever is up to date must not wait for that (SPEC FAN-10).
 */
export class CatchUp {
	readonly #clock: Clock;
	readonly #waiting = new Set<Laggard>();
	#planned = false;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** How many are waiting for their turn. */
	get size(): number {
		return this.#waiting.size;
	}

	/** Takes a place at the end; whoever stands in the queue already keeps theirs. */
	enter(laggard: Laggard): void {
		this.#waiting.add(laggard);
		this.#plan(0);
	}

	#plan(delayMs: number): void {
		if (this.#planned) return;
		this.#planned = true;
		if (delayMs === 0) this.#clock.soon(() => this.#turn());
		else this.#clock.after(delayMs, () => this.#turn());
	}

	#turn(): void {
		this.#planned = false;
		const startedMs = this.#clock.monotonicMs();
		// Who enters again on being served stands at the end, and is not met twice in one slice.
		const queue = [...this.#waiting].slice(0, serverLimits.catchUpPagesMax);
		for (const laggard of queue) {
			this.#waiting.delete(laggard);
			laggard.catchUp();
			if (this.#clock.monotonicMs() - startedMs >= serverLimits.catchUpSliceMs) break;
		}
		if (this.#waiting.size > 0) this.#plan(serverLimits.catchUpPauseMs);
	}
}
