import type { Random } from "../../runtime/random.ts";
import { entryOf, isRetryOf } from "../entry.ts";
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
import type { Subscriptions } from "../subscriptions.ts";
import type { CommitQueue } from "./commit-queue.ts";
import type { AddedEntry, Append, Outcome, Row } from "./messages.ts";
import type { ReadQueue } from "./read-queue.ts";

/** The logs on SQLite, as the main thread sees them: it only passes messages to the storage threads. */
export class SqliteLog implements RoomLog {
	readonly #commits: CommitQueue;
	readonly #reads: ReadQueue;
	readonly #subscriptions: Subscriptions;
	readonly #random: Random;
	/** Entries of the batch being settled, by room, of each log: subscribers hear of them once it is. */
	#committed: Record<LogName, Map<string, Entry[]>> = { public: new Map(), staff: new Map() };
	#appended = 0;

	constructor(options: { commits: CommitQueue; reads: ReadQueue; subscriptions: Subscriptions; random: Random }) {
		this.#commits = options.commits;
		this.#reads = options.reads;
		this.#subscriptions = options.subscriptions;
		this.#random = options.random;
	}

	/** Entries made durable since the log was opened. */
	get appended(): number {
		return this.#appended;
	}

	open(room: string, options: { create: boolean }): Promise<LogHead | null> {
		return this.#open(room, "public", options.create, (head) => head);
	}

	append(room: string, given: NewEntry | readonly NewEntry[], options?: AppendOptions): Promise<Appended> {
		const entries = Array.isArray(given) ? (given as readonly NewEntry[]) : null;
		const first = entries ? entries[0] : (given as NewEntry);
		if (!first) return Promise.resolve({ outcome: "failed", reason: "unavailable", detail: "There is nothing to add." });
		const operation = { kind: "append", room, ...addedOf(first) } satisfies Append as Writable<Append>;
		let units = unitsOf(operation);
		if (entries && entries.length > 1) {
			operation.rest = entries.slice(1).map(addedOf);
			for (const entry of operation.rest) units += unitsOf(entry);
		}
		if (options?.expect) operation.expect = options.expect;
		return new Promise((resolve) => {
			this.#commits.submit(operation, units, (outcome) => resolve(this.#appendedOf(given, operation, outcome)));
		});
	}

	async read(room: string, range: ReadRange): Promise<readonly Entry[]> {
		assertRange(range);
		const { log, after, before, since, limit } = range;
		const rows = (await this.#reads.ask({ type: "read", room, range: { log, after, before, since, limit } })) as readonly Row[];
		return rows.map(entryOfRow);
	}

	async state(room: string, log: LogName = "public"): Promise<readonly Entry[]> {
		const rows = (await this.#reads.ask({ type: "state", room, log })) as readonly Row[];
		return rows.map(entryOfRow);
	}

	wipe(before: number): Promise<number> {
		return new Promise((resolve, reject) => {
			this.#commits.submit({ kind: "wipe", before }, 0, (outcome) => {
				if (outcome.outcome === "wiped") resolve(outcome.count);
				else reject(new LogUnavailable(detailOf(outcome)));
			});
		});
	}

	async find(room: string, by: EntryName): Promise<Entry | null> {
		const { log } = by;
		const asked = "id" in by ? { log, id: by.id.toWellFormed() } : { log, author: by.author.toWellFormed(), key: by.key.toWellFormed() };
		const [row] = (await this.#reads.ask({ type: "find", room, by: asked })) as readonly Row[];
		return row ? entryOfRow(row) : null;
	}

	subscribe(room: string, options: SubscribeOptions, listener: Listener): Promise<Subscription | null> {
		const { log = "public", create = false } = options;
		return this.#open(room, log, create, (head) => {
			if (!head) return null;
			// Added before the batch that answers this is told of: what it brought behind this is heard, what it brought before is not.
			const position = { after: options.after ?? head.offset, head: head.offset };
			return { ...head, stop: this.#subscriptions.add(room, log, position, listener) };
		});
	}

