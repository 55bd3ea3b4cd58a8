import { Quantiles } from "./quantiles.ts";

/** Offsets remembered at once; with 20 messages a second that is the last three minutes. */
const offsetsMax = 4_096;

/** Everything known about one offset: when it was sent, once its sender has the ack, or else the arrivals that wait for that. */
type Known = { readonly sentAt: number } | { readonly arrivals: number[] };

/**
 * Delivery delay, from the moment a sender in this process hands a message to its socket until a viewer in this process has read it, all
 * on one monotonic clock. A viewer may well have read the message before its sender's ack tells which offset it became: such arrivals wait.
 */
export class DeliveryDelay {
	readonly delayMs = new Quantiles();
	readonly #known = new Map<number, Known>();

	/** The message that became `offset` was sent at `sentAt`. */
	noteSent(offset: number, sentAt: number): void {
		const known = this.#known.get(offset);
		if (known && "arrivals" in known) for (const at of known.arrivals) this.delayMs.record(Math.max(0, at - sentAt));
		this.#keep(offset, { sentAt });
	}

	/** A viewer has read `offset` at `at`. Messages of people outside this process are never noted as sent, and so never counted. */
	noteArrival(offset: number, at: number): void {
		const known = this.#known.get(offset);
		if (!known) this.#keep(offset, { arrivals: [at] });
		else if ("sentAt" in known) this.delayMs.record(Math.max(0, at - known.sentAt));
		else known.arrivals.push(at);
	}

	/** Another epoch counts its offsets anew: what is known of the old ones would be mistaken for theirs. */
	forget(): void {
		this.#known.clear();
	}

	#keep(offset: number, known: Known): void {
		this.#known.set(offset, known);
		for (const oldest of this.#known.keys()) {
			if (this.#known.size <= offsetsMax) break;
			this.#known.delete(oldest);
		}
	}
}
