import type { Batch, Gap } from "@hubbub/protocol/downstream.ts";
import { decodeCursor, type Position } from "@hubbub/protocol/wire/cursor.ts";

/** What a `batch` or `gap` frame says about positions in the room's log: all an audit needs. */
export type Reading =
	| {
			readonly kind: "batch";
			readonly epoch: string;
			/** The reader stands here after the batch. */
			readonly offset: number;
			/** Offsets of the events, in the order they came. */
			readonly offsets: readonly number[];
			/** Chat messages left out by the room's budget. */
			readonly omitted: number;
			/** Chat messages counted on a shown one that says the same. */
			readonly repeated: number;
	  }
	| { readonly kind: "gap"; readonly epoch: string; readonly from: number; readonly to: number };

/** Offsets a viewer was never given, remembered to tell a late event from a doubled one. */
const holesMax = 1_000;
/** Frames parsed lately: the same bytes go to every viewer, within moments. */
const parsedMax = 64;

/** Sums over all viewers. Every log position from a viewer's first to last is delivered, omitted, repeated, in a gap, or missing. */
export interface AuditSum {
	/** Events delivered for the first time, doubled ones not counted. */
	deliveries: number;
	/** Said by the server to be left out. */
	omitted: number;
	/** Said by the server to repeat what a shown message says, and counted there. */
	repeated: number;
	/** Said by the server to be a gap. */
	gaps: number;
	/** When their turn came, neither delivered nor spoken of: a promise broken. One that comes late counts here and as disordered. */
	missing: number;
	/** Delivered to the same viewer again. */
	doubled: number;
	/** Delivered after a later one. */
	disordered: number;
	/** Times that a viewer was started over: another epoch, or a return that was not whole. */
	restarts: number;
}

export function emptySum(): AuditSum {
	return { deliveries: 0, omitted: 0, repeated: 0, gaps: 0, missing: 0, doubled: 0, disordered: 0, restarts: 0 };
}

/** Follows one viewer's position and books into `sum` whatever is not exactly once and in order. */
export class Audit {
	readonly #sum: AuditSum;
	#epoch: string | null = null;
	#offset = 0;
	readonly #holes = new Set<number>();

	constructor(sum: AuditSum) {
		this.#sum = sum;
	}

	/** Where this viewer has been brought to; null before they were in the room. */
	get position(): Position | null {
		return this.#epoch === null ? null : { epoch: this.#epoch, offset: this.#offset };
	}

	/**
	 * The viewer is in the room. The first time, or where the server could not recover them, they start at `cursor` and what lies before
	 * is not theirs; otherwise `offsets` and the batches that follow are what they missed.
	 */
	join(cursor: string, recovered: boolean, offsets: readonly number[]): void {
		const position = decodeCursor(cursor);
		if (!position) return;
		if (this.#epoch === position.epoch && recovered) {
			this.read({ kind: "batch", epoch: position.epoch, offset: position.offset, offsets, omitted: 0, repeated: 0 });
			return;
		}
		if (this.#epoch !== null) this.#sum.restarts++;
		this.#startAt(position.epoch, position.offset);
	}

	/** Books one frame; answers the offsets that are new to this viewer. */
	read(reading: Reading): readonly number[] {
		if (reading.epoch !== this.#epoch) {
			this.#sum.restarts++;
			const start = reading.kind === "gap" ? reading.from : Math.min(reading.offset, ...reading.offsets.map((offset) => offset - 1));
			this.#startAt(reading.epoch, start);
		}
		if (reading.kind === "gap") {
			const from = Math.max(reading.from, this.#offset);
			this.#expect(from);
			this.#sum.gaps += Math.max(0, reading.to - from);
			this.#skipTo(reading.to);
			return [];
		}
		const before = this.#offset;
		const fresh: number[] = [];
		let inPlace = 0;
		for (const offset of reading.offsets) {
			if (offset > this.#offset) this.#skipTo(offset);
			else if (this.#holes.has(offset)) this.#sum.disordered++;
			else {
				this.#sum.doubled++;
				continue;
			}
			this.#holes.delete(offset);
			fresh.push(offset);
			if (offset > before) inPlace++;
		}
		this.#skipTo(reading.offset);
		this.#sum.deliveries += fresh.length;
		this.#sum.omitted += reading.omitted;
		this.#sum.repeated += reading.repeated;
		this.#sum.missing += Math.max(0, this.#offset - before - inPlace - reading.omitted - reading.repeated);
		return fresh;
	}

	/** The run is over: positions up to `offset` that this viewer was not brought to are missing. */
	close(offset: number): void {
		this.#expect(offset);
	}

	#startAt(epoch: string, offset: number): void {
		this.#epoch = epoch;
		this.#offset = offset;
		this.#holes.clear();
	}

	/** Everything up to `offset` should have come by now. */
	#expect(offset: number): void {
		this.#sum.missing += Math.max(0, offset - this.#offset);
		this.#skipTo(offset);
	}

	/** Moves on to `offset`; what lies between was not given, `offset` itself too until it is. */
	#skipTo(offset: number): void {
		for (let hole = Math.max(this.#offset + 1, offset - holesMax + 1); hole <= offset; hole++) this.#holes.add(hole);
		for (const hole of this.#holes) {
			if (this.#holes.size <= holesMax) break;
			this.#holes.delete(hole);
		}
		this.#offset = Math.max(this.#offset, offset);
	}
}

/** Reads frames for many viewers: one that was read a moment ago is not parsed again. Answers null for what holds no position. */
export class FrameReader {
	readonly #parsed = new Map<string, Reading | null>();

	read(frame: string): Reading | null {
		const known = this.#parsed.get(frame);
		if (known !== undefined) return known;
		const reading = readFrame(frame);
		this.#parsed.set(frame, reading);
		for (const oldest of this.#parsed.keys()) {
			if (this.#parsed.size <= parsedMax) break;
			this.#parsed.delete(oldest);
		}
		return reading;
	}
}

function readFrame(source: string): Reading | null {
	const frame = parse(source);
	if (frame?.type === "gap") {
		const from = decodeCursor(String(frame.from));
		const to = decodeCursor(String(frame.to));
		return from && to ? { kind: "gap", epoch: to.epoch, from: from.offset, to: to.offset } : null;
	}
	const position = decodeCursor(String(frame?.cursor));
	if (!position || !Array.isArray(frame?.events)) return null;
	const offsets = frame.events.map((event) => event.offset);
	const repeated = (frame.repeats ?? []).reduce((sum, { count }) => sum + count, 0);
	return { kind: "batch", epoch: position.epoch, offset: position.offset, offsets, omitted: frame.omitted ?? 0, repeated };
}

function parse(source: string): Batch | Gap | null {
	try {
		return JSON.parse(source) as Batch | Gap | null;
	} catch {
		return null;
	}
}
