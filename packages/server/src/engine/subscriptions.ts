import type { Clock } from "../runtime/clock.ts";
import type { Entry, Listener, LogName, ReadRange } from "./log.ts";

export interface SubscriptionsOptions {
	/** Reads what a subscriber has not heard. */
	readonly read: (room: string, range: ReadRange) => Promise<readonly Entry[]>;
	readonly clock: Clock;
	/** Hears of a listener that threw, and of a read that failed. */
	readonly onFault: (words: string) => void;
}

interface Subscriber {
	readonly room: string;
	readonly log: LogName;
	readonly listener: Listener;
	/** The offset of the last entry it heard. */
	after: number;
	/** `behind`: it reads on until it has all there is. `again`: something more was committed during its last read. */
	phase: "up to date" | "behind" | "again" | "stopped";
}

/**
 * Who hears which log. Each hears every entry behind its position once, in order and without holes, however it gets to know of them: what
 * it was not told, or told too early, it reads. One that throws is reported, and takes nothing from the others.
 */
export class Subscriptions {
	readonly #options: SubscriptionsOptions;
	readonly #logs = new Map<string, Set<Subscriber>>();

	constructor(options: SubscriptionsOptions) {
		this.#options = options;
	}

	/** Adds one that has heard a log through `after`; the log ends at `head` now. Returns how to stop. */
	add(room: string, log: LogName, position: { after: number; head: number }, listener: Listener): () => void {
		const subscriber: Subscriber = { room, log, listener, after: position.after, phase: "up to date" };
		const name = nameOf(room, log);
		const others = this.#logs.get(name) ?? new Set();
		this.#logs.set(name, others.add(subscriber));
		if (position.after < position.head) void this.#catchUp(subscriber);
		return () => {
			subscriber.phase = "stopped";
			others.delete(subscriber);
			if (others.size === 0 && this.#logs.get(name) === others) this.#logs.delete(name);
		};
	}

	/** Nobody hears anything any more. */
	close(): void {
		for (const subscribers of this.#logs.values()) for (const subscriber of subscribers) subscriber.phase = "stopped";
		this.#logs.clear();
	}

	/** Entries of a log that were just committed, ascending. One that was stopped by another on the way is not told any more. */
	tell(room: string, log: LogName, entries: readonly Entry[]): void {
		for (const subscriber of [...(this.#logs.get(nameOf(room, log)) ?? [])]) this.#tell(subscriber, entries);
	}

	#tell(subscriber: Subscriber, entries: readonly Entry[]): void {
		const last = entries.at(-1)?.offset ?? 0;
		if (subscriber.phase === "stopped" || last <= subscriber.after) return;
		if (subscriber.phase !== "up to date") {
			subscriber.phase = "again";
			return;
		}
		const fresh = entries[0]!.offset > subscriber.after ? entries : entries.filter(({ offset }) => offset > subscriber.after);
		if (last === subscriber.after + fresh.length) this.#deliver(subscriber, fresh);
		else void this.#catchUp(subscriber);
	}

	async #catchUp(subscriber: Subscriber): Promise<void> {
		const { room, log } = subscriber;
		subscriber.phase = "behind";
		try {
			for (;;) {
				const page = await this.#options.read(room, { log, after: subscriber.after, limit: PAGE_ENTRIES });
				// Whoever stopped meanwhile hears nothing more.
				if (isStopped(subscriber)) return;
				if (page.length > 0) this.#deliver(subscriber, page);
				if (isStopped(subscriber)) return;
				if (page.length < PAGE_ENTRIES && subscriber.phase === "behind") break;
				subscriber.phase = "behind";
			}
			subscriber.phase = "up to date";
		} catch (fault) {
			if (isStopped(subscriber)) return;
			this.#options.onFault(`Entries of a log could not be read for one that hears it: ${wordsOf(fault)}`);
			this.#options.clock.after(RETRY_MS, () => {
				if (!isStopped(subscriber)) void this.#catchUp(subscriber);
			});
		}
	}

	#deliver(subscriber: Subscriber, entries: readonly Entry[]): void {
		subscriber.after = entries.at(-1)!.offset;
		try {
			subscriber.listener(entries);
		} catch (error) {
			this.#options.onFault(`A listener of a log failed: ${wordsOf(error)}`);
		}
	}
}

const PAGE_ENTRIES = 1_000;
/** Until a read that failed is tried again. */
const RETRY_MS = 1_000;

function isStopped({ phase }: Subscriber): boolean {
	return phase === "stopped";
}

/** Room ids hold no spaces. */
function nameOf(room: string, log: LogName): string {
	return log === "public" ? room : `${room} ${log}`;
}

function wordsOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
