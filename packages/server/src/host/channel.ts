import type { Ambient } from "@hubbub/protocol/downstream.ts";
import { Lanes, type Load, type LoggedEvent } from "../fanout/lane.ts";
import { Ranking, topFlushMs, topPerSecond } from "../fanout/rank.ts";
import type { Sampled } from "../fanout/sample.ts";
import { FlushSchedule } from "../fanout/schedule.ts";
import { Window } from "../fanout/window.ts";
import type { Clock } from "../runtime/clock.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Metrics } from "../runtime/metrics.ts";
import { encodeBatch } from "./encode.ts";
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

/** One view of a live room: what waits, when it is flushed, the window of what was, and who reads it. */
export class Channel {
	readonly view: View;
	readonly window: Window;
	readonly #options: ChannelOptions;
	readonly #lanes: Lanes;
	readonly #schedule: FlushSchedule;
	readonly #ranking = new Ranking();
	readonly #readers = new Set<Reader>();
	#flushPlanned = false;

	constructor(options: ChannelOptions) {
		const { view, through, metrics } = options;
		this.view = view;
		this.#options = options;
		this.#lanes = new Lanes(through);
		this.#schedule = new FlushSchedule(view === "top" ? { flushMsMin: topFlushMs, flushMsMax: topFlushMs } : undefined);
		this.window = new Window({
			through,
			encode(source, codec) {
				metrics.encodes.inc({ codec });
				return encodeBatch(source, codec);
			},
			batchesMax: serverLimits.windowBatchesMax,
			bytesMax: serverLimits.windowUnitsMax,
		});
	}

	get readers(): number {
		return this.#readers.size;
	}

	/** Lets a reader in; it is woken at each flush from now on. */
	admit(reader: Reader): void {
		this.#readers.add(reader);
	}

	/** A message was taken back: whatever of this view is still to be read does not hold its text any more. */
	redact(id: string): void {
		this.#lanes.redact(id);
		this.window.redact(id);
	}

	turnOutGuests(): void {
		for (const reader of this.#readers) if (reader.isGuest) reader.turnOut();
	}

	/** Whether the reader was here. */
	release(reader: Reader): boolean {
		return this.#readers.delete(reader);
	}

	/** The next event of the log, and what the room's budget made of it. */
	offer(logged: LoggedEvent, sampled: Sampled): void {
		const { offset } = logged.event;
		// The best of a moment is chosen among all of it, whatever fits the budget of the whole.
		if (this.view === "top" || sampled.verdict === "shown") this.#lanes.offer(logged);
		else if (sampled.verdict === "repeat") this.#lanes.repeat(sampled.of, offset);
		else this.#lanes.omit(offset);
	}

	offerAmbient(figures: Ambient): void {
		// Nobody reads them now, and to whoever comes later they would be news of the past.
		if (this.#readers.size === 0) return;
		this.#lanes.offerAmbient(figures);
		this.#planFlush();
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
		const delayMs = this.#schedule.delayMs(this.#readers.size, clock.monotonicMs());
		if (delayMs <= 0) clock.soon(() => this.#flush());
		else clock.after(delayMs, () => this.#flush());
	}

	#flush(): void {
		this.#flushPlanned = false;
		if (this.#lanes.isEmpty) return;
		const { room, cursorAt, clock, metrics, view } = this.#options;
		const nowMs = clock.monotonicMs();
		const spreadMs = this.#schedule.flushed(this.#readers.size, nowMs);
		const { events, omitted, repeats, ambient, through } = this.#select(this.#lanes.take());
		const cursor = cursorAt(through);
		this.window.append({ room, cursor, events, omitted, repeats, ambient, spreadMs: events.length > 1 ? spreadMs : 0 }, through);
		for (const reader of this.#readers) reader.wake();
		if (events.length > 0) metrics.batchEvents.observe({ view }, events.length);
		if (omitted > 0) metrics.omitted.inc({ view }, omitted);
		metrics.flushSeconds.observe({ view }, (clock.monotonicMs() - nowMs) / 1_000);
	}

	#select(load: Load): Load {
		if (this.view === "all") return load;
		const { shown, omitted } = this.#ranking.choose(load.events, (topPerSecond * topFlushMs) / 1_000);
		return { ...load, events: shown, omitted };
	}
}
