/**
 * Has what changes a room's state decided one after another, each on what the one before left; and what only rests on that state, in between, side by side. So
 * two changes cannot both be made from the same state, nor a message be pinned while it is being taken back.
 */
export class Turns {
	#changes: Promise<unknown> = Promise.resolve();
	readonly #between = new Set<Promise<unknown>>();

	/** Runs when everything that came before is done. What comes later waits for it. */
	change<T>(work: () => Promise<T>): Promise<T> {
		const done = Promise.allSettled([this.#changes, ...this.#between]).then(work);
		this.#changes = done.catch(() => {});
		return done;
	}

	/** Runs when the changes that came before are done. Changes that come later wait for it. */
	between<T>(work: () => Promise<T>): Promise<T> {
		const done = this.#changes.then(work);
		const settled = done
			.catch(() => {})
			.then(() => {
				this.#between.delete(settled);
			});
		this.#between.add(settled);
		return done;
	}
}
