import type { Ack, Reject } from "@hubbub/protocol/downstream.ts";
import type { HubbubError } from "./error.ts";

/** A command that the server answers with `ack` or `reject`: a `say`, `delete` or `settings` frame without its `ref`. */
export type Command = { readonly type: string; readonly room: string } & Readonly<Record<string, unknown>>;

/** How a command ended: answered by the server, or given up on this side. Exactly one for each command. */
export type Outcome =
	| { readonly kind: "ack"; readonly ack: Ack }
	| { readonly kind: "reject"; readonly reject: Reject; readonly sends: number }
	| { readonly kind: "dropped"; readonly error: HubbubError };

export interface Entry {
	readonly ref: number;
	readonly room: string;
	/** The frame as JSON, `ref` included; the very same text is sent again after a reconnect. */
	readonly json: string;
	/** What it counts in `bufferedAmount`. */
	readonly bytes: number;
	readonly settle: (outcome: Outcome) => void;
	/** Times it went out. */
	sends: number;
	/** Whether the link in use carries it. */
	inFlight: boolean;
}

/**
 * Commands that are not answered yet, in the order they were given. They outlive links: what was in flight when one was lost goes
 * out again on the next, under the same idempotency key, so that the server answers instead of doing it twice.
 */
export class Outbox {
	readonly #queueMax: number;
	readonly #entries = new Map<number, Entry>();
	#lastRef = 0;
	#bytes = 0;

	/** `queueMax`: commands that may wait at once. */
	constructor(queueMax: number) {
		this.#queueMax = queueMax;
	}

	/** Commands unsent or unanswered. */
	get size(): number {
		return this.#entries.size;
	}

	/** Bytes of the same, as given to `add`. */
	get bytes(): number {
		return this.#bytes;
	}

	/** A number that names a request on this connection and is never used twice. */
	nextRef(): number {
		return ++this.#lastRef;
	}

	/** Queues a command; null where `queueMax` are waiting already, and nothing is kept. */
	add(command: Command, bytes: number, settle: (outcome: Outcome) => void): Entry | null {
		if (this.#entries.size >= this.#queueMax) return null;
		const ref = this.nextRef();
		const json = JSON.stringify({ ...command, ref });
		const entry: Entry = { ref, room: command.room, json, bytes, settle, sends: 0, inFlight: false };
		this.#entries.set(ref, entry);
		this.#bytes += bytes;
		return entry;
	}

	/** What waits to be sent to `room`, in order. */
	unsent(room: string): Entry[] {
		return [...this.#entries.values()].filter((entry) => entry.room === room && !entry.inFlight);
	}

	find(ref: unknown): Entry | undefined {
		return this.#entries.get(ref as number);
	}

	/** Takes the entry with this `ref` out, to settle it; undefined where its answer came before. */
	take(ref: unknown): Entry | undefined {
		const entry = this.find(ref);
		if (!entry) return undefined;
		this.#entries.delete(entry.ref);
		this.#bytes -= entry.bytes;
		return entry;
	}

	/** The link is gone: nothing is in flight any more. */
	linkLost(): void {
		for (const entry of this.#entries.values()) entry.inFlight = false;
	}

	/** Gives up what waits for `room`, or for any room where it is null. */
	drop(room: string | null, error: HubbubError): void {
		for (const entry of [...this.#entries.values()]) {
			if (room === null || entry.room === room) this.take(entry.ref)?.settle({ kind: "dropped", error });
		}
	}
}
