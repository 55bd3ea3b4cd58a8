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

/**
 * Pages of a room's log that have left memory. Those who ask for one page share it, and only a few are read at once: a thousand readers who
 * come back from far behind wait for each other, not everybody else for them.
 */
export class Pages {
	readonly #log: RoomLog;
	readonly #room: string;
	/** Being read, and the full ones read lately: what was the end of the log grows. */
	readonly #known = new Map<string, Promise<readonly StoredEvent[]>>();
	readonly #waiting: (() => void)[] = [];
	#busy = 0;

	constructor(log: RoomLog, room: string) {
		this.#log = log;
		this.#room = room;
	}

	/** The first `limit` events after an offset. Throws `LogUnavailable`. */
	read(after: number, limit: number): Promise<readonly StoredEvent[]> {
		const key = `${after} ${limit}`;
		const known = this.#known.get(key);
		if (known) return known;
		const page = this.#read(after, limit);
		this.#known.set(key, page);
		const forget = () => {
			if (this.#known.get(key) === page) this.#known.delete(key);
		};
		page.then((events) => (events.length < limit ? forget() : this.#forgetSome()), forget);
		return page;
	}

	/** Reads every page anew. */
	forget(): void {
		this.#known.clear();
	}

	#forgetSome(): void {
		for (const oldest of this.#known.keys()) {
			if (this.#known.size <= serverLimits.missedPagesMax) break;
			this.#known.delete(oldest);
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
