import type { Clock } from "./clock.ts";
import type { Entry, Line } from "./recordings/line.ts";

/** Where lines are said. */
export interface Stage {
	/** Says the line through its person, now or as soon as that person is in the room. */
	say(line: Line): void;
	/** Resolves when there is room for another line: holds the player back where the server does not keep up. */
	room(signal: AbortSignal): Promise<void>;
}

export interface PlayOptions {
	readonly clock: Clock;
	/** 2 plays twice as fast as it was recorded; `max` as fast as the server answers. */
	readonly speed: number | "max";
	/** Stop after this many entries of the recording. */
	readonly entriesMax?: number;
	/** Stop after this much time, as the clock has it. */
	readonly playMsMax?: number;
	/** Stops at once when aborted. */
	readonly signal: AbortSignal;
	readonly onSkipped: (entry: Extract<Entry, { kind: "skipped" }>) => void;
	/** Called with every entry's moment in the recording, in seconds, for progress. */
	readonly onReached?: (seconds: number) => void;
}

export interface PlayReport {
	/** Entries taken from the recording. What is left was not reached. */
	readonly entries: number;
	readonly end: "finished" | "limit" | "time" | "stopped";
	/** The furthest that saying fell behind the recording's own time, in milliseconds; 0 at `max`. */
	readonly behindMsMax: number;
}

/** Lines said in a row, at most, before sockets get their turn. */
const linesPerTurnMax = 64;

/**
 * Says every line at its moment: `at / speed` seconds after the start. Lines that stand before their predecessor in time are said with it;
 * lines that could not be said in time are said as soon as may be, in order, and none is dropped.
 */
export async function play(entries: AsyncIterable<Entry> | Iterable<Entry>, stage: Stage, options: PlayOptions): Promise<PlayReport> {
	const { clock, speed, signal, entriesMax = Number.POSITIVE_INFINITY, playMsMax = Number.POSITIVE_INFINITY } = options;
	const start = clock.now();
	let taken = 0;
	let behindMsMax = 0;
	let inARow = 0;
	const report = (end: PlayReport["end"]): PlayReport => ({ entries: taken, end, behindMsMax });
	for await (const entry of entries) {
		if (signal.aborted) return report("stopped");
		if (taken >= entriesMax) return report("limit");
		if (entry.kind === "skipped") {
			if (clock.now() - start >= playMsMax) return report("time");
			taken++;
			options.onSkipped(entry);
			continue;
		}
		const due = start + (speed === "max" ? 0 : (entry.line.at * 1_000) / speed);
		const end = start + playMsMax;
		if (due > clock.now()) {
			inARow = 0;
			await sleepUntil(Math.min(due, end), clock, signal);
		} else if (++inARow >= linesPerTurnMax) {
			inARow = 0;
			await clock.sleep(0);
		}
		await stage.room(signal);
		if (signal.aborted) return report("stopped");
		if (clock.now() >= end) return report("time");
		taken++;
		if (speed !== "max") behindMsMax = Math.max(behindMsMax, clock.now() - due);
		options.onReached?.(entry.line.at);
		stage.say(entry.line);
	}
	return report("finished");
}

/** Timers may ring a little early; a line never does. */
async function sleepUntil(moment: number, clock: Clock, signal: AbortSignal): Promise<void> {
	while (clock.now() < moment && !signal.aborted) await clock.sleep(moment - clock.now(), signal);
}
