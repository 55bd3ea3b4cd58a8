import type { Clock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import type { Directory } from "../directory.ts";
import type { EngineStats } from "../engine.ts";
import { entryOf, isObjectText, isRetryOf, redactedBody } from "../entry.ts";
import { engineLimits } from "../limits.ts";
import {
	type Appended,
	type AppendOptions,
	type Entry,
	type EntryName,
	type Listener,
	type LogHead,
	type LogName,
	LogUnavailable,
	type NewEntry,
	type ReadRange,
	type RoomLog,
	type SubscribeOptions,
	type Subscription,
} from "../log.ts";
import { assertRange } from "../read-range.ts";
import { Subscriptions } from "../subscriptions.ts";

/**
 * The logs in this process's memory: the same promises as on disk for as long as the process lives. For tests, simulation and
 * servers whose discussions may be forgotten. Keeps every entry, so memory grows with what is said.
 */
export class MemoryLog implements RoomLog, Directory {
	readonly #rooms = new Map<string, Room>();
	readonly #random: Random;
	readonly #subscriptions: Subscriptions;
	#state: "open" | "closed" = "open";
	#waiting = 0;
	#waitingUnits = 0;
	#appended = 0;
	#failed = 0;

	constructor(options: { random: Random; clock: Clock; onFault: (words: string) => void }) {
		this.#random = options.random;
		const { clock, onFault } = options;
		this.#subscriptions = new Subscriptions({ read: (room, range) => this.read(room, range), clock, onFault });
	}

	async open(room: string, options: { create: boolean }): Promise<LogHead | null> {
		this.#assertOpen();
		const found = this.#rooms.get(room) ?? (options.create ? this.#create(room) : null);
		return found && { epoch: found.epoch, offset: found.logs.public.entries.length };
	}

	async rooms({ after, limit }: { after: string; limit: number }): Promise<readonly string[]> {
		this.#assertOpen();
		const behind = [...this.#rooms.keys()].filter((room) => room > after);
		return behind.sort().slice(0, limit);
	}

	append(room: string, given: NewEntry | readonly NewEntry[], options?: AppendOptions): Promise<Appended> {
		const entries = Array.isArray(given) ? (given as readonly NewEntry[]) : [given as NewEntry];
		const appended = this.#add(room, entries, options?.expect);
		if (appended.outcome === "failed") this.#failed++;
		const units = entries.reduce((sum, { body }) => sum + body.length, 0);
		this.#waiting++;
		this.#waitingUnits += units;
		// Subscribers and the sender hear in a later step, as they would of a commit on disk, and in the order of offsets.
		return new Promise((resolve) =>
			queueMicrotask(() => {
				this.#waiting--;
				this.#waitingUnits -= units;
				if (appended.outcome === "appended") this.#tell(room, entries, [appended.entry, ...(appended.rest ?? [])]);
				resolve(appended);
			}),
		);
	}

	async read(room: string, range: ReadRange): Promise<readonly Entry[]> {
		this.#assertOpen();
		assertRange(range);
		const entries = this.#logOf(room, range.log)?.entries ?? [];
		const after = range.after === undefined ? 0 : Math.min(Math.max(0, range.after), entries.length);
		const from = range.since === undefined ? after : Math.max(after, firstSince(entries, range.since));
		const to = range.before === undefined ? entries.length : Math.max(0, Math.min(entries.length, range.before - 1));
		const isFromStart = range.after !== undefined || range.since !== undefined;
		const picked = isFromStart ? entries.slice(from, Math.min(to, from + range.limit)) : entries.slice(Math.max(0, to - range.limit), to);
		return picked.map(asEntry);
	}

	async state(room: string, log?: LogName): Promise<readonly Entry[]> {
		this.#assertOpen();
		const held = [...(this.#logOf(room, log)?.state.values() ?? [])];
		return held.sort((one, other) => one.offset - other.offset).map(asEntry);
	}

	async wipe(before: number): Promise<number> {
		this.#assertOpen();
		let wiped = 0;
		for (const { logs } of this.#rooms.values())
			for (const entry of [...logs.public.entries, ...logs.staff.entries]) {
				if (!entry.isRemoved || entry.at >= before || wiped >= engineLimits.wipedEntriesMax) continue;
				entry.body = redactedBody(entry.body);
				entry.isRemoved = false;
				wiped++;
			}
		return wiped;
	}

	async find(room: string, by: EntryName): Promise<Entry | null> {
		this.#assertOpen();
		const log = this.#logOf(room, by.log);
		const stored = "id" in by ? log?.byId.get(by.id) : log?.byKey.get(keyName(by.author, by.key));
		return stored ? asEntry(stored) : null;
	}

	async subscribe(room: string, options: SubscribeOptions, listener: Listener): Promise<Subscription | null> {
		const { log = "public", create = false } = options;
		const opened = await this.open(room, { create });
		if (!opened) return null;
		// What was added and not yet told is heard by those who subscribed before.
		const head = this.#logOf(room, log)?.entries.length ?? 0;
		const stop = this.#subscriptions.add(room, log, { after: options.after ?? head, head }, listener);
		return { epoch: opened.epoch, offset: head, stop };
	}

	close(): void {
		this.#state = "closed";
		this.#subscriptions.close();
	}

	stats(): EngineStats {
		const [waiting, waitingUnits, appended, failed] = [this.#waiting, this.#waitingUnits, this.#appended, this.#failed];
		return { waiting, waitingUnits, reading: 0, appended, batches: appended, failed, restarts: 0 };
	}

	#create(name: string): Room {
		const room: Room = { epoch: this.#random.token(12), logs: { public: emptyLog(), staff: emptyLog() } };
		this.#rooms.set(name, room);
		return room;
	}

	#logOf(room: string, log: LogName = "public"): Log | undefined {
		return this.#rooms.get(room)?.logs[log];
	}

	#tell(room: string, added: readonly NewEntry[], entries: readonly Entry[]): void {
		for (const log of ["public", "staff"] as const) {
			const own = entries.filter((_, index) => (added[index]!.log ?? "public") === log);
			if (own.length > 0) this.#subscriptions.tell(room, log, own);
		}
	}

	#add(name: string, entries: readonly NewEntry[], expect: AppendOptions["expect"]): Appended {
		if (this.#state === "closed") return failed("The log is closed.");
		const room = this.#rooms.get(name);
		if (!room) return failed(`The room ${name} does not exist.`);
		if (entries.length === 0) return failed("There is nothing to add.");
		if (!entries.every(({ body }) => isObjectText(body))) return failed("The body is not the text of a JSON object.");
		const answer = answerToKey(room, entries) ?? answerToExpected(room, expect) ?? answerToNames(entries, room);
		if (answer) return answer;
		const redacted = new Map<Stored, string>();
		try {
			for (const entry of entries) for (const target of targetsOf(entry, entries, room)) redacted.set(target, redactedBody(target.body));
		} catch {
			return failed("What the entry takes back could not be read.");
		}
		for (const [target, body] of redacted) target.body = body;
		const [entry, ...rest] = entries.map((entry) => asEntry(store(entry, room.logs[entry.log ?? "public"])));
		this.#appended += entries.length;
		return rest.length > 0 ? { outcome: "appended", entry: entry!, rest } : { outcome: "appended", entry: entry! };
	}

	#assertOpen(): void {
		if (this.#state === "closed") throw new LogUnavailable("The log is closed.");
	}
}

interface Stored {
	readonly offset: number;
	readonly at: number;
	readonly id: string;
	readonly kind: string;
	body: string;
	isRemoved: boolean;
}

interface Log {
	readonly entries: Stored[];
	readonly byId: Map<string, Stored>;
	readonly byKey: Map<string, Stored>;
	readonly state: Map<string, Stored>;
}

interface Room {
	readonly epoch: string;
	readonly logs: Readonly<Record<LogName, Log>>;
}

function emptyLog(): Log {
	return { entries: [], byId: new Map(), byKey: new Map(), state: new Map() };
}

function store(entry: NewEntry, log: Log): Stored {
	const at = Math.max(entry.at, log.entries.at(-1)?.at ?? entry.at);
	const { id, kind, body, isRemoved = false } = entry;
	const stored: Stored = { offset: log.entries.length + 1, at, id, kind, body, isRemoved };
	log.entries.push(stored);
	log.byId.set(entry.id, stored);
	if (entry.key !== null) log.byKey.set(keyName(entry.author, entry.key), stored);
	if (entry.stateKey !== undefined) log.state.set(entry.stateKey, stored);
	return stored;
}

/** What becomes of an append one of whose keys was used before. */
function answerToKey(room: Room, entries: readonly NewEntry[]): Appended | null {
	for (const entry of entries) {
		const first = entry.key === null ? undefined : room.logs[entry.log ?? "public"].byKey.get(keyName(entry.author, entry.key));
		if (first) return isRetryOf(first, entry) ? { outcome: "duplicate", entry: asEntry(first) } : { outcome: "conflict" };
	}
	return null;
}

function answerToExpected(room: Room, expect: AppendOptions["expect"] = {}): Appended | null {
	for (const [key, offset] of Object.entries(expect)) {
		const holds = room.logs.public.state.get(key)?.offset ?? 0;
		if (holds !== offset) return { outcome: "moved", offset: holds };
	}
	return null;
}

/** Ids and keys that are taken, in the log or by another entry of the same append. */
function answerToNames(entries: readonly NewEntry[], room: Room): Appended | null {
	const names = new Set<string>();
	for (const { log = "public", id, author, key } of entries) {
		const own = key === null ? [`${log} ${id}`] : [`${log} ${id}`, `${log} key ${keyName(author, key)}`];
		if (room.logs[log].byId.has(id) || own.some((name) => names.has(name))) return failed(`The id ${id} or its key is taken in this room.`);
		for (const name of own) names.add(name);
	}
	return null;
}

/** What an entry takes back: earlier ones of its log, and none of those it came with. */
function targetsOf(entry: NewEntry, entries: readonly NewEntry[], room: Room): Stored[] {
	const log = room.logs[entry.log ?? "public"];
	const ids = (entry.redacts ?? []).filter((id) => !entries.some((other) => other.id === id));
	return ids.flatMap((id) => log.byId.get(id) ?? []);
}

function failed(detail: string): Appended {
	return { outcome: "failed", reason: "unavailable", detail };
}

function asEntry({ offset, id, body }: Stored): Entry {
	return entryOf(offset, id, body);
}

// The length keeps ("ab", "c") and ("a", "bc") apart, whatever signs the two hold.
function keyName(author: string, key: string): string {
	return `${author.length} ${author}${key}`;
}

/** Index of the first entry whose time is `since` or later: times never go back. */
function firstSince(entries: readonly Stored[], since: number): number {
	let low = 0;
	let high = entries.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (entries[middle]!.at < since) low = middle + 1;
		else high = middle;
	}
	return low;
}
