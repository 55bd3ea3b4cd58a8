import type { Ambient } from "@hubbub/protocol/downstream.ts";
import { Lanes, type Load, type LoggedEvent } from "../fanout/lane.ts";
import { Ranking, topFlushMs, topPerSecond } from "../fanout/rank.ts";
import type { Sampled } from "../fanout/sample.ts";
import { FlushSchedule, sectionsMax } from "../fanout/schedule.ts";
import { Window } from "../fanout/window.ts";
import type { Clock } from "../runtime/clock.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Metrics } from "../runtime/metrics.ts";
import { Roster } from "../runtime/roster.ts";
import { countingEncode } from "./encode.ts";
import type { Reader } from "./reader.ts";

/** Everything the room shows, within its budget; or only the best of it, as much as one can read. */
export type View = "all" | "top";

export interface ChannelOptions {
	readonly room: string;
	readonly view: View;
	/** Offset from which the view begins. */
	readonly through: number;
	readonly cursorAt: (offset: number) => string;
	readonly clock: Clock;
	readonly metrics: Metrics;
}

/** Readers who are woken together, and the sequence number up to which they were. */
interface Section {
	readonly readers: Roster<Reader>;
	wokenUpTo: number;
}

/** Readers in a row who come into one section. */
const admittedTogether = 256;

/** One view of a live room: what waits, when it is flushed, the window of what was, and who reads it. */
export class Channel {
	readonly view: View;
	readonly window: Window;
	readonly #options: ChannelOptions;
	readonly #lanes: Lanes;
	/** Since when something waits in each lane, monotonic. */
	readonly #waitingSinceMs = new Map<"chat" | "control" | "ambient", number>();
	readonly #schedule: FlushSchedule;
	readonly #ranking = new Ranking();
	/** In the order of their turns: who was woken longest ago stands first. */
	readonly #sections: Section[] = Array.from({ length: sectionsMax }, () => ({ readers: new Roster<Reader>(), wokenUpTo: 0 }));
	/** Where the next reader sits. */
	#filling: Section = this.#sections[0] as Section;
	#admitted = 0;
	#readers = 0;
	#flushPlanned = false;

	constructor(options: ChannelOptions) {
		const { view, through, metrics } = options;
		this.view = view;
		this.#options = options;
		this.#lanes = new Lanes(through);
		this.#schedule = new FlushSchedule(view === "top" ? { flushMsMin: topFlushMs, flushMsMax: topFlushMs } : undefined);
		this.window = new Window({
			through,
			encode: countingEncode(metrics),
			batchesMax: serverLimits.windowBatchesMax,
			bytesMax: serverLimits.windowUnitsMax,
		});
	}

	get readers(): number {
		return this.#readers;
	}

	/**
	 * Lets a reader in; it is woken when its section's turn comes. Those who came one after the other sit together: their sockets lie together
	 * in memory, and writing to them in that order takes a tenth less time than hither and thither.
	 */
	admit(reader: Reader): void {
		if (this.#admitted++ % admittedTogether === 0)
			this.#filling = this.#sections.reduce((one, other) => (other.readers.size < one.readers.size ? other : one));
		this.#filling.readers.add(reader);
		this.#readers++;
	}

	/** A message was taken back: whatever of this view is still to be read does not hold its text any more. */
	redact(id: string): void {
		this.#lanes.redact(id);
		this.window.redact(id);
	}

	turnOutGuests(): void {
		for (const { readers } of this.#sections) readers.visit((reader) => reader.isGuest && reader.turnOut());
	}

	/** Whether the reader was here. */
	release(reader: Reader): boolean {
		const wasHere = this.#sections.some(({ readers }) => readers.delete(reader));
		if (wasHere) this.#readers--;
		return wasHere;
	}

	/** The next event of the log, and what the room's budget made of it. */
	offer(logged: LoggedEvent, sampled: Sampled): void {
		const { offset, kind } = logged.event;
		this.#noteWaiting(kind === "message" ? "chat" : "control");
		// The best of a moment is chosen among all of it, whatever fits the budget of the whole.
		if (this.view === "top" || sampled.verdict === "shown") this.#lanes.offer(logged);
		else if (sampled.verdict === "repeat") this.#lanes.repeat(sampled.of, offset);
		else this.#lanes.omit(offset);
	}

	/** A reader was written so many frames. */
	countWrites(frames: number): void {
		this.#options.metrics.writes.total += frames;
	}

	offerAmbient(figures: Ambient): void {
		// Nobody reads them now, and to whoever comes later they would be news of the past.
		if (this.#readers === 0) return;
		this.#noteWaiting("ambient");
		this.#lanes.offerAmbient(figures);
		this.#planFlush();
	}

	#noteWaiting(lane: "chat" | "control" | "ambient"): void {
		if (!this.#waitingSinceMs.has(lane)) this.#waitingSinceMs.set(lane, this.#options.clock.monotonicMs());
	}

	/** `count` events were offered. */
	arrived(count: number): void {
		this.#schedule.arrived(count, this.#options.clock.monotonicMs());
		this.#planFlush();
	}

	#planFlush(): void {
		if (this.#flushPlanned) return;
		this.#flushPlanned = true;
		const { clock } = this.#options;
		const delayMs = this.#schedule.delayMs(this.#readers, clock.monotonicMs());
		if (delayMs <= 0) clock.soon(() => this.#flush());
		else clock.after(delayMs, () => this.#flush());
	}

	/** Keeps what came as one batch, and wakes those whose turn it is. The others are woken in theirs, though nothing more may come. */
	#flush(): void {
		this.#flushPlanned = false;
		const { clock, metrics, view } = this.#options;
		const startedMs = clock.monotonicMs();
		const { sections, windowMs } = this.#schedule.turn(this.#readers, startedMs);
		metrics.flushInterval.observe({ view }, windowMs / 1_000);
		if (!this.#lanes.isEmpty) this.#keep(windowMs, startedMs);
		const woken = this.#sections.splice(0, sectionsMax / sections);
		this.#sections.push(...woken);
		for (const section of woken) {
			section.wokenUpTo = this.window.next;
			section.readers.visit((reader) => reader.wake());
		}
		metrics.flushSeconds.observe({ view }, (clock.monotonicMs() - startedMs) / 1_000);
		const isDue = ({ readers, wokenUpTo }: Section) => readers.size > 0 && wokenUpTo < this.window.next;
		if (this.#sections.some(isDue)) this.#planFlush();
	}

	#keep(spreadMs: number, nowMs: number): void {
		const { room, cursorAt, metrics, view } = this.#options;
		for (const [lane, sinceMs] of this.#waitingSinceMs) metrics.laneLag.observe({ view, lane }, (nowMs - sinceMs) / 1_000);
		this.#waitingSinceMs.clear();
		const { events, omitted, repeats, ambient, through } = this.#select(this.#lanes.take());
		this.window.append({ room, cursor: cursorAt(through), events, omitted, repeats, ambient, spreadMs }, through);
		if (events.length > 0) metrics.batchEvents.observe({ view }, events.length);
		if (omitted > 0) metrics.omitted.inc({ view }, omitted);
	}

	#select(load: Load): Load {
		if (this.view === "all") return load;
		const { shown, omitted } = this.#ranking.choose(load.events, (topPerSecond * topFlushMs) / 1_000);
		return { ...load, events: shown, omitted };
	}
}
