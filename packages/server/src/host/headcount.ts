/**
 * How many people are in a room, by however many connections each: a page with two frames, or somebody who is coming back before the
 * server knows that they were lost, is one viewer (SPEC FAN-11).
 */
export class Headcount {
	readonly #people = new Set<string>();
	/** Connections beyond a person's first. Nearly nobody has one, so that a viewer costs an entry of a set and no more. */
	#further: Map<string, number> | null = null;

	get size(): number {
		return this.#people.size;
	}

	enter(person: string): void {
		if (!this.#people.has(person)) {
			this.#people.add(person);
			return;
		}
		this.#further ??= new Map();
		this.#further.set(person, (this.#further.get(person) ?? 0) + 1);
	}

	/** One connection of a person who is here has gone. */
	leave(person: string): void {
		const further = this.#further?.get(person) ?? 0;
		if (further > 1) this.#further?.set(person, further - 1);
		else if (further === 1) this.#further?.delete(person);
		else this.#people.delete(person);
	}
}
