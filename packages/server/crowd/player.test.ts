import { expect, test } from "bun:test";
import type { Clock } from "./clock.ts";
import { type PlayOptions, play } from "./player.ts";
import type { Entry, Line } from "./recordings/line.ts";

/** A clock that stands still until somebody sleeps, and then is at once where they wanted to be. */
function fakeClock(): Clock & { ms: number } {
	return {
		ms: 1_000,
		now() {
			return this.ms;
		},
		async sleep(delayMs, signal) {
			if (!signal?.aborted) this.ms += delayMs;
		},
		every: () => () => {},
	};
}

function line(at: number, text = String(at)): Entry {
	return { kind: "line", number: 1, line: { at, person: "a", text } };
}

async function perform(entries: Entry[], options: Partial<PlayOptions>, onSay?: (line: Line, stop: AbortController) => void, costMs = 0) {
	const clock = fakeClock();
	const stop = new AbortController();
	const heard: [ms: number, text: string][] = [];
	const skipped: string[] = [];
	const stage = {
		say(said: Line) {
			heard.push([clock.ms - 1_000, said.text]);
			onSay?.(said, stop);
		},
		async room() {
			clock.ms += costMs;
		},
	};
	const report = await play(entries, stage, {
		clock,
		speed: 1,
		signal: stop.signal,
		onSkipped: (entry) => skipped.push(entry.reason),
		...options,
	});
	return { heard, skipped, report };
}

test("every line is said at its moment", async () => {
	const { heard, report } = await perform([line(0), line(0.5), line(61)], {});
	expect(heard).toEqual([
		[0, "0"],
		[500, "0.5"],
		[61_000, "61"],
	]);
	expect(report).toEqual({ entries: 3, end: "finished", behindMsMax: 0 });
});

test("speed divides the time, and at max there is none", async () => {
	expect((await perform([line(1), line(10)], { speed: 4 })).heard.map(([ms]) => ms)).toEqual([250, 2_500]);
	expect((await perform([line(1), line(10)], { speed: "max" })).heard.map(([ms]) => ms)).toEqual([0, 0]);
});

test("a line out of order is said with its predecessor, and none is dropped", async () => {
	expect((await perform([line(5), line(3), line(6)], {})).heard.map(([ms]) => ms)).toEqual([5_000, 5_000, 6_000]);
});

test("where the stage holds the player back, lines come late, in order, and the delay is told", async () => {
	const { heard, report } = await perform([line(0), line(0.1), line(0.2)], {}, undefined, 400);
	expect(heard).toEqual([
		[400, "0"],
		[800, "0.1"],
		[1_200, "0.2"],
	]);
	expect(report.behindMsMax).toBe(1_000);
});

test("skipped entries are told and count as reached", async () => {
	const { skipped, report } = await perform([{ kind: "skipped", number: 1, reason: "gift" }, line(0)], {});
	expect(skipped).toEqual(["gift"]);
	expect(report.entries).toBe(2);
});

test("a limit stops after so many entries", async () => {
	const { heard, report } = await perform([line(0), line(1), line(2)], { entriesMax: 2 });
	expect(heard).toHaveLength(2);
	expect(report).toMatchObject({ entries: 2, end: "limit" });
});

test("a limit of time stops at that time, though the next line is an hour off", async () => {
	const { heard, report } = await perform([line(0), line(3_600)], { playMsMax: 5_000 });
	expect(heard).toHaveLength(1);
	expect(report).toMatchObject({ entries: 1, end: "time" });
});

test("once stopped, nothing more is said", async () => {
	const { heard, report } = await perform([line(0), line(1), line(2)], {}, (said, stop) => {
		if (said.text === "1") stop.abort();
	});
	expect(heard.map(([, text]) => text)).toEqual(["0", "1"]);
	expect(report).toMatchObject({ entries: 2, end: "stopped" });
});
