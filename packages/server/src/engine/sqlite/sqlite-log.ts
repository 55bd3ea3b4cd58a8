import type { Random } from "../../runtime/random.ts";
import { entryOf } from "../entry.ts";
import type { Followers } from "../followers.ts";
import { type Appended, type Entry, type LogHead, LogUnavailable, type NewEntry, type ReadRange, type RoomLog } from "../log.ts";
import { assertRange } from "../read-range.ts";
import type { CommitQueue } from "./commit-queue.ts";
import type { Append, Outcome, Row } from "./messages.ts";
import type { ReadQueue } from "./read-queue.ts";

/** The room log on SQLite, as the main thread sees it: it only passes messages to the storage threads. */
export class SqliteLog implements RoomLog {
	readonly #commits: CommitQueue;
	readonly #reads: ReadQueue;
	readonly #followers: Followers;
	readonly #random: Random;
	/** Entries of the batch being settled, by room: followers hear of them once it is. */
	#committed = new Map<string, Entry[]>();
	#appended = 0;

	constructor(options: { commits: CommitQueue; reads: ReadQueue; followers: Followers; random: Random }) {
		this.#commits = options.commits;
		this.#reads = options.reads;
		this.#followers = options.followers;
		this.#random = options.random;
	}

	/** Entries made durable since the log was opened. */
	get appended(): number {
		return this.#appended;
	}

	open(room: string, options: { create: boolean }): Promise<LogHead | null> {
		const epoch = options.create ? this.#random.token(12) : null;
		return new Promise((resolve, reject) => {
			this.#commits.submit({ kind: "open", room, epoch }, room.length, (outcome) => {
				if (outcome.outcome === "opened") resolve(outcome.head);
				else reject(new LogUnavailable(detailOf(outcome)));
			});
		});
	}

	append(room: string, entry: NewEntry): Promise<Appended> {
		const operation = appendOf(room, entry);
		const units = operation.body.length + operation.id.length + operation.author.length + (operation.key?.length ?? 0);
		return new Promise((resolve) => {
			this.#commits.submit(operation, units, (outcome) => resolve(this.#appendedOf(operation, outcome)));
		});
	}

	async read(room: string, range: ReadRange): Promise<readonly Entry[]> {
		assertRange(range);
		const { after, before, limit, controlOnly } = range;
		const rows = (await this.#reads.ask({ type: "read", room, range: { after, before, limit, controlOnly } })) as readonly Row[];
		return rows.map(entryOfRow);
	}

	async find(room: string, by: { author: string; key: string } | { id: string }): Promise<Entry | null> {
		const asked = "id" in by ? { id: by.id.toWellFormed() } : { author: by.author.toWellFormed(), key: by.key.toWellFormed() };
		const [row] = (await this.#reads.ask({ type: "find", room, by: asked })) as readonly Row[];
		return row ? entryOfRow(row) : null;
	}

	follow(listener: (room: string, entries: readonly Entry[]) => void): () => void {
		return this.#followers.add(listener);
	}

	/** Tells the followers what the batch that was just settled brought, room by room. They hear before any `await append` goes on. */
	tellFollowers(): void {
		const committed = this.#committed;
		if (committed.size === 0) return;
		this.#committed = new Map();
		for (const [room, entries] of committed) this.#followers.tell(room, entries);
	}

	#appendedOf(operation: Append, outcome: Outcome): Appended {
		switch (outcome.outcome) {
			case "appended": {
				const entry = entryOf(outcome.offset, operation.id, operation.body);
				const entries = this.#committed.get(operation.room);
				if (entries) entries.push(entry);
				else this.#committed.set(operation.room, [entry]);
				this.#appended++;
				return { outcome: "appended", entry };
			}
			case "duplicate":
				return { outcome: "duplicate", entry: entryOfRow(outcome.row) };
			default:
				return { outcome: "failed", reason: outcome.outcome === "failed" ? outcome.reason : "unavailable", detail: detailOf(outcome) };
		}
	}
}

/** Texts are stored as UTF-8, which has no lone surrogates: they are replaced here, so that what is answered is what is stored. */
function appendOf(room: string, entry: NewEntry): Append {
	return {
		kind: "append",
		room,
		id: entry.id.toWellFormed(),
		eventKind: entry.kind.toWellFormed(),
		author: entry.author.toWellFormed(),
		key: entry.key === null ? null : entry.key.toWellFormed(),
		control: entry.control,
		body: entry.body.toWellFormed(),
		redacts: entry.redacts,
	};
}

function entryOfRow(row: Row): Entry {
	return entryOf(row.offset, row.id, row.body);
}

function detailOf(outcome: Outcome): string {
	return outcome.outcome === "failed" ? outcome.detail : `The storage thread answered ${outcome.outcome}.`;
}
