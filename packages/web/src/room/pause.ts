/** Why a list stands still for a while, though the reader has not gone back: their pointer is on it, or they chose a row. */
export type PauseReason = "pointer" | "focus";

/** Stands a following list still as long as there is a reason, and remembers whether it goes on afterwards. */
export class Pause {
	readonly #reasons = new Set<PauseReason>();
	#goesOn = false;

	get isOn(): boolean {
		return this.#reasons.size > 0;
	}

	/** Whether the list follows again when the pause ends. */
	get goesOn(): boolean {
		return this.isOn && this.#goesOn;
	}

	isFor(reason: PauseReason): boolean {
		return this.#reasons.has(reason);
	}

	/** Begins, where there was no reason yet with a list that follows or does not. */
	begin(reason: PauseReason, follows: boolean): void {
		if (!this.isOn) this.#goesOn = follows;
		this.#reasons.add(reason);
	}

	/** A reason is gone. Answers whether the list is to follow now. */
	end(reason: PauseReason): boolean {
		return this.#reasons.delete(reason) && !this.isOn && this.#goesOn;
	}

	/** The reader scrolled meanwhile: away from the newest, or back to it. */
	scrolled(to: "away" | "newest"): void {
		this.#goesOn = to === "newest";
	}

	/** The reader wants the newest now, whatever the reasons were. */
	clear(): void {
		this.#reasons.clear();
	}
}