	/** Tells the subscribers what the batch that was just settled brought, log by log. They hear before any `await append` goes on. */
	tellSubscribers(): void {
		for (const log of ["public", "staff"] as const) {
			const committed = this.#committed[log];
			if (committed.size === 0) continue;
			this.#committed[log] = new Map();
			for (const [room, entries] of committed) this.#subscriptions.tell(room, log, entries);
		}
	}

	/** `then` is called while the batch is being settled, in its turn. */
	#open<T>(room: string, log: LogName, create: boolean, then: (head: LogHead | null) => T): Promise<T> {
		const epoch = create ? this.#random.token(12) : null;
		return new Promise((resolve, reject) => {
			this.#commits.submit({ kind: "open", room, log, epoch }, room.length, (outcome) => {
				if (outcome.outcome === "opened") resolve(then(outcome.head));
				else reject(new LogUnavailable(detailOf(outcome)));
			});
		});
	}

	#appendedOf(given: NewEntry | readonly NewEntry[], operation: Append, outcome: Outcome): Appended {
		switch (outcome.outcome) {
			case "appended": {
				const entry = this.#committedEntry(operation.room, operation, outcome.offset);
				if (!outcome.rest) return { outcome: "appended", entry };
				const rest = outcome.rest.map((offset, index) => this.#committedEntry(operation.room, operation.rest![index]!, offset));
				return { outcome: "appended", entry, rest };
			}
			case "duplicate": {
				const { row, eventKind, index } = outcome;
				// Compared here, so that what the content is need not travel with every write.
				const { kind, content } = Array.isArray(given) ? (given[index] as NewEntry) : (given as NewEntry);
				const { body } = index === 0 ? operation : operation.rest![index - 1]!;
				const isRetry = isRetryOf({ kind: eventKind, body: row.body }, { kind, body, content });
				return isRetry ? { outcome: "duplicate", entry: entryOfRow(row) } : { outcome: "conflict" };
			}
			case "moved":
				return outcome;
			default:
				return { outcome: "failed", reason: outcome.outcome === "failed" ? outcome.reason : "unavailable", detail: detailOf(outcome) };
		}
	}

	#committedEntry(room: string, added: AddedEntry, offset: number): Entry {
		const entry = entryOf(offset, added.id, added.body);
		const committed = this.#committed[added.log ?? "public"];
		const entries = committed.get(room);
		if (entries) entries.push(entry);
		else committed.set(room, [entry]);
		this.#appended++;
		return entry;
	}
}

/**
 * Texts are stored as UTF-8, which has no lone surrogates: they are replaced here, so that what is answered is what is stored. Fields that
 * have no value are left out, since each is copied from thread to thread.
 */
function addedOf(entry: NewEntry): AddedEntry {
	const added: Writable<AddedEntry> = {
		at: entry.at,
		id: entry.id.toWellFormed(),
		eventKind: entry.kind.toWellFormed(),
		author: entry.author.toWellFormed(),
		key: entry.key === null ? null : entry.key.toWellFormed(),
		body: entry.body.toWellFormed(),
	};
	if (entry.log === "staff") added.log = entry.log;
	if (entry.stateKey !== undefined) added.stateKey = entry.stateKey.toWellFormed();
	if (entry.isRemoved) added.isRemoved = true;
	if (entry.redacts) added.redacts = entry.redacts;
	return added;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What an entry that waits holds in memory, in UTF-16 code units. */
function unitsOf({ body, id, author, key }: AddedEntry): number {
	return body.length + id.length + author.length + (key?.length ?? 0);
}

function entryOfRow(row: Row): Entry {
	return entryOf(row.offset, row.id, row.body);
}

function detailOf(outcome: Outcome): string {
	return outcome.outcome === "failed" ? outcome.detail : `The storage thread answered ${outcome.outcome}.`;
}
