import type { Position } from "@hubbub/protocol/wire/cursor.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import type { LoggedEvent } from "../fanout/lane.ts";
import { firstFitting, latestFitting } from "./pages.ts";

/** Where a reader starts. `events` run up to `through`; a reader that still misses some asks `RoomHost.backlog`. */
export class Placement {
	readonly recovered: boolean;
	readonly events: readonly LoggedEvent[];
	/** Offset the reader has reached with these events. */
	readonly through: number;
	#json: string | null = null;

	constructor(recovered: boolean, events: readonly LoggedEvent[], through: number) {
		this.recovered = recovered;
		this.events = events;
		this.through = through;
	}

	/** The events as one JSON array, put together once for all who start here. */
	get json(): string {
		this.#json ??= `[${this.events.map((entry) => entry.json).join(",")}]`;
		return this.#json;
	}
}

export interface PlacementsOptions {
	readonly isOwnPosition: (position: Position) => boolean;
	/** Up to `limit` events in (`after`, `through`] that are in memory; null where some of them are not. */
	readonly recent: (after: number, through: number, limit: number) => readonly LoggedEvent[] | null;
	/** The same out of the log. Throws `LogUnavailable`. */
	readonly read: (after: number, through: number, limit: number) => Promise<readonly LoggedEvent[]>;
}

/** Where readers of a room start. Those who begin anew between two flushes share one history, encoded once for all of them. */
export class Placements {
	readonly #options: PlacementsOptions;
	/** The history that was given last. */
	#latest: Placement | null = null;

	constructor(options: PlacementsOptions) {
		this.#options = options;
	}

	/**
	 * Where a reader with this position starts, in a view that has been flushed `through`. Null, another epoch, a position beyond the end or too far back starts over with the
	 * latest history; otherwise the first `eventsMax` of what it missed (SPEC LOG-6). Throws `LogUnavailable`.
	 */
	async place(after: Position | null, through: number, eventsMax: number): Promise<Placement> {
		const { isOwnPosition, recent, read } = this.#options;
		if (!after || !isOwnPosition(after) || through - after.offset > limits.recoveryEventsMax) return this.#anew(through);
		const events = firstFitting(recent(after.offset, through, eventsMax) ?? (await read(after.offset, through, eventsMax)));
		return new Placement(true, events, events.at(-1)?.event.offset ?? Math.max(after.offset, through));
	}

	/** Nothing is shared any more: a text was taken back, or nobody has come for a while. */
	forget(): void {
		this.#latest = null;
	}

	async #anew(through: number): Promise<Placement> {
		if (this.#latest?.through === through) return this.#latest;
		const from = Math.max(0, through - limits.historyOnJoin);
		const recent = this.#options.recent(from, through, limits.historyOnJoin);
		// What has to be read may be taken back while it is, and is kept for nobody.
		if (!recent) return new Placement(false, latestFitting(await this.#options.read(from, through, limits.historyOnJoin)), through);
		this.#latest = new Placement(false, latestFitting(recent), through);
		return this.#latest;
	}
}
