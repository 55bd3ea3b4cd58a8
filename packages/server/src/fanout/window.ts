import type { BatchSource, Codec, Payload } from "@hubbub/protocol/codec.ts";
import { withoutText } from "./lane.ts";
import { encodedOnce, type Stretch } from "./stretch.ts";

/** How a batch is written in each codec; null where the codec has nothing to say for it. */
export type Encode = (source: BatchSource, codec: Codec) => Payload | null;

/** A stretch that ends where a batch ends. */
export interface Run extends Stretch {
	/** Sequence number where its reader goes on. */
	readonly next: number;
}

/** One flush of a room: everything after offset `from` up to `to`. */
export interface Batch extends Run {
	readonly from: number;
	readonly source: BatchSource;
	/** Characters of JSON, the measure of the window's bound. */
	readonly units: number;
}

/** Batches that are put together as one frame, and the characters they may have. */
const runBatchesMax = 16;
const runUnitsMax = 96 * 1024;
/** Runs remembered for those who are further behind. */
const farRunsMax = 64;

/**
 * The last batches of a room, already encoded, within bounds of count and size. Readers hold a sequence number into it and nothing
 * else: memory is O(window), not O(viewers) (SPEC FAN-4).
 */
export class Window {
	readonly #batches: Batch[] = [];
	/** Runs up to the end, by where they begin: at most `runBatchesMax` of them, until the next flush. */
	#nearRuns: Map<number, Run> | null = null;
	/** Runs of those who are further behind; they end at the same places for all, so that they can share them. */
	#farRuns: Map<number, Run> | null = null;
	#first = 0;
	#units = 0;
	readonly #encode: Encode;
	readonly #batchesMax: number;
	readonly #unitsMax: number;
	#through: number;

	constructor(options: { through: number; encode: Encode; batchesMax: number; unitsMax: number }) {
		this.#through = options.through;
		this.#encode = options.encode;
		this.#batchesMax = options.batchesMax;
		this.#unitsMax = options.unitsMax;
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
	get units(): number {
		return this.#units;
	}

	append(source: BatchSource, to: number): Batch {
		const units = source.events.reduce((sum, entry) => sum + entry.json.length, 64);
		const batch = this.#batch({ next: this.next + 1, from: this.#through, to, source, units });
		this.#batches.push(batch);
		this.#nearRuns = null;
		this.#units += units;
		this.#through = to;
		while (this.#batches.length > 1 && (this.#batches.length > this.#batchesMax || this.#units > this.#unitsMax)) {
			this.#units -= this.#batches.shift()?.units ?? 0;
			this.#farRuns?.delete(this.#first);
			this.#first++;
		}
		return batch;
	}

	#batch(facts: Pick<Batch, "next" | "from" | "to" | "source" | "units">): Batch {
		return { ...facts, payload: encodedOnce((codec) => this.#encode(facts.source, codec)) };
	}

	/** Empties the text of a message that was taken back, wherever it is still here, in whatever codec it is asked for next. */
	redact(id: string): void {
		for (const [index, batch] of this.#batches.entries()) {
			const events = withoutText(batch.source.events, id);
			if (events !== batch.source.events) this.#batches[index] = this.#batch({ ...batch, source: { ...batch.source, events } });
		}
		this.#nearRuns = null;
		this.#farRuns = null;
	}

	/** Whether a reader at that sequence number has more to catch up on than one frame takes. */
	isFar(sequence: number): boolean {
		return this.next - sequence > runBatchesMax;
	}

	/**
	 * What a reader at that sequence number is written next: all that was flushed since, as one frame for all who stand there; where
	 * that is more than one frame takes, the first of it. Undefined where there is nothing yet, or not any more.
	 */
	after(sequence: number): Run | undefined {
		const first = this.at(sequence);
		if (!first || sequence === this.next - 1) return first;
		const isFar = this.isFar(sequence);
		const known = (isFar ? this.#farRuns : this.#nearRuns)?.get(sequence);
		if (known) return known;
		const end = isFar ? (Math.floor(sequence / runBatchesMax) + 1) * runBatchesMax : this.next;
		const run = this.#run(this.#fitting(first, end));
		if (isFar) this.#rememberFar(sequence, run);
		else {
			this.#nearRuns ??= new Map();
			this.#nearRuns.set(sequence, run);
		}
		return run;
	}

	/** The batches from one on up to another, as many as fit one frame. */
	#fitting(first: Batch, end: number): Batch[] {
		const from = first.next - 1 - this.#first;
		let units = 0;
		const batches = this.#batches.slice(from, end - this.#first);
		const beyond = batches.findIndex((batch, index) => {
			units += batch.units;
			return index > 0 && units > runUnitsMax;
		});
		return beyond < 0 ? batches : batches.slice(0, beyond);
	}

	#run(batches: readonly Batch[]): Run {
		const last = batches.at(-1) as Batch;
		if (batches.length === 1) return last;
		const source = joinSources(batches.map((batch) => batch.source));
		return { next: last.next, to: last.to, payload: encodedOnce((codec) => this.#encode(source, codec)) };
	}

	#rememberFar(sequence: number, run: Run): void {
		this.#farRuns ??= new Map();
		this.#farRuns.set(sequence, run);
		for (const oldest of this.#farRuns.keys()) {
			if (this.#farRuns.size <= farRunsMax) break;
			this.#farRuns.delete(oldest);
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

/** Several flushes as one: the events one after another, repeats added up, of the figures and hints the latest. */
function joinSources(sources: readonly BatchSource[]): BatchSource {
	const latest = sources.at(-1) as BatchSource;
	const events = sources.flatMap((source) => source.events);
	const figures = sources.flatMap(({ ambient }) => ambient ?? []);
	const repeats = new Map<string, number>();
	for (const { id, count } of sources.flatMap((source) => source.repeats)) repeats.set(id, (repeats.get(id) ?? 0) + count);
	return {
		room: latest.room,
		cursor: latest.cursor,
		events,
		omitted: sources.reduce((sum, source) => sum + source.omitted, 0),
		repeats: [...repeats].map(([id, count]) => ({ id, count })),
		ambient: figures.length > 0 ? Object.assign({}, ...figures) : null,
		spreadMs: latest.spreadMs,
	};
}
