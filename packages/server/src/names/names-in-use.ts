import { guestName, marked } from "./guest-name.ts";
import { looksOf } from "./skeleton.ts";

/**
 * The names worn by live sessions, by what they look like, so that no guest passes for somebody who is here. One person may wear their
 * name on many connections.
 */
export class NamesInUse {
	/** By look: the one person who wears it, or a map where several do. Most looks have one wearer, and a map for each would take more memory than the viewer. */
	readonly #worn = new Map<string, { readonly id: string; connections: number } | Map<string, number>>();

	/**
	 * Takes a name for a guest and answers what they are called: the name itself, or with the end of their id behind it where somebody
	 * else here looks the same (SPEC NAME-2). `release` with the answered name when the connection ends.
	 */
	take(name: string, id: string): string {
		// A name the house gave is nobody else's, and most of a large audience wears one.
		if (name === guestName(id)) return name;
		const looks = looksOf(name);
		if (looks.some((look) => this.#isWornByOther(look, id))) return this.#takeMarked(name, id);
		for (const look of looks) this.#wear(look, id);
		return name;
	}

	/** What a guest is called who comes without a connection of their own: as `take` says, but nothing is taken. */
	whatToCall(name: string, id: string): string {
		return name !== guestName(id) && looksOf(name).some((look) => this.#isWornByOther(look, id)) ? marked(name, id) : name;
	}

	#takeMarked(name: string, id: string): string {
		const taken = marked(name, id);
		this.wear(taken, id);
		return taken;
	}

	/** Notes the name of somebody who keeps it whoever else is here. `release` it when the connection ends. */
	wear(name: string, id: string): void {
		for (const look of looksOf(name)) this.#wear(look, id);
	}

	/** Looks that are worn now. */
	get size(): number {
		return this.#worn.size;
	}

	release(name: string, id: string): void {
		if (name === guestName(id)) return;
		for (const look of looksOf(name)) this.#release(look, id);
	}

	#wear(look: string, id: string): void {
		const worn = this.#worn.get(look);
		if (worn === undefined) this.#worn.set(look, { id, connections: 1 });
		else if (worn instanceof Map) worn.set(id, (worn.get(id) ?? 0) + 1);
		else if (worn.id === id) worn.connections++;
		else
			this.#worn.set(
				look,
				new Map([
					[worn.id, worn.connections],
					[id, 1],
				]),
			);
	}

	#release(look: string, id: string): void {
		const worn = this.#worn.get(look);
		if (worn === undefined) return;
		if (!(worn instanceof Map)) {
			if (worn.id === id && --worn.connections === 0) this.#worn.delete(look);
			return;
		}
		const count = worn.get(id);
		if (count === undefined) return;
		if (count > 1) worn.set(id, count - 1);
		else worn.delete(id);
		if (worn.size === 0) this.#worn.delete(look);
	}

	#isWornByOther(look: string, id: string): boolean {
		const worn = this.#worn.get(look);
		if (worn === undefined) return false;
		return worn instanceof Map ? worn.size > 1 || !worn.has(id) : worn.id !== id;
	}
}
