/** Lines that may be waiting to go out or for an answer, over all people, before the player is held back. */
export const unsettledMax = 1_000;

/** Counts what was begun and is not settled yet, and lets others wait for that. */
export class Unsettled {
	#count = 0;
	#waiting: (() => void)[] = [];

	get count(): number {
		return this.#count;
	}

	add(count: number): void {
		this.#count += count;
	}

	remove(count: number): void {
		this.#count -= count;
		const waiting = this.#waiting;
		this.#waiting = [];
		for (const resume of waiting) resume();
	}

	/** Resolves when there is room for one more, or the signal is aborted. */
	async room(signal: AbortSignal): Promise<void> {
		while (this.#count >= unsettledMax && !signal.aborted) await this.#change(signal);
	}

	/** Resolves when everything is settled, or the signal is aborted. */
	async none(signal: AbortSignal): Promise<void> {
		while (this.#count > 0 && !signal.aborted) await this.#change(signal);
	}

	#change(signal: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			const end = () => {
				signal.removeEventListener("abort", end);
				resolve();
			};
			signal.addEventListener("abort", end);
			this.#waiting.push(end);
		});
	}
}
