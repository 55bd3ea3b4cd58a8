import { describe, expect, test } from "bun:test";
import { childrenOf, cpuSeconds, familyCpuSeconds } from "./machine/usage.ts";
import { readOptions } from "./options.ts";
import { people, remark } from "./page/conversation.ts";
import { readFrames, readTasks, type TraceEvent } from "./page/trace.ts";
import { readHeld } from "./page/window.ts";
import { verdictsOf as verdictsOfMinute } from "./parts/page.ts";
import { verdictsOf as verdictsOfMemory } from "./parts/page-memory.ts";
import { type Column, figuresOf, rowOf, rowsWithin } from "./report/result.ts";

describe("a trace", () => {
	const main = (pid: number): TraceEvent => ({ name: "thread_name", ph: "M", pid, tid: 1, args: { name: "CrRendererMain" } });
	const task = (pid: number, dur: number, tdur = dur, tid = 1): TraceEvent => ({ name: "RunTask", ph: "X", pid, tid, dur, tdur });

	test("tasks are those of the main thread that has most to do, long above 50 ms, on the clock and by their own time", () => {
		const worker = task(1, 900_000, 900_000, 2);
		const inside: TraceEvent = { ...task(1, 700_000), name: "Layout" };
		const events = [main(1), main(2), task(1, 50_000), task(1, 50_001, 20_000), task(1, 80_000, 51_000), task(2, 100_000), worker, inside];
		expect(readTasks(events)).toEqual({ long: 2, longestMs: 80, longOwn: 1, longestOwnMs: 51, busyOwnMs: 121 });
	});

	test("a trace without a page has no tasks and no frames", () => {
		expect(readTasks([task(1, 90_000)])).toEqual({ long: 0, longestMs: 0, longOwn: 0, longestOwnMs: 0, busyOwnMs: 0 });
		expect(readFrames([frame(1, 1, "STATE_PRESENTED_ALL")])).toEqual({ shown: 0, dropped: 0 });
	});

	test("a minute of short tasks is read, too", () => {
		const events = Array.from({ length: 300_000 }, () => task(1, 10));
		expect(readTasks([main(1), ...events])).toMatchObject({ long: 0, longestMs: 0.01, busyOwnMs: 3_000 });
	});

	function frame(pid: number, sequence: number, state: string, smooth = true, ph = "b"): TraceEvent {
		return {
			...{ name: "PipelineReporter", ph, pid, tid: 9 },
			args: { frame_reporter: { state, frame_sequence: sequence, affects_smoothness: smooth } },
		};
	}

	test("a frame is shown if only a part of it was, and dropped where something moved and nothing was shown", () => {
		const events = [
			main(1),
			frame(1, 1, "STATE_PRESENTED_ALL"),
			frame(1, 2, "STATE_DROPPED"),
			frame(1, 2, "STATE_PRESENTED_PARTIAL"),
			frame(1, 3, "STATE_DROPPED"),
			frame(1, 4, "STATE_DROPPED", false),
			frame(1, 5, "STATE_NO_UPDATE_DESIRED"),
			frame(1, 6, "STATE_PRESENTED_ALL", true, "e"),
			// The browser's own window.
			frame(7, 8, "STATE_DROPPED"),
		];
		expect(readFrames(events)).toEqual({ shown: 2, dropped: 1 });
	});
});

describe("what the page holds", () => {
	test("is read out of Chromium's metrics, none of which may be missing", () => {
		const metrics = [
			{ name: "Nodes", value: 3 },
			{ name: "JSEventListeners", value: 2 },
			{ name: "JSHeapUsedSize", value: 4_096 },
		];
		expect(readHeld(metrics)).toEqual({ heapBytes: 4_096, nodes: 3, listeners: 2 });
		expect(() => readHeld(metrics.slice(1))).toThrow("Chromium told no Nodes");
	});

	const looks = (heaps: readonly number[]) =>
		heaps.map((heap, index) => rowOf(`look ${index}`, [{ figures: { heap, nodes: 900, listeners: 90 }, faults: [] }]));

	test("is flat where the last looks are like the first, whatever one of them says", () => {
		expect(verdictsOfMemory(looks([4, 4, 9, 4, 4.3, 4.2, 9])).map(({ measured, outcome }) => [measured, outcome])).toEqual([
			["+7.5 %", "met"],
			["0.0 %", "met"],
			["0.0 %", "met"],
		]);
		expect(verdictsOfMemory(looks([4, 4, 4, 4, 4.5, 4.5, 4.5]))[0]).toMatchObject({ measured: "+12.5 %", outcome: "missed" });
	});

	test("is not judged where a look is missing", () => {
		const [first, ...others] = looks([4, 4, 4, 4]);
		const failed = rowOf("failed", [{ figures: {}, faults: ["it broke"] }]);
		expect(first).toBeDefined();
		expect(verdictsOfMemory([failed, ...others]).map(({ outcome }) => outcome)).toEqual(["not measured", "not measured", "not measured"]);
	});
});

