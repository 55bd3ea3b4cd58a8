import type { BatchSource, Codec, Payload } from "@hubbub/protocol/codec.ts";
import { withoutText } from "./lane.ts";

/** How a batch is written in each codec; null where the codec has nothing to say for it. */
export type Encode = (source: BatchSource, codec: Codec) => Payload | null;

/** One flush of a room: everything after offset `from` up to `to`. Encoded once a codec, whoever and however many read it. */
export interface Batch {
	/** Position among the window's batches, rising by one. */
	readonly sequence: number;
	readonly from: number;
	readonly to: number;
	readonly source: BatchSource;
	payload(codec: Codec): Payload | null;
}

/**
 * The last batches of a room, already encoded, within bounds of count and size. Readers hold a sequence number into it and nothing
 * else: memory is O(window), not O(viewers) (SPEC FAN-4).
 */
export class Window {
	readonly #batches: Batch[] = [];
	#first = 0;
	#bytes = 0;
	readonly #sizes: number[] = [];
	readonly #encode: Encode;
	readonly #batchesMax: number;
	readonly #bytesMax: number;
	#through: number;

	constructor(options: { through: number; encode: Encode; batchesMax: number; bytesMax: number }) {
		this.#through = options.through;
		this.#encode = options.encode;
		this.#batchesMax = options.batchesMax;
		this.#bytesMax = options.bytesMax;
	}

	/** Offset up to which everything has been flushed. */
	get through(): number {
		return this.#through;
	}

	/** Sequence number the next batch will have. */
	get next(): number {
		return this.#first + this.#batches.length;
	}

	/** Sequence number of the oldest batch still here; equals `next` when there is none. */
	get oldest(): number {
		return this.#first;
	}

	/** Characters of JSON held, the measure of the bound. */
	get bytes(): number {
		return this.#bytes;
	}

	append(source: BatchSource, to: number): Batch {
		const batch = createBatch(this.next, this.#through, to, source, this.#encode);
		const size = source.events.reduce((sum, entry) => sum + entry.json.length, 64);
		this.#batches.push(batch);
		this.#sizes.push(size);
		this.#bytes += size;
		this.#through = to;
		while (this.#batches.length > 1 && (this.#batches.length > this.#batchesMax || this.#bytes > this.#bytesMax)) {
			this.#batches.shift();
			this.#bytes -= this.#sizes.shift() ?? 0;
			this.#first++;
		}
		return batch;
	}

	/** Empties the text of a message that was taken back, wherever it is still here, in whatever codec it is asked for next. */
	redact(id: string): void {
		for (const [index, batch] of this.#batches.entries()) {
			const events = withoutText(batch.source.events, id);
			if (events !== batch.source.events)
				this.#batches[index] = createBatch(batch.sequence, batch.from, batch.to, { ...batch.source, events }, this.#encode);
		}
	}

	/** The batch of that sequence number; undefined where it is not here yet, or any more. */
	at(sequence: number): Batch | undefined {
		return this.#batches[sequence - this.#first];
	}

	/**
	 * Where a reader that has everything up to `offset` goes on: the batch that starts there. Null where that batch has left the window,
	 * and where the offset lies within a batch: reading it would tell some events twice.
	 */
	sequenceAfter(offset: number): number | null {
		if (offset >= this.#through) return this.next;
		const oldest = this.#batches[0];
		if (!oldest || offset < oldest.from) return null;
		let low = 0;
		let high = this.#batches.length - 1;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#batches[middle] as Batch).to > offset) high = middle;
			else low = middle + 1;
		}
		return (this.#batches[low] as Batch).from === offset ? this.#first + low : null;
	}
}

function createBatch(sequence: number, from: number, to: number, source: BatchSource, encode: Encode): Batch {
	const payloads = new Map<Codec, Payload | null>();
	return {
		sequence,
		from,
		to,
		source,
		payload(codec) {
			let payload = payloads.get(codec);
			if (payload === undefined) {
				payload = encode(source, codec);
				payloads.set(codec, payload);
			}
			return payload;
		},
	};
}
