import type { Batch } from "@hubbub/protocol/downstream.ts";

/** Answers are the same for everybody, so each is parsed once: the latest ones by their text. */
const parsed = new Map<string, Batch>();
const parsedMax = 64;

/** Keeps one poller's cursor, and account of what it was told: each event once, in its turn. */
export class Keeper {
	#cursor: string | null = null;
	/** Offset of the last event it has; null until its first answer. */
	#seen: number | null = null;
	#sent = 0;
	/** Events that are there to be seen, with the polls that had been sent when they came to be. */
	readonly #announced: { readonly offset: number; readonly sent: number }[] = [];
	doubled = 0;
	missing = 0;
	pollsToSee = 0;
	/** From the moment of each event to having it. */
	readonly delaysMs: number[] = [];

	/** The offset it has reached; 0 where it has nothing yet. */
	get reached(): number {
		return this.#seen ?? 0;
	}

	/** It sends a poll, after this cursor. */
	ask(): string | null {
		this.#sent++;
		return this.#cursor;
	}

	announce(offset: number): void {
		if (this.#seen !== null && offset > this.#seen) this.#announced.push({ offset, sent: this.#sent });
	}

	/** An answer came. */
	take(body: string, wallMs: number): void {
		const batch = parse(body);
		this.#cursor = batch.cursor;
		const isFirst = this.#seen === null;
		// What stands before the first answer was never missed, nor was it waited for.
		this.#seen ??= (batch.events[0]?.offset ?? 1) - 1;
		for (const event of batch.events) {
			if (event.offset <= this.#seen) this.doubled++;
			else this.missing += event.offset - this.#seen - 1;
			this.#seen = Math.max(this.#seen, event.offset);
			if (!isFirst) this.delaysMs.push(wallMs - event.at);
		}
		for (let next = this.#announced[0]; next && next.offset <= this.#seen; next = this.#announced[0]) {
			this.pollsToSee = Math.max(this.pollsToSee, this.#sent - next.sent);
			this.#announced.shift();
		}
	}
}

function parse(body: string): Batch {
	const known = parsed.get(body);
	if (known) return known;
	const batch = JSON.parse(Buffer.from(body, "latin1").toString()) as Batch;
	parsed.set(body, batch);
	for (const oldest of parsed.keys()) {
		if (parsed.size <= parsedMax) break;
		parsed.delete(oldest);
	}
	return batch;
}
