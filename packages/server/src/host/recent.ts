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
		const index = this.#indexOf(id);
		return index < 0 ? null : (this.#entries[index] as LoggedEvent);
	}

	/** Empties the text of a message that was taken back, so that later joins do not see it. */
	redact(id: string): void {
		const index = this.#indexOf(id);
		const entry = this.#entries[index];
		const [redacted] = entry ? withoutText([entry], id) : [];
		if (!entry || !redacted) return;
		this.#entries[index] = redacted;
		this.#units += redacted.json.length - entry.json.length;
	}

	#indexOf(id: string): number {
		for (let index = this.#entries.length - 1; index >= this.#start; index--) {
			const event = this.#entries[index]?.event;
			if (event?.kind === "message" && event.id === id) return index;
		}
		return -1;
	}
}
