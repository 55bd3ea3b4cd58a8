import type { Ambient, Repeat } from "@hubbub/protocol/downstream.ts";
import { type RoomEvent, withoutTextOf } from "@hubbub/protocol/event.ts";

/** An event with its position, and its JSON, stringified once for everybody. */
export interface LoggedEvent {
	readonly event: RoomEvent;
	readonly json: string;
}

/** The same events without the text of the message `id`; the very same array where none of them holds it. */
export function withoutText(events: readonly LoggedEvent[], id: string): readonly LoggedEvent[] {
	let left: LoggedEvent[] | null = null;
	for (const [index, { event }] of events.entries()) {
		const emptied = withoutTextOf(event, id);
		if (!emptied) continue;
		left ??= [...events];
		left[index] = { event: emptied, json: JSON.stringify(emptied) };
	}
	return left ?? events;
}

/** What one flush takes: everything since the last one, in the order of the log. */
export interface Load {
	readonly events: readonly LoggedEvent[];
	/** Chat that was left out. */
	readonly omitted: number;
	/** Chat that was left out because it said what a shown message says, counted there. */
	readonly repeats: readonly Repeat[];
	readonly ambient: Ambient | null;
	/** Offset of the last event this load speaks of, shown or not. */
	readonly through: number;
}

/**
 * What waits in one view of a room for the next flush, by how it may be treated: events that are shown are kept in order, those left
 * out are counted, ambient figures are overwritten by newer ones (SPEC FAN-3, FAN-7).
 */
export class Lanes {
	#events: LoggedEvent[] = [];
	#omitted = 0;
	#repeats: Map<string, number> | null = null;
	#ambient: Ambient | null = null;
	#through: number;

	/** `through` is the offset up to which everything has been flushed already. */
	constructor(through: number) {
		this.#through = through;
	}

	get isEmpty(): boolean {
		return this.#events.length === 0 && this.#omitted === 0 && this.#repeats === null && this.#ambient === null;
	}

	/** Events waiting to be shown. */
	get waiting(): number {
		return this.#events.length;
	}

	/** The next event is to be shown. */
	offer(event: LoggedEvent): void {
		this.#events.push(event);
		this.#through = event.event.offset;
	}

	/** The next event is not shown, but counted. */
	omit(offset: number): void {
		this.#omitted++;
		this.#through = offset;
	}

	/** The next event is counted on the shown message whose text it repeats. */
	repeat(of: string, offset: number): void {
		this.#repeats ??= new Map();
		this.#repeats.set(of, (this.#repeats.get(of) ?? 0) + 1);
		this.#through = offset;
	}

	/** Empties the text of a message that was taken back before it was shown. */
	redact(id: string): void {
		this.#events = [...withoutText(this.#events, id)];
	}

	/** Latest wins, figure by figure. */
	offerAmbient(figures: Ambient): void {
		this.#ambient = { ...this.#ambient, ...figures };
	}

	/** Takes all that waits. */
	take(): Load {
		const load = {
			events: this.#events,
			omitted: this.#omitted,
			repeats: [...(this.#repeats ?? [])].map(([id, count]) => ({ id, count })),
			ambient: this.#ambient,
			through: this.#through,
		};
		this.#events = [];
		this.#omitted = 0;
		this.#repeats = null;
		this.#ambient = null;
		return load;
	}
}
