import type { Ambient } from "@hubbub/protocol/downstream.ts";
import type { CpuShare } from "../fanout/cpu-share.ts";
import { Lanes, type Load, type LoggedEvent } from "../fanout/lane.ts";
import { Ranking, topFlushMs, topPerSecond } from "../fanout/rank.ts";
import type { Sampled } from "../fanout/sample.ts";
import { FlushSchedule, flushMsMin } from "../fanout/schedule.ts";
import { Window } from "../fanout/window.ts";
import type { Barred } from "../room/access.ts";
import type { Actor } from "../room/command.ts";
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
	readonly share: CpuShare;
}

/** Readers who are woken together, the sequence number up to which they were, and when. */
interface Section {
	readonly readers: Roster<Reader>;
	wokenUpTo: number;
	wokenAtMs: number;
}

/** Readers in a row who come into one section; the first sections have no more. */
const admittedTogether = 256;
/** The most sections an audience is divided into. */
const sectionsMax = 16;

/** One view of a live room: what waits, when it is flushed, the window of what was, and who reads it. */
export class Channel {
	readonly view: View;
	readonly window: Window;
	readonly #options: ChannelOptions;
	readonly #lanes: Lanes;
	/** Since when something waits in each lane, monotonic. */
	#waitingSinceMs: Map<"chat" | "control" | "ambient", number> | null = null;
	readonly #schedule: FlushSchedule;
	#ranking: Ranking | null = null;
	/** In the order of their turns: who was woken longest ago stands first. */
	readonly #sections: Section[] = [];
	/** Where the next reader sits. */
	#filling: Section | null = null;
	#admitted = 0;
	#readers = 0;
	#stepPlanned = false;
	/** When what waited was last made a batch, monotonic. */
	#keptAtMs = Number.NEGATIVE_INFINITY;

	constructor(options: ChannelOptions) {
		const { view, through, metrics, share } = options;
		this.view = view;
		this.#options = options;
		this.#lanes = new Lanes(through);
		this.#schedule = new FlushSchedule({ share, viewers: () => this.#readers, roundMsMin: view === "top" ? topFlushMs : flushMsMin });
		this.window = new Window({
			through,
			encode: countingEncode(metrics),
			batchesMax: serverLimits.windowBatchesMax,
			unitsMax: serverLimits.windowUnitsMax,
		});
	}

	get readers(): number {
		return this.#readers;
	}

