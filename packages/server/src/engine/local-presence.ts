import type { Presence } from "./presence.ts";

/** How many people are in the rooms of the only node there is. */
export class LocalPresence implements Presence {
	readonly #people = new Map<string, number>();

	/** Rooms somebody is in. */
	get size(): number {
		return this.#people.size;
	}

	announce(room: string, people: number): void {
		if (people > 0) this.#people.set(room, people);
		else this.#people.delete(room);
	}

	people(room: string): number {
		return this.#people.get(room) ?? 0;
	}
}
