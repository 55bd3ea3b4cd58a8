import type { Ambient } from "@hubbub/protocol/downstream.ts";
import type { RoomEvent } from "@hubbub/protocol/event.ts";

/** An event with its position, and its JSON, stringified once for everybody. */
export interface LoggedEvent {
	readonly event: RoomEvent;
	readonly json: string;
}

/** What one flush takes: everything since the last one, in the order of the log. */
export interface Load {
	readonly events: readonly LoggedEvent[];
	readonly omitted: number;
	readonly ambient: Ambient | null;
	/** Offset of the last event this load speaks of, shown or omitted. */
	readonly through: number;
}

/**
 * What waits in one room for the next flush, by how it may be treated: control and chat events are kept in order, ambient figures are
 * overwritten by newer ones (SPEC FAN-3).
 */
export class Lanes {
	#events: LoggedEvent[] = [];
	#ambient: Ambient | null = null;
	#through: number;

	/** `through` is the offset up to which everything has been flushed already. */
	constructor(through: number) {
		this.#through = through;
	}

	get isEmpty(): boolean {
		return this.#events.length === 0 && this.#ambient === null;
	}

	/** Whether something waits that people wait for; ambient figures alone can take their time. */
	get hasEvents(): boolean {
		return this.#events.length > 0;
	}

	offer(event: LoggedEvent): void {
		this.#events.push(event);
		this.#through = event.event.offset;
	}

	/** Latest wins, figure by figure. */
	offerAmbient(figures: Ambient): void {
		this.#ambient = { ...this.#ambient, ...figures };
	}

	/** Takes all that waits. */
	take(): Load {
		const load = { events: this.#events, omitted: 0, ambient: this.#ambient, through: this.#through };
		this.#events = [];
		this.#ambient = null;
		return load;
	}
}
