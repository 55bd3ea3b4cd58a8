import type { Ack } from "@hubbub/protocol/downstream.ts";
import type { HubbubError } from "./error.ts";

/** A command that the server answers with `ack` or `reject`: a `say`, `delete` or `settings` frame without its `ref`. */
export type Command = { readonly type: string; readonly room: string } & Readonly<Record<string, unknown>>;

/**
 * Hears how a command ended: acknowledged, or why not, by the server's word or this side's. Called exactly once. `sends` counts how often it
 * went out.
 */
export type Settle = (answer: Ack | HubbubError, sends: number) => void;

export interface Entry {
	readonly ref: number;
	readonly room: string;
	/** The frame as JSON, `ref` included; the very same text is sent again after a reconnect. */
	readonly json: string;
	/** What it counts in `bufferedAmount`. */
	readonly bytes: number;
	readonly settle: Settle;
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
	add(command: Command, bytes: number, settle: Settle): Entry | null {
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

	/** The command with this `ref` has its answer; does nothing where it had one before. */
	settle(ref: unknown, answer: Ack | HubbubError): void {
		const entry = this.find(ref);
		if (!entry) return;
		this.#entries.delete(entry.ref);
		this.#bytes -= entry.bytes;
		entry.settle(answer, entry.sends);
	}

	/** The link is gone: nothing is in flight any more. */
	lost(): void {
		for (const entry of this.#entries.values()) entry.inFlight = false;
	}

	/** Gives up what waits for `room`, or for any room where it is null. */
	drop(room: string | null, error: HubbubError): void {
		for (const entry of [...this.#entries.values()]) {
			if (room === null || entry.room === room) this.settle(entry.ref, error);
		}
	}
}
