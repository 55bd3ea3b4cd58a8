/** Messages of the reader's own that are remembered here. */
const ownLinesMax = 100;

/**
 * The reader's own lines, which fly when they are said. When such a message comes back with everybody else's, it has flown; one said in another tab or
 * by a program has not. Pure.
 */
export class OwnLines {
	/** By the key it was sent with: the text, and the message's id once the server has it. Oldest first. */
	readonly #lines = new Map<string, { readonly text: string; id: string | null }>();

	said(key: string, text: string): void {
		this.#lines.set(key, { text, id: null });
		for (const oldest of this.#lines.keys()) {
			if (this.#lines.size <= ownLinesMax) break;
			this.#lines.delete(oldest);
		}
	}

	/** The server has it. */
	settled(key: string, id: string): void {
		const line = this.#lines.get(key);
		if (line) line.id = id;
	}

	/** The server does not want it. */
	withdrawn(key: string): void {
		this.#lines.delete(key);
	}

	/** Whether a line was said and nobody has answered yet. */
	isOnItsWay(key: string): boolean {
		return this.#lines.get(key)?.id === null;
	}

	/** Whether a message of the reader's that comes with everybody else's has flown. It may come before the answer that names its id. */
	hasFlown(id: string, text: string): boolean {
		for (const line of this.#lines.values()) {
			if (line.id === id) return true;
			if (line.id !== null || line.text !== text) continue;
			line.id = id;
			return true;
		}
		return false;
	}
}
