import type { Downstream } from "@hubbub/protocol/downstream.ts";
import type { RoomEvent } from "@hubbub/protocol/event.ts";
import { decodeCursor } from "@hubbub/protocol/wire/cursor.ts";
import type { LaneNews } from "./lane.ts";

/** One request from start to answer, on the page's clock in milliseconds. */
export interface Bar {
	readonly id: number;
	readonly startMs: number;
	/** Null while it is open. */
	endMs: number | null;
	end: "open" | "answered" | "cut" | "failed";
	/** Whether its answer brought messages. */
	hasNews: boolean;
}

/** One message as it was seen. `isMadeUp`: it was said while the lane was cut, and came when the lane was back. */
export interface Dot {
	readonly id: number;
	readonly atMs: number;
	readonly isMadeUp: boolean;
}

/** A stretch in which the lane was cut; `toMs` is null while it is. */
export interface Cut {
	readonly fromMs: number;
	toMs: number | null;
}

/** What one lane did so far. Bytes are those of bodies and frames; heads are counted apart, since a page must estimate them. */
export interface Counts {
	requests: number;
	upBytes: number;
	downBytes: number;
	headUpBytes: number;
	headDownBytes: number;
	seen: number;
	/** Of the seen: those that were said while the lane was cut. */
	madeUp: number;
	/** Offsets that were passed over without a word of the server's. */
	missed: number;
	/** Messages that came at an offset which had been seen. */
	doubled: number;
	/** Messages that the room's budget left out, or counted on another, and said so. */
	omitted: number;
}

/** How the lane is, in one word of the table, and the last failure's reason. */
export type LaneState =
	| { readonly is: "asking" }
	| { readonly is: "open" }
	| { readonly is: "resting" }
	| { readonly is: "cut" }
	| { readonly is: "failed"; readonly why: string };

/** Bars and dots older than this are forgotten: no strip is wider. */
export const keptMs = 120_000;
const idsMax = 512;
const delaysMax = 100;

/**
 * The book of one lane: where it stands in the room's log, what it cost, and what it saw when. Knows no clock; each entry brings its time
 * in milliseconds.
 */
export class LaneBook {
	counts: Counts = emptyCounts();
	bars: Bar[] = [];
	dots: Dot[] = [];
	cuts: Cut[] = [];
	state: LaneState = { is: "resting" };
	/** The text of the last message seen. */
	latest = "";
	#cursor: string | null = null;
	#through = 0;
	#epoch: string | null = null;
	#mendedMs = 0;
	#nextId = 1;
	#delays: number[] = [];
	/** When a message was seen here or said by this page, whichever came first; the other completes the delay. */
	readonly #seenMs = new Map<string, number>();
	readonly #saidMs = new Map<string, number>();

	/** What the lane hands back when it asks. */
	get cursor(): string | null {
		return this.#cursor;
	}

