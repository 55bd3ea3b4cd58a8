import type { RoomEvent } from "@hubbub/protocol/event.ts";
import { decodeCursor, encodeCursor } from "@hubbub/protocol/wire/cursor.ts";

/**
 * How far one reader has read in one room's log, and which events it has therefore not seen yet. Pure: no clock, no I/O.
 *
 * Offsets are compared within an epoch only; another epoch is another history, in which everything is new.
 */
export class Bookmark {
	#cursor: string | null;
	/** Offset that the cursor names. */
	#offset: number;
	#epoch: string | null;
	/** Offset of the newest event seen. */
	#newest: number;
	/** Offset of the oldest event seen without a break up to `newest`; null before the first. */
	#oldest: number | null = null;
	/** Whether older events than those known were asked for and there are none. */
	isWhole = false;

	/** `after` is a cursor kept from an earlier visit; what is none is left out. */
	constructor(after: string | null = null) {
		const position = decodeCursor(after ?? "");
		this.#cursor = position && after;
		this.#epoch = position?.epoch ?? null;
		this.#offset = this.#newest = position?.offset ?? 0;
		// Whoever comes back with a cursor has everything up to it: older pages end there.
		if (position) this.#oldest = position.offset + 1;
	}

	/** What to hand back as `after`; null where nothing is known yet. */
	get cursor(): string | null {
		return this.#cursor;
	}

	/** The cursor to ask older events with: `before` the oldest one seen. Null where none was seen, or no older one can exist. */
	get oldest(): { readonly cursor: string; readonly offset: number } | null {
		const offset = this.#oldest;
		const cursor = offset === null ? null : this.at(offset);
		return offset === null || cursor === null ? null : { cursor, offset };
	}

	/** The cursor of the event at `offset`; null where nothing is known of the room yet. */
	at(offset: number): string | null {
		return this.#epoch === null ? null : encodeCursor({ epoch: this.#epoch, offset });
	}

	/**
	 * The log goes on at `cursor`: the events among `events` not seen before, ascending. Duplicates, also of whole batches, come
	 * out empty, and an old cursor does not move the bookmark back.
	 */
	advance(cursor: string, events: readonly RoomEvent[]): RoomEvent[] {
		const { epoch, offset } = this.#read(cursor);
		if (epoch !== this.#epoch) this.#turnTo(epoch);
		if (offset >= this.#offset) {
			this.#cursor = cursor;
			this.#offset = offset;
		}
		const fresh: RoomEvent[] = [];
		for (const event of [...events].sort((a, b) => a.offset - b.offset)) {
			if (event.offset <= this.#newest) continue;
			this.#newest = event.offset;
			this.#oldest ??= event.offset;
			fresh.push(event);
		}
		return fresh;
	}

	/**
	 * The server could not continue where the bookmark stood; `events` is the latest history. Events seen before stay seen, unless the
	 * log itself went back: then the same offsets name other events.
	 */
	reset(cursor: string, events: readonly RoomEvent[]): RoomEvent[] {
		const { epoch, offset } = this.#read(cursor);
		if (epoch !== this.#epoch || offset < this.#newest) this.#turnTo(epoch);
		// What lies between is not known, so older pages start again from here.
		this.#oldest = null;
		this.isWhole = false;
		this.#offset = 0;
		return this.advance(cursor, events);
	}

	/** Whether a batch that ends at `cursor` was read before. */
	isBehind(cursor: string): boolean {
		const { epoch, offset } = this.#read(cursor);
		return epoch === this.#epoch && offset <= this.#offset;
	}

	/** An older page was read: `events`, ascending, end right before the oldest seen so far. `isWhole`: there are none before them. */
	extendBack(events: readonly RoomEvent[], isWhole: boolean): void {
		this.isWhole = isWhole;
		const first = events[0];
		if (first && (this.#oldest === null || first.offset < this.#oldest)) this.#oldest = first.offset;
	}

	/** A cursor of a form that a later server writes is kept and handed back as it is, in the epoch that is known. */
	#read(cursor: string): { readonly epoch: string | null; readonly offset: number } {
		return decodeCursor(cursor) ?? { epoch: this.#epoch, offset: this.#offset };
	}

	#turnTo(epoch: string | null): void {
		this.#epoch = epoch;
		this.#newest = this.#offset = 0;
		this.#oldest = null;
	}
}