describe("a busy minute", () => {
	const columns: readonly Column[] = ["long", "longest", "longOwn", "own", "shift"].map((key) => ({ key, title: key, unit: "" }));
	const names = ["desktop, danmaku", "desktop, no danmaku", "phone, danmaku", "phone, no danmaku"];
	const calm = { long: 0, longest: 20, longOwn: 0, own: 15, shift: 0.008 };
	const rowsOf = (...halves: Record<string, number>[]) =>
		rowsWithin(names, columns, [
			{ figures: Object.assign({}, ...halves.map((half, index) => figuresOf(names[index] as string, half))), faults: [] },
		]);

	test("is judged by its worst half, and its layout shift by both halves of a layout", () => {
		const busy = { ...calm, long: 3, longest: 70, shift: 0.013 };
		expect(verdictsOfMinute(rowsOf(calm, calm, calm, calm)).map(({ outcome }) => outcome)).toEqual(["met", "met", "met"]);
		expect(verdictsOfMinute(rowsOf(calm, calm, calm, busy)).map(({ measured, outcome }) => [measured, outcome])).toEqual([
			["the longest 70 ms, up to 3 over in a row", "missed"],
			["the longest 15 ms, up to 0 over in a row", "met"],
			["0.0210", "missed"],
		]);
	});

	test("is not judged where a half is missing", () => {
		const outcomes = verdictsOfMinute(rowsOf(calm, calm, calm)).map(({ outcome }) => outcome);
		expect(outcomes).toEqual(["not measured", "not measured", "not measured"]);
	});

	test("a round that failed is a fault of all its rows", () => {
		const rows = rowsWithin(
			["a", "b"],
			[{ key: "x", title: "x", unit: "" }],
			[
				{ figures: { "a x": 1, "b x": 2 }, faults: [] },
				{ figures: {}, faults: ["it broke"] },
			],
		);
		expect(rows).toEqual([
			{ name: "a", figures: { x: { median: 1, rounds: [1] } }, faults: ["it broke"] },
			{ name: "b", figures: { x: { median: 2, rounds: [2] } }, faults: ["it broke"] },
		]);
	});
});

describe("the conversation", () => {
	test("is the same each time, everybody says everything and all as much, and one in twelve answers", () => {
		const said = Array.from({ length: 2_000 }, (_, number) => remark(number));
		expect(said).toEqual(said.map((_, number) => remark(number)));
		expect(said.filter(({ answers }) => answers)).toHaveLength(Math.floor(2_000 / 12));
		for (const who of people.keys()) expect(said.filter(({ person }) => person === who)).toHaveLength(2_000 / people.length);
		const pairs = new Set(said.map(({ person }, number) => `${person} ${number % 11}`));
		expect(pairs.size).toBe(people.length * 11);
	});
});

describe("a process and all that came of it", () => {
	test("uses what its children use", async () => {
		const counts = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; read line";
		const child = Bun.spawn(["sh", "-c", `sh -c '${counts}'; true`], { stdin: "pipe" });
		try {
			while (familyCpuSeconds(child.pid) < 0.05) await Bun.sleep(10);
			expect(cpuSeconds([child.pid])).toBeLessThan(0.05);
		} finally {
			child.stdin.end();
			await child.exited;
		}
		expect(familyCpuSeconds(child.pid)).toBe(0);
		expect(childrenOf(child.pid)).toEqual([]);
	}, 60_000);
});

describe("rounds", () => {
	test("are the part's own number where nobody says", () => {
		expect(readOptions(["page"], "/tmp")).toMatchObject({ options: { rounds: null } });
		expect(readOptions(["page", "--rounds", "5"], "/tmp")).toMatchObject({ options: { rounds: 5 } });
	});
});
