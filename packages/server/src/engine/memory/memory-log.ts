import type { Random } from "../../runtime/random.ts";
import type { EngineStats } from "../engine.ts";
import { entryOf, isObjectText, redactedBody } from "../entry.ts";
import { Followers } from "../followers.ts";
import { type Appended, type Entry, type LogHead, LogUnavailable, type NewEntry, type ReadRange, type RoomLog } from "../log.ts";
import { assertRange } from "../read-range.ts";

/**
 * The room log in this process's memory: the same promises as on disk for as long as the process lives. For tests, simulation and
 * servers whose discussions may be forgotten. Keeps every entry, so memory grows with what is said.
 */
export class MemoryLog implements RoomLog {
	readonly #rooms = new Map<string, Room>();
	readonly #random: Random;
	readonly #followers: Followers;
	#state: "open" | "closed" = "open";
	#waiting = 0;
	#waitingUnits = 0;
	#appended = 0;
	#failed = 0;

	constructor(options: { random: Random; onFault: (words: string) => void }) {
		this.#random = options.random;
		this.#followers = new Followers(options.onFault);
	}

	async open(room: string, options: { create: boolean }): Promise<LogHead | null> {
		this.#assertOpen();
		let found = this.#rooms.get(room);
		if (!found) {
			if (!options.create) return null;
			found = { epoch: this.#random.token(12), entries: [], control: [], byId: new Map(), byKey: new Map() };
			this.#rooms.set(room, found);
		}
		return { epoch: found.epoch, offset: found.entries.length };
	}

	append(room: string, entry: NewEntry): Promise<Appended> {
		const appended = this.#add(room, entry);
		if (appended.outcome === "failed") this.#failed++;
		const units = entry.body.length;
		this.#waiting++;
		this.#waitingUnits += units;
		// Followers and the sender hear in a later step, as they would of a commit on disk, and in the order of offsets.
		return new Promise((resolve) =>
			queueMicrotask(() => {
				this.#waiting--;
				this.#waitingUnits -= units;
				if (appended.outcome === "appended") this.#followers.tell(room, [appended.entry]);
				resolve(appended);
			}),
		);
	}

	async read(room: string, range: ReadRange): Promise<readonly Entry[]> {
		this.#assertOpen();
		assertRange(range);
		const found = this.#rooms.get(room);
		if (!found) return [];
		const entries = range.controlOnly ? found.control : found.entries;
		const from = range.after === undefined ? 0 : firstBeyond(entries, range.after);
		const to = range.before === undefined ? entries.length : firstBeyond(entries, range.before - 1);
		const picked =
			range.after === undefined
				? entries.slice(Math.max(from, to - range.limit), to)
				: entries.slice(from, Math.min(to, from + range.limit));
		return picked.map(({ offset, id, body }) => entryOf(offset, id, body));
	}

	async find(room: string, by: { author: string; key: string } | { id: string }): Promise<Entry | null> {
		this.#assertOpen();
		const found = this.#rooms.get(room);
		const stored = "id" in by ? found?.byId.get(by.id) : found?.byKey.get(keyName(by.author, by.key));
		return stored ? entryOf(stored.offset, stored.id, stored.body) : null;
	}

	follow(listener: (room: string, entries: readonly Entry[]) => void): () => void {
		return this.#followers.add(listener);
	}

	close(): void {
		this.#state = "closed";
	}

	stats(): EngineStats {
		const [waiting, waitingUnits, appended, failed] = [this.#waiting, this.#waitingUnits, this.#appended, this.#failed];
		return { waiting, waitingUnits, reading: 0, appended, batches: appended, failed, restarts: 0 };
	}

	#add(name: string, entry: NewEntry): Appended {
		if (this.#state === "closed") return failed("The log is closed.");
		const room = this.#rooms.get(name);
		if (!room) return failed(`The room ${name} has no log.`);
		const first = entry.key === null ? undefined : room.byKey.get(keyName(entry.author, entry.key));
		if (first) return { outcome: "duplicate", entry: entryOf(first.offset, first.id, first.body) };
		if (room.byId.has(entry.id)) return failed(`The id ${entry.id} is taken in this room.`);
		if (!isObjectText(entry.body)) return failed("The body is not the text of a JSON object.");
		const targets = (entry.redacts ?? []).flatMap((id) => room.byId.get(id) ?? []);
		try {
			const bodies = targets.map((target) => redactedBody(target.body));
			for (const [index, target] of targets.entries()) target.body = bodies[index]!;
		} catch {
			return failed("What the entry takes back could not be read.");
		}
		const stored: Stored = { offset: room.entries.length + 1, id: entry.id, body: entry.body };
		room.entries.push(stored);
		if (entry.control) room.control.push(stored);
		room.byId.set(entry.id, stored);
		if (entry.key !== null) room.byKey.set(keyName(entry.author, entry.key), stored);
		this.#appended++;
		return { outcome: "appended", entry: entryOf(stored.offset, stored.id, stored.body) };
	}

	#assertOpen(): void {
		if (this.#state === "closed") throw new LogUnavailable("The log is closed.");
	}
}

interface Stored {
	readonly offset: number;
	readonly id: string;
	body: string;
}

interface Room {
	readonly epoch: string;
	readonly entries: Stored[];
	readonly control: Stored[];
	readonly byId: Map<string, Stored>;
	readonly byKey: Map<string, Stored>;
}

function failed(detail: string): Appended {
	return { outcome: "failed", reason: "unavailable", detail };
}

// The length keeps ("ab", "c") and ("a", "bc") apart, whatever signs the two hold.
function keyName(author: string, key: string): string {
	return `${author.length} ${author}${key}`;
}

/** Index of the first entry with an offset greater than `offset`. */
function firstBeyond(entries: readonly Stored[], offset: number): number {
	let low = 0;
	let high = entries.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (entries[middle]!.offset <= offset) low = middle + 1;
		else high = middle;
	}
	return low;
}