	/**
	 * Lets a reader in; it is woken when its section's turn comes. Those who came one after the other sit together: their sockets lie together
	 * in memory, and writing to them in that order takes a tenth less time than in any other.
	 */
	admit(reader: Reader): void {
		if (!this.#filling || this.#admitted++ % admittedTogether === 0) this.#filling = this.#sectionToFill();
		this.#filling.readers.add(reader);
		this.#readers++;
	}

	/** The smallest section; a new one where even that is full, and there may be more. */
	#sectionToFill(): Section {
		const [first, ...others] = this.#sections;
		const smallest = first && others.reduce((one, other) => (other.readers.size < one.readers.size ? other : one), first);
		if (smallest && (smallest.readers.size < admittedTogether || this.#sections.length === sectionsMax)) return smallest;
		const section = { readers: new Roster<Reader>(), wokenUpTo: this.window.next, wokenAtMs: Number.NEGATIVE_INFINITY };
		this.#sections.push(section);
		return section;
	}

	/** A message was taken back: whatever of this view is still to be read does not hold its text any more. */
	redact(id: string): void {
		this.#lanes.redact(id);
		this.window.redact(id);
	}

	/** Puts out whoever may not be in any more. */
	evict(barredFrom: (actor: Actor) => Barred | null): void {
		for (const { readers } of this.#sections)
			readers.visit((reader) => {
				const barred = barredFrom(reader.actor);
				if (barred) reader.evict(barred);
			});
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
		this.#planStep();
	}

	#noteWaiting(lane: "chat" | "control" | "ambient"): void {
		this.#waitingSinceMs ??= new Map();
		if (!this.#waitingSinceMs.has(lane)) this.#waitingSinceMs.set(lane, this.#options.clock.monotonicMs());
	}

	/** What was offered in one go is whole. */
	arrived(): void {
		this.#schedule.arrived(this.#options.clock.monotonicMs());
		this.#planStep();
	}

	/** Plans the next step, where something waits to be kept or read. */
	#planStep(): void {
		if (this.#stepPlanned) return;
		const { clock } = this.#options;
		const nowMs = clock.monotonicMs();
		const dueAtMs = this.#dueAtMs();
		if (dueAtMs === null) return;
		this.#stepPlanned = true;
		const delayMs = Math.max(dueAtMs - nowMs, this.#schedule.delayMs(nowMs));
		if (delayMs <= 0) clock.soon(() => this.#step());
		else clock.after(delayMs, () => this.#step());
	}

	/** When there is something to do, whatever it may cost; null where there is nothing. */
	#dueAtMs(): number | null {
		const section = this.#sections.find((section) => this.#isDue(section));
		const readAtMs = section ? section.wokenAtMs + flushMsMin : null;
		if (this.#lanes.isEmpty) return readAtMs;
		const first = this.#sections.find(({ readers }) => readers.size > 0);
		const keepAtMs = Math.max(this.#keptAtMs + this.#keepMsMin, (first?.wokenAtMs ?? Number.NEGATIVE_INFINITY) + flushMsMin);
		return readAtMs === null ? keepAtMs : Math.min(readAtMs, keepAtMs);
	}

	/** The best of a moment is chosen once for all; everything is kept whenever somebody's turn has come. */
	get #keepMsMin(): number {
		return this.view === "top" ? topFlushMs : 0;
	}

	#isDue({ readers, wokenUpTo }: Section): boolean {
		return readers.size > 0 && wokenUpTo < this.window.next;
	}

	/** Keeps what came as one batch, and wakes those whose turn it is. The others are woken in theirs, though nothing more may come. */
	#step(): void {
		this.#stepPlanned = false;
		const { clock, metrics, view, share } = this.#options;
		const [startedMs, startedCpuMs] = [clock.monotonicMs(), clock.cpuMs()];
		const roundMs = this.#schedule.roundMs(startedMs);
		if (!this.#lanes.isEmpty && startedMs >= this.#keptAtMs + this.#keepMsMin) this.#keep(roundMs, startedMs);
		const viewers = this.#wakeSections(startedMs);
		const [endedMs, endedCpuMs] = [clock.monotonicMs(), clock.cpuMs()];
		this.#schedule.stepped(viewers, endedCpuMs - startedCpuMs, endedMs);
		share.look(endedMs, endedCpuMs);
		metrics.flushInterval.observe({ view }, roundMs / 1_000);
		metrics.flushSeconds.observe({ view }, (endedMs - startedMs) / 1_000);
		this.#planStep();
	}

	/** Wakes the sections that have waited longest, as many as one step has time for; answers how many readers that are. */
	#wakeSections(nowMs: number): number {
		const viewersMax = this.#schedule.stepViewers();
		let viewers = 0;
		for (const section of this.#sections.filter((section) => this.#isDue(section) && section.wokenAtMs + flushMsMin <= nowMs)) {
			if (viewers > 0 && viewers + section.readers.size > viewersMax) break;
			viewers += section.readers.size;
			this.#sections.splice(this.#sections.indexOf(section), 1);
			this.#sections.push(section);
			section.wokenUpTo = this.window.next;
			section.wokenAtMs = nowMs;
			section.readers.visit((reader) => reader.wake());
		}
		return viewers;
	}

	#keep(spreadMs: number, nowMs: number): void {
		const { room, cursorAt, metrics, view } = this.#options;
		for (const [lane, sinceMs] of this.#waitingSinceMs ?? []) metrics.laneLag.observe({ view, lane }, (nowMs - sinceMs) / 1_000);
		// What is only cleared keeps its size.
		this.#waitingSinceMs = null;
		this.#keptAtMs = nowMs;
		const { events, omitted, repeats, ambient, through } = this.#select(this.#lanes.take());
		this.window.append({ room, cursor: cursorAt(through), events, omitted, repeats, ambient, spreadMs: Math.round(spreadMs) }, through);
		if (events.length > 0) metrics.batchEvents.observe({ view }, events.length);
		if (omitted > 0) metrics.omitted.inc({ view }, omitted);
	}

	#select(load: Load): Load {
		if (this.view === "all") return load;
		this.#ranking ??= new Ranking();
		const { shown, omitted } = this.#ranking.choose(load.events, (topPerSecond * topFlushMs) / 1_000);
		return { ...load, events: shown, omitted };
	}
}
