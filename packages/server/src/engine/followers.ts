import type { Entry } from "./log.ts";

export type Follower = (room: string, entries: readonly Entry[]) => void;

/** Those who hear of committed entries. One that throws is reported, and takes nothing from the others. */
export class Followers {
	readonly #followers = new Map<symbol, Follower>();
	readonly #onFault: (words: string) => void;

	constructor(onFault: (words: string) => void) {
		this.#onFault = onFault;
	}

	/** Adds a follower; the same function added twice hears twice. Returns how to stop. */
	add(follower: Follower): () => void {
		const name = Symbol("follower");
		this.#followers.set(name, follower);
		return () => {
			this.#followers.delete(name);
		};
	}

	/** Tells all who follow now; one that was stopped by another on the way is not told any more. */
	tell(room: string, entries: readonly Entry[]): void {
		for (const [name, follower] of [...this.#followers]) {
			if (!this.#followers.has(name)) continue;
			try {
				follower(room, entries);
			} catch (error) {
				this.#onFault(`A follower of the log failed: ${error instanceof Error ? error.message : String(error)}`);
			}
		}
	}
}
