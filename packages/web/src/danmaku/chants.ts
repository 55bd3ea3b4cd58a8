/** The same said again within this time joins what flies; as long as the server folds repeats, in milliseconds. */
export const chantMs = 10_000;
/** Chants that are remembered. The oldest is forgotten first: what it says then flies once more than it had to. */
const chantsMax = 1_000;
/** A text longer than this joins its exact like alone, in UTF-16 units: nobody chants at such length. */
const foldedUnitsMax = 60;

/** What one or many say within a while. It flies once, with their number. */
export interface Chant {
	/** When it was said first. */
	readonly startedMs: number;
	/** The messages in it. */
	readonly ids: Set<string>;
	/** How many more are in it whose messages are not known here. */
	more: number;
	/** How many joined when its line had left the stage. */
	unseen: number;
	/** Where its line is. `missed`: no lane was free for it. */
	phase: "waiting" | "flying" | "flown" | "missed";
}

export function countOf({ ids, more }: Chant): number {
	return ids.size + more;
}

/** Who chants what right now. Pure: times come in. */
export class Chants {
	/** By what is chanted, oldest first. */
	readonly #chants = new Map<string, Chant>();

	/** Joins a message to the chant that says the same, or begins one. */
	join(id: string, text: string, nowMs: number): { readonly chant: Chant; readonly isNew: boolean } {
		const key = chantKey(text);
		const known = this.#chants.get(key);
		if (known && nowMs - known.startedMs < chantMs) {
			known.ids.add(id);
			if (known.phase === "flown") known.unseen++;
			return { chant: known, isNew: false };
		}
		// Those who came too late for the last line of a chant that goes on are counted on its next.
		const more = known && nowMs - known.startedMs < 2 * chantMs ? known.unseen : 0;
		const chant: Chant = { startedMs: nowMs, ids: new Set([id]), more, unseen: 0, phase: "waiting" };
		this.#chants.delete(key);
		this.#chants.set(key, chant);
		this.#forget(nowMs);
		return { chant, isNew: true };
	}

	/** The chant that has a message; null where it is over. */
	find(id: string): Chant | null {
		for (const chant of this.#chants.values()) if (chant.ids.has(id)) return chant;
		return null;
	}

	clear(): void {
		this.#chants.clear();
	}

	get size(): number {
		return this.#chants.size;
	}

	#forget(nowMs: number): void {
		for (const [key, { startedMs, phase }] of this.#chants) {
			const isOver = nowMs - startedMs >= 2 * chantMs && phase !== "flying";
			if (!isOver && this.#chants.size <= chantsMax) return;
			this.#chants.delete(key);
		}
	}
}

/**
 * What two texts have in common that a crowd means as one: case, width, white space and the punctuation at both ends do not matter, nor whether
 * somebody laughs four times or nine. Numbers are left as they are, unless one digit is all there is: 1000 is not 10000, but 666 is 66666.
 */
export function chantKey(text: string): string {
	if (text.length > foldedUnitsMax) return text;
	const folded = text.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ");
	const bare = folded.replace(/^[\p{P}\s]+|[\p{P}\s]+$/gu, "");
	if (/^(\d)\1{2,}$/.test(bare)) return (bare[0] as string).repeat(3);
	return (bare === "" ? folded.trim() : bare).replace(/(\P{N})\1{2,}/gu, "$1$1$1");
}
