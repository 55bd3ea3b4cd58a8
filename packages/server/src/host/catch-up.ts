import type { Clock } from "../runtime/clock.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { BacklogPage } from "./backlog.ts";

/** Somebody with much to catch up on. */
export interface Laggard {
	/** Writes the page it brought, or begins to read it. Called when its turn has come, once for each `enter`; must not throw. */
	catchUp(page: BacklogPage | null): void;
}

/**
 * Those of this node who have much to catch up on, in a queue: a page each, in slices of a few milliseconds with pauses in between. A
 * thousand who come back from far behind cost seconds of writing; whoever is up to date must not wait for that (SPEC FAN-10).
 */
export class CatchUp {
	readonly #clock: Clock;
	/** With the pages they have read and not yet written: nobody else holds one. */
	readonly #waiting = new Map<Laggard, BacklogPage | null>();
	/** A turn is due, or its pause is not over. */
	#isAtWork = false;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** How many are waiting for their turn. */
	get size(): number {
		return this.#waiting.size;
	}

	has(laggard: Laggard): boolean {
		return this.#waiting.has(laggard);
	}

	/** Takes a place at the end, with a page to write where there is one; whoever stands in the queue already keeps theirs. */
	enter(laggard: Laggard, page: BacklogPage | null = null): void {
		if (page || !this.#waiting.has(laggard)) this.#waiting.set(laggard, page);
		if (this.#isAtWork) return;
		this.#isAtWork = true;
		this.#clock.soon(() => this.#turn());
	}

	leave(laggard: Laggard): void {
		this.#waiting.delete(laggard);
	}

	#turn(): void {
		const startedMs = this.#clock.monotonicMs();
		// A reader that has more to catch up on enters again at the end, so each gets one page a slice.
		let left = Math.min(this.#waiting.size, serverLimits.catchUpPagesMax);
		for (const [laggard, page] of this.#waiting) {
			this.#waiting.delete(laggard);
			laggard.catchUp(page);
			if (--left === 0 || this.#clock.monotonicMs() - startedMs >= serverLimits.catchUpSliceMs) break;
		}
		// After each turn, whoever enters meanwhile.
		this.#clock.after(serverLimits.catchUpPauseMs, () => {
			if (this.#waiting.size > 0) this.#turn();
			else this.#isAtWork = false;
		});
	}
}
