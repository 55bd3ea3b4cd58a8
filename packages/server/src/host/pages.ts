import type { RoomEvent } from "@hubbub/protocol/event.ts";
import type { Entry, RoomLog } from "../engine/log.ts";
import type { LoggedEvent } from "../fanout/lane.ts";
import { serverLimits } from "../runtime/limits.ts";

/** An event out of the store. Most go on as the JSON they are, so it is parsed only where somebody looks into it. */
export class StoredEvent implements LoggedEvent {
	readonly offset: number;
	readonly json: string;
	#event: RoomEvent | null = null;

	constructor(entry: Entry) {
		this.offset = entry.offset;
		this.json = entry.json;
	}

	get event(): RoomEvent {
		this.#event ??= JSON.parse(this.json) as RoomEvent;
		return this.#event;
	}
}

interface KnownPage {
	readonly events: Promise<readonly StoredEvent[]>;
	/** 0 while it is being read. */
	units: number;
}

/**
 * Pages of a room's log that have left memory. Those who ask for one page share it, and only a few are read at once: a thousand readers who
 * come back from far behind wait for each other, not everybody else for them.
 */
export class Pages {
	readonly #log: RoomLog;
	readonly #room: string;
	/** Pages that are being read, and full ones that were read lately. One that is not full is the end of the log, which grows, and is not kept. */
	readonly #known = new Map<string, KnownPage>();
	/** Characters of those that were read. */
	#units = 0;
	#isInUse = false;
	readonly #waiting: (() => void)[] = [];
	#busy = 0;

	constructor(log: RoomLog, room: string) {
		this.#log = log;
		this.#room = room;
	}

	/** The first `limit` events after an offset. Throws `LogUnavailable`. */
	read(after: number, limit: number): Promise<readonly StoredEvent[]> {
		this.#isInUse = true;
		const key = `${after} ${limit}`;
		const known = this.#known.get(key);
		if (known) return known.events;
		const page = { events: this.#read(after, limit), units: 0 };
		this.#known.set(key, page);
		const isKnown = () => this.#known.get(key) === page;
		page.events.then(
			(events) => {
				if (isKnown() && events.length < limit) this.#known.delete(key);
				else if (isKnown()) this.#remember(page, events);
			},
			() => isKnown() && this.#known.delete(key),
		);
		return page.events;
	}

	/** Reads every page anew. */
	forget(): void {
		this.#known.clear();
		this.#units = 0;
	}

	/** Forgets the pages where nobody has asked for one since the last time; whether that is so, and none is being read. */
	tidy(): boolean {
		const isQuiet = !this.#isInUse && this.#busy === 0 && this.#waiting.length === 0;
		if (!this.#isInUse) this.forget();
		this.#isInUse = false;
		return isQuiet;
	}

	#remember(page: KnownPage, events: readonly StoredEvent[]): void {
		page.units = events.reduce((sum, { json }) => sum + json.length, 0);
		this.#units += page.units;
		for (const [key, { units }] of this.#known) {
			if (this.#units <= serverLimits.pagesUnitsMax) break;
			// One that is still being read has no size yet, and is shared by those who wait for it.
			if (units === 0) continue;
			this.#known.delete(key);
			this.#units -= units;
		}
	}

	async #read(after: number, limit: number): Promise<readonly StoredEvent[]> {
		if (this.#busy >= serverLimits.pagesReadMax) await new Promise<void>((resolve) => this.#waiting.push(resolve));
		this.#busy++;
		try {
			const entries = await this.#log.read(this.#room, { after, limit });
			return entries.map((entry) => new StoredEvent(entry));
		} finally {
			this.#busy--;
			this.#waiting.shift()?.();
		}
	}
}

/** As many of the first events as fit one frame, at least one: a page of five hundred long messages would be megabytes. */
export function firstFitting(events: readonly LoggedEvent[]): readonly LoggedEvent[] {
	let units = 0;
	const end = events.findIndex((entry, index) => {
		units += entry.json.length;
		return index > 0 && units > serverLimits.pageUnitsMax;
	});
	return end < 0 ? events : events.slice(0, end);
}

/** As many of the latest, at least one. */
export function latestFitting(events: readonly LoggedEvent[]): readonly LoggedEvent[] {
	let units = 0;
	const last = events.findLastIndex((entry, index) => {
		units += entry.json.length;
		return index < events.length - 1 && units > serverLimits.pageUnitsMax;
	});
	return last < 0 ? events : events.slice(last + 1);
}
