import type { Reading } from "./reading.ts";

/** Sums over all viewers since `begin`. */
export interface Tally {
	deliveries: number;
	/** TCP payload from the server, and to it, in bytes: heads, frames and chunks with all they are wrapped in. */
	bytesDown: number;
	bytesUp: number;
	requests: number;
	/** From the sending of each message to a viewer's having it. */
	delaysUs: number[];
}

export function emptyTally(): Tally {
	return { deliveries: 0, bytesDown: 0, bytesUp: 0, requests: 0, delaysUs: [] };
}

/**
 * One viewer's account of a room in which nothing had happened before it came, so that offsets 1 to N are due. Where only rising offsets
 * are counted as seen, `seen + omitted` is N exactly when each came once, in order, or was told to be left out.
 */
export class Account {
	cursor: string | null = null;
	seen = 0;
	omitted = 0;
	/** Events that came again, or after a later one. */
	doubled = 0;
	/** Times it was told to start over, or of a gap. */
	restarts = 0;
	/** Events without a sender's marker. */
	unmarked = 0;
	#reached = 0;

	/** `nowUs` in microseconds of the senders' clock. */
	take(reading: Reading, nowUs: number, tally: Tally): void {
		if ((this.cursor !== null && reading.start === "over") || reading.kind === "gap") this.restarts++;
		if (reading.kind === "news") this.cursor = reading.cursor ?? this.cursor;
		this.omitted += reading.omitted;
		for (const [index, offset] of reading.offsets.entries()) {
			if (offset <= this.#reached) {
				this.doubled++;
				continue;
			}
			this.#reached = offset;
			this.seen++;
			tally.deliveries++;
			const sentUs = reading.sentUs[index] as number;
			if (Number.isNaN(sentUs)) this.unmarked++;
			else tally.delaysUs.push(nowUs - sentUs);
		}
	}

	/** How many of `messages` are neither here nor told to be left out. */
	missing(messages: number): number {
		return Math.max(0, messages - this.seen - this.omitted);
	}
}
