/** As long as a server holds a request. */
export const waitMsMax = 25_000;
/** Shorter than this, asking every second costs no more. */
export const waitMsMin = 2_000;
/** Requests held to their end before a longer wait is dared again; twice as many each time. */
const keptBeforeLonger = 10;

/** How long to ask a server to hold a request, in a network that may cut it: just under the shortest cut seen. */
export class HeldWait {
	#ms = waitMsMax;
	#kept = 0;
	#needed = keptBeforeLonger;

	/** Milliseconds. */
	get ms(): number {
		return this.#ms;
	}

	/** A request was cut after `heldMs`. False where none is held long enough to be worth it; the next one asks for the longest again. */
	cut(heldMs: number): boolean {
		this.#kept = 0;
		const ms = Math.floor(Math.min(heldMs, this.#ms) * 0.8);
		this.#ms = ms < waitMsMin ? waitMsMax : ms;
		return ms >= waitMsMin;
	}

	/** A request was held to its end. */
	kept(): void {
		if (this.#ms === waitMsMax || ++this.#kept < this.#needed) return;
		this.#kept = 0;
		this.#needed *= 2;
		this.#ms = Math.min(waitMsMax, this.#ms * 2);
	}
}
