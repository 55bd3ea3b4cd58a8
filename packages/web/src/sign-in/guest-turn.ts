import type { Clock } from "../clock.ts";

/** No frame waits longer for another, and none keeps others waiting longer, in milliseconds. */
export const turnMsMax = 3_000;

export interface GuestTurnParts {
	/** Where the SDK keeps a guest's own token: `hubbub.guest.<place>`. */
	readonly key: string;
	readonly recall: (key: string) => string | null;
	/** Missing where the page came over plain HTTP from another machine. */
	readonly locks: Pick<LockManager, "request"> | undefined;
	readonly clock: Clock;
}

/**
 * Lets the frames of one page become one guest: where nobody has been a guest in this browser yet, they come in one after the other, and
 * the later ones find the token that the first was given. Without the browser's locks each comes as itself.
 */
export class GuestTurn {
	readonly #parts: GuestTurnParts;
	#pass: (() => void) | null = null;

	constructor(parts: GuestTurnParts) {
		this.#parts = parts;
	}

	/** Resolves when this page may come in as a guest. */
	async take(): Promise<void> {
		const { key, recall, locks, clock } = this.#parts;
		if (!locks || this.#pass || recall(key) !== null) return;
		await new Promise<void>((come) => {
			let isLate = false;
			const stopWaiting = clock.after(turnMsMax, () => {
				isLate = true;
				come();
			});
			const held = () => {
				if (isLate) return;
				stopWaiting();
				come();
				return this.#hold();
			};
			locks.request(key, held).catch(come);
		});
	}

	/** The server knows this guest, or did not let them in: the next may come. */
	pass(): void {
		this.#pass?.();
	}

	#hold(): Promise<void> {
		return new Promise((resolve) => {
			const cancel = this.#parts.clock.after(turnMsMax, () => this.pass());
			this.#pass = () => {
				this.#pass = null;
				cancel();
				resolve();
			};
		});
	}
}
