import type { Random } from "../../runtime/random.ts";
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
import { logNames, type Outcome, type Unheard } from "./operations.ts";
import type { Reader } from "./reader.ts";
import type { Tail } from "./tail.ts";

export interface PostgresLogOptions {
	readonly commits: CommitQueue;
	readonly reader: Reader;
	readonly tail: Tail;
	readonly subscriptions: Subscriptions;
	readonly random: Random;
}

/** The logs on PostgreSQL, as one node sees them. */
export class PostgresLog implements RoomLog {
	readonly #options: PostgresLogOptions;
	/** Entries of the batch being settled, by room, of each log: subscribers hear of them once it is. */
	#committed: Record<LogName, Map<string, Entry[]>> = { public: new Map(), staff: new Map() };
	#appended = 0;

	constructor(options: PostgresLogOptions) {
		this.#options = options;
	}

	/** Entries made durable since the log was opened. */
	get appended(): number {
		return this.#appended;
	}

	open(room: string, options: { create: boolean }): Promise<LogHead | null> {
		return this.#open(room, "public", options.create, (head) => head && { epoch: head.epoch, offset: head.offset });
	}

	append(room: string, given: NewEntry | readonly NewEntry[], options?: AppendOptions): Promise<Appended> {
		const entries = Array.isArray(given) ? (given as readonly NewEntry[]) : [given as NewEntry];
		const units = entries.reduce((sum, entry) => sum + unitsOf(entry), room.length);
		return new Promise((resolve) => {
			this.#options.commits.submit({ kind: "append", room, entries, expect: options?.expect }, units, (outcome) =>
				resolve(this.#appendedOf(room, entries, outcome)),
			);
		});
	}

	async read(room: string, range: ReadRange): Promise<readonly Entry[]> {
		assertRange(range);
		return await this.#options.reader.read(room, range);
	}

	async state(room: string, log: LogName = "public"): Promise<readonly Entry[]> {
		return await this.#options.reader.state(room, log);
	}

	wipe(before: number): Promise<number> {
		return new Promise((resolve, reject) => {
			this.#options.commits.submit({ kind: "wipe", before }, 0, (outcome) => {
				if (outcome.outcome === "wiped") resolve(outcome.count);
				else reject(new LogUnavailable(detailOf(outcome)));
			});
		});
	}

	async find(room: string, by: EntryName): Promise<Entry | null> {
		return await this.#options.reader.find(room, by);
	}

	subscribe(room: string, options: SubscribeOptions, listener: Listener): Promise<Subscription | null> {
		const { log = "public", create = false } = options;
		return this.#open(room, log, create, (head) => {
			if (!head) return null;
			const { epoch, offset, roomId } = head;
			// Added before the batch that answers this is told of: what it brought behind this is heard, what it brought before is not.
			const unsubscribe = this.#options.subscriptions.add(room, log, { after: options.after ?? offset, head: offset }, listener);
			const unfollow = this.#options.tail.follow(room, roomId, log, offset);
			let isHeard = true;
			const stop = () => {
				unsubscribe();
				if (isHeard) unfollow();
				isHeard = false;
			};
			return { epoch, offset, stop };
		});
	}

	/** Tells the subscribers what other nodes made. */
	tellUnheard({ room, log, entries }: Unheard): void {
		this.#options.subscriptions.tell(room, log, entries);
		this.#options.tail.told(room, log, entries.at(-1)!.offset);
	}

	/** Tells the subscribers what the batch that was just settled brought, log by log. They hear before any `await append` goes on. */
	tellSubscribers(): void {
		for (const log of logNames) {
			const committed = this.#committed[log];
			if (committed.size === 0) continue;
			this.#committed[log] = new Map();
			for (const [room, entries] of committed) this.tellUnheard({ room, log, entries });
		}
	}

	/** `then` is called while the batch is being settled, in its turn. */
	#open<T>(room: string, log: LogName, create: boolean, then: (head: (LogHead & { roomId: number }) | null) => T): Promise<T> {
		const epoch = create ? this.#options.random.token(12) : null;
		return new Promise((resolve, reject) => {
			this.#options.commits.submit({ kind: "open", room, log, epoch }, room.length, (outcome) => {
				if (outcome.outcome === "opened") resolve(then(outcome.head));
				else reject(new LogUnavailable(detailOf(outcome)));
			});
		});
	}

	#appendedOf(room: string, given: readonly NewEntry[], outcome: Outcome): Appended {
		switch (outcome.outcome) {
			case "appended": {
				const { entries } = outcome;
				for (const [index, entry] of entries.entries()) this.#note(room, given[index]?.log ?? "public", entry);
				const [entry, ...rest] = entries as [Entry, ...Entry[]];
				return rest.length > 0 ? { outcome: "appended", entry, rest } : { outcome: "appended", entry };
			}
			case "duplicate":
			case "conflict":
			case "moved":
				return outcome;
			default:
				return { outcome: "failed", reason: outcome.outcome === "failed" ? outcome.reason : "unavailable", detail: detailOf(outcome) };
		}
	}

	#note(room: string, log: LogName, entry: Entry): void {
		const committed = this.#committed[log];
		const entries = committed.get(room);
		if (entries) entries.push(entry);
		else committed.set(room, [entry]);
		this.#appended++;
	}
}

function unitsOf({ id, author, key, body }: NewEntry): number {
	return id.length + author.length + (key?.length ?? 0) + body.length;
}

function detailOf(outcome: Outcome): string {
	return outcome.outcome === "failed" ? outcome.detail : `The store answered ${outcome.outcome}.`;
}