	/** The middle of the last delays between send and seen, in milliseconds; null before the first. */
	get medianDelayMs(): number | null {
		if (this.#delays.length === 0) return null;
		const sorted = this.#delays.toSorted((one, other) => one - other);
		const middle = sorted.length >> 1;
		return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
	}

	/** Starts at a cursor, so that every lane starts at the same. */
	startAt(cursor: string): void {
		this.#cursor = cursor;
		const position = decodeCursor(cursor);
		this.#epoch = position?.epoch ?? null;
		this.#through = position?.offset ?? 0;
	}

	/** The lane is let go on after having been cut. */
	mend(nowMs: number): void {
		this.#mendedMs = nowMs;
		const cut = this.cuts.at(-1);
		if (cut) cut.toMs ??= nowMs;
		this.state = { is: "resting" };
	}

	/** Counts from nothing; where the lane stands is kept. */
	reset(): void {
		this.counts = emptyCounts();
		this.#delays = [];
	}

	/** This page said the message `id` at `saidMs`. */
	said(id: string, saidMs: number): void {
		const seenMs = this.#seenMs.get(id);
		if (seenMs === undefined) remember(this.#saidMs, id, saidMs);
		else if (saidMs >= this.#mendedMs) this.#addDelay(saidMs, seenMs);
		else if (seenMs >= this.#mendedMs) this.counts.madeUp++;
	}

	enter(news: LaneNews, nowMs: number): void {
		const { counts } = this;
		switch (news.type) {
			case "asked":
				counts.requests++;
				counts.headUpBytes += news.headBytes;
				this.state = { is: "asking" };
				this.bars.push({ id: this.#nextId++, startMs: nowMs, endMs: null, end: "open", hasNews: false });
				return this.#forget(nowMs);
			case "answering":
				counts.headDownBytes += news.headBytes;
				if (news.isOpen) this.state = { is: "open" };
				return;
			case "gave":
				counts.upBytes += news.bytes;
				return;
			case "took":
				counts.downBytes += news.bytes;
				return;
			case "frame":
				return this.#read(news.frame, nowMs);
			case "ended": {
				const bar = this.bars.at(-1);
				if (bar?.end === "open") {
					bar.endMs = nowMs;
					bar.end = news.how;
				}
				if (news.how === "cut") this.cuts.push({ fromMs: nowMs, toMs: null });
				this.state = news.how === "failed" ? { is: "failed", why: news.why } : { is: news.how === "cut" ? "cut" : "resting" };
				return;
			}
			default:
				news satisfies never;
		}
	}

	#read(frame: Downstream, nowMs: number): void {
		switch (frame.type) {
			case "joined":
				return this.#follow(frame.cursor, frame.recovered ? frame.events : this.#unseen(frame.events), 0, nowMs);
			case "batch": {
				const repeated = (frame.repeats ?? []).reduce((sum, { count }) => sum + count, 0);
				const events = frame.recovered === false ? this.#unseen(frame.events) : frame.events;
				return this.#follow(frame.cursor, events, (frame.omitted ?? 0) + repeated, nowMs);
			}
			case "gap":
				// What lies in a gap was announced, but it was not seen: it is missed all the same.
				return this.#follow(frame.to, [], 0, nowMs);
			default:
				// The others say nothing of what was said in the room.
				return;
		}
	}

	/** Who starts over is handed the latest history, of which some may be known: that is no doubling. */
	#unseen(events: readonly RoomEvent[]): readonly RoomEvent[] {
		return events.filter(({ offset }) => offset > this.#through);
	}

	/** Moves on to `cursor` by way of `events`; holes between them are missed unless the server told of as many left out. */
	#follow(cursor: string, events: readonly RoomEvent[], omitted: number, nowMs: number): void {
		const position = decodeCursor(cursor);
		if (!position) return;
		this.#cursor = cursor;
		if (position.epoch !== this.#epoch) {
			// Another history of the room: counted from here, nothing of the old one can be missed in it.
			this.#epoch = position.epoch;
			this.#through = position.offset;
			return;
		}
		let holes = 0;
		for (const event of events) {
			if (event.offset <= this.#through) {
				if (event.kind === "message") this.counts.doubled++;
				continue;
			}
			holes += event.offset - this.#through - 1;
			this.#through = event.offset;
			if (event.kind === "message") this.#see(event.id, event.text, nowMs);
		}
		holes += Math.max(0, position.offset - this.#through);
		this.#through = Math.max(this.#through, position.offset);
		this.counts.omitted += Math.min(holes, omitted);
		this.counts.missed += Math.max(0, holes - omitted);
	}

	#see(id: string, text: string, nowMs: number): void {
		const saidMs = this.#saidMs.get(id);
		const isMadeUp = saidMs !== undefined && saidMs < this.#mendedMs;
		this.counts.seen++;
		if (isMadeUp) this.counts.madeUp++;
		else if (saidMs !== undefined) this.#addDelay(saidMs, nowMs);
		else remember(this.#seenMs, id, nowMs);
		this.latest = text;
		this.dots.push({ id: this.#nextId++, atMs: nowMs, isMadeUp });
		const bar = this.bars.at(-1);
		if (bar) bar.hasNews = true;
	}

	#addDelay(saidMs: number, seenMs: number): void {
		this.#delays.push(Math.max(0, seenMs - saidMs));
		if (this.#delays.length > delaysMax) this.#delays.shift();
	}

	#forget(nowMs: number): void {
		const since = nowMs - keptMs;
		while (this.bars[0]?.endMs != null && this.bars[0].endMs < since) this.bars.shift();
		while (this.cuts[0]?.toMs != null && this.cuts[0].toMs < since) this.cuts.shift();
		while (this.dots[0] && this.dots[0].atMs < since) this.dots.shift();
	}
}

/** Bytes of a lane in all, its heads among them. */
export function totalBytes(counts: Counts): { readonly up: number; readonly down: number } {
	return { up: counts.upBytes + counts.headUpBytes, down: counts.downBytes + counts.headDownBytes };
}

function emptyCounts(): Counts {
	const bytes = { upBytes: 0, downBytes: 0, headUpBytes: 0, headDownBytes: 0 };
	return { requests: 0, ...bytes, seen: 0, madeUp: 0, missed: 0, doubled: 0, omitted: 0 };
}

function remember(map: Map<string, number>, id: string, ms: number): void {
	map.set(id, ms);
	for (const oldest of map.keys()) {
		if (map.size <= idsMax) break;
		map.delete(oldest);
	}
}
