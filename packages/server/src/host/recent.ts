import { type LoggedEvent, withoutText } from "../fanout/lane.ts";

/** The latest events of a room, without holes, within bounds of count and size: joins and resumes are served from here. */
export class Recent {
	#entries: LoggedEvent[] = [];
	#start = 0;
	#units = 0;
	readonly #eventsMax: number;
	readonly #unitsMax: number;

	constructor(options: { eventsMax: number; unitsMax: number }) {
		this.#eventsMax = options.eventsMax;
		this.#unitsMax = options.unitsMax;
	}

	get size(): number {
		return this.#entries.length - this.#start;
	}

	push(entry: LoggedEvent): void {
		this.#entries.push(entry);
		this.#units += entry.json.length;
		while (this.size > 1 && (this.size > this.#eventsMax || this.#units > this.#unitsMax)) {
			this.#units -= this.#entries[this.#start]?.json.length ?? 0;
			this.#start++;
		}
		// Shifting an array of a thousand on every push would cost more than cutting it off once in a thousand.
		if (this.#start > this.#eventsMax) {
			this.#entries = this.#entries.slice(this.#start);
			this.#start = 0;
		}
	}

	/** All of them, ascending. */
	all(): readonly LoggedEvent[] {
		return this.#entries.slice(this.#start);
	}

	/** Up to `limit` events with offsets in (`after`, `through`]; null where some of them have left. */
	between(after: number, through: number, limit: number): readonly LoggedEvent[] | null {
		if (after >= through) return [];
		const firstOffset = this.#entries[this.#start]?.event.offset;
		if (firstOffset === undefined || after + 1 < firstOffset) return null;
		const from = this.#start + (after + 1 - firstOffset);
		return this.#entries.slice(from, Math.min(from + limit, from + (through - after)));
	}

	/** Finds an event that bears an id of its own. Walks from the newest. */
	find(id: string): LoggedEvent | null {
		for (let index = this.#entries.length - 1; index >= this.#start; index--) {
			const entry = this.#entries[index];
			if (entry?.event.kind === "message" && entry.event.id === id) return entry;
		}
		return null;
	}

	/** Takes the text of a message that was taken back out of every event that holds it, so that later joins do not see it. */
	redact(id: string): void {
		const before = this.#entries;
		this.#entries = [...withoutText(before, id)];
		for (const [index, { json }] of this.#entries.entries()) this.#units += json.length - (before[index] as LoggedEvent).json.length;
	}
}
