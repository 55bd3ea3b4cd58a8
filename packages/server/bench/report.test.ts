import { describe, expect, test } from "bun:test";
import { drawFanout } from "./chart.ts";
import { bucketMiddleUs, type Histogram, median, quantileMs } from "./load/histogram.ts";
import { busiest, type Recording, steady } from "./load/script.ts";
import { othersShare, readCoreTime } from "./machine/machine.ts";
import { cpuTicks, kibOf } from "./machine/usage.ts";
import { readOptions } from "./options.ts";
import { inTurn } from "./parts/part.ts";
import { lostInSilence } from "./parts/room.ts";
import { withMeasured } from "./report/record.ts";
import { judge, type Result, rowOf } from "./report/result.ts";
import { asMarkdown, asText, formatFigure } from "./report/table.ts";

const result: Result = {
	part: "fanout-busy",
	title: "Busy room",
	command: "npm run bench -- fanout-busy",
	at: "2026-11-23T08:00:00.000Z",
	rounds: 3,
	scale: 1,
	machine: { processor: "A processor", cores: 2, memoryGib: 24, kernel: "Linux 6.18" },
	versions: { bun: "1.4.5" },
	busyBefore: 0,
	columns: [
		{ key: "perCpu", title: "deliveries per CPU-second", unit: "/s" },
		{ key: "p99", title: "p99", unit: "ms" },
	],
	rows: [
		rowOf("bun-publish", [{ figures: { perCpu: 150_000, p99: 20 }, faults: [] }]),
		rowOf("hubbub", [
			{ figures: { perCpu: 1_900_000, p99: 120 }, faults: [] },
			{ figures: {}, faults: ["3 viewers have not everything"] },
			{ figures: { perCpu: 2_100_000, p99: 140 }, faults: [] },
		]),
	],
	verdicts: [
		judge(
			"p99 ≤ 100 ms",
			130,
			(value) => value <= 100,
			(value) => `${value} ms`,
		),
	],
	notes: ["A note."],
};

describe("figures", () => {
	test("a bucket's middle is within 3 % of everything in it", () => {
		for (const us of [1, 31, 32, 33, 63, 64, 1_000, 123_456, 9_999_999]) {
			const octave = Math.floor(Math.log2(us));
			const bucket = us < 32 ? us : (octave - 4) * 32 + (Math.floor(us / 2 ** (octave - 5)) & 31);
			expect(Math.abs(bucketMiddleUs(bucket) - us) / us).toBeLessThan(0.03);
		}
	});

	test("quantiles of a histogram, the first and the last among them", () => {
		const histogram: Histogram = [
			[10, 98],
			[20, 1],
			[30, 1],
		];
		expect([0, 0.5, 0.98, 0.99, 1].map((share) => quantileMs(histogram, share))).toEqual([0.01, 0.01, 0.01, 0.02, 0.03]);
		expect(quantileMs([], 0.5)).toBeNaN();
	});

	test("medians of odd, even and no figures", () => {
		expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN]);
	});

	test("a round that failed leaves its fault and no figure", () => {
		expect(result.rows[1]).toMatchObject({
			figures: { perCpu: { median: 2_000_000, rounds: [1_900_000, 2_100_000] } },
			faults: ["3 viewers have not everything"],
		});
	});

	test("a figure that was not measured is no target met", () => {
		expect(judge("x", Number.NaN, () => true, String).outcome).toBe("not measured");
	});

	test("figures are written as people read them", () => {
		expect([
			formatFigure(2_345_678, "/s"),
			formatFigure(151_234, "/s"),
			formatFigure(12.345, "ms"),
			formatFigure(0, ""),
			formatFigure(Number.NaN, "ms"),
		]).toEqual(["2.35 M", "151 k", "12.3 ms", "0", "–"]);
	});

	test("what others took of the machine is what was busy, stolen time too, less our own", () => {
		const before = readCoreTime("cpu  1000 0 500 8000 100 0 0 0 0 0\ncpu0 1 2 3");
		const after = readCoreTime("cpu  1300 0 600 8400 100 0 0 200 50 0\n");
		expect(before).toEqual({ all: 96, busy: 15 });
		expect(othersShare(before, after, 2)).toBeCloseTo(0.4);
		expect(othersShare(before, after, 100)).toBe(0);
	});

	test("what was never accepted is missed by everybody, and lost by nobody", () => {
		const seen = { missing: 30, omitted: 4, gaps: 5, restarts: 0, joined: 10 };
		expect([lostInSilence(seen, 2), lostInSilence(seen, 3), lostInSilence({ ...seen, restarts: 1 }, 0)]).toEqual([1, 0, 0]);
	});

	test("CPU ticks are found behind a command's name with spaces and brackets in it", () => {
		const fields = Array.from({ length: 50 }, (_, index) => index + 3);
		expect(cpuTicks(`12 (a) name (x) ${fields.join(" ").replace(/^3/, "S")}`)).toBe(14 + 15);
		expect(kibOf("Name:\tx\nVmRSS:\t   4321 kB\n", "VmRSS")).toBe(4321);
		expect(() => kibOf("Name:\tx\n", "VmRSS")).toThrow("VmRSS");
	});
});

describe("the record", () => {
	test("a table shows medians, verdicts, faults and notes", () => {
		const text = asText(result);
		for (const words of ["hubbub", "2.00 M", "✗ p99 ≤ 100 ms: 130 ms", "! hubbub: 3 viewers have not everything", "A note."])
			expect(text).toContain(words);
	});

	test("the document's own words stay, what stands between the markers is made anew", () => {
		const text = "# Ours\n\n<!-- measured: begin -->\nold\n<!-- measured: end -->\n\nMore of ours.\n";
		const once = withMeasured(text, [result]);
		expect(once).toStartWith("# Ours\n");
		expect(once).toEndWith("\nMore of ours.\n");
		expect(once).not.toContain("old");
		expect(once).toContain(asMarkdown(result));
		expect(withMeasured(once, [result])).toBe(once);
	});

	test("a document without the markers is left alone", () => {
		expect(() => withMeasured("# Ours\n", [result])).toThrow("measured: begin");
	});

	test("the chart has a bar for each engine, the longest first", () => {
		const svg = drawFanout(result);
		expect(svg.match(/<rect/g)).toHaveLength(2);
		expect(svg.indexOf("Hubbub, as it is")).toBeLessThan(svg.indexOf(">Bun publish<"));
		expect(svg).toContain("2.00 M");
	});
});

describe("scripts", () => {
	test("a steady script keeps its rate and its texts within 128 to 160 bytes, marker included", () => {
		const lines = steady({ rate: 200, seconds: 2, senders: 8 });
		expect(lines).toHaveLength(400);
		expect(lines.at(-1)?.atUs).toBe(1_995_000);
		expect(new Set(lines.map(({ sender }) => sender)).size).toBe(8);
		for (const { text } of lines) {
			expect(text.length + 16).toBeGreaterThanOrEqual(128);
			expect(text.length + 16).toBeLessThanOrEqual(160);
		}
	});

	test("the busiest stretch of a recording is found, and sped up", () => {
		const at = [0, 1, 100.5, 100.6, 100.7, 150];
		const recording: Recording = { name: "r", lines: at.map((time, index) => ({ at: time, person: index, text: String(index) })) };
		expect(busiest(recording, { seconds: 1, speed: 10, senders: 4 })).toEqual([
			{ atUs: 0, sender: 2, text: "2" },
			{ atUs: 10_000, sender: 3, text: "3" },
			{ atUs: 20_000, sender: 0, text: "4" },
		]);
	});

	test("what was recorded within one whole second is spread over it", () => {
		const recording: Recording = { name: "r", lines: [5, 5, 6].map((at, person) => ({ at, person, text: "x" })) };
		expect(busiest(recording, { seconds: 10, speed: 1, senders: 9 }).map(({ atUs }) => atUs)).toEqual([0, 500_000, 1_000_000]);
	});
});

describe("a run", () => {
	test("takes its subjects in turn, and makes a fault of a run that throws", async () => {
		const order: string[] = [];
		const measured = await inTurn([{ name: "a" }, { name: "b" }], { rounds: 2, say() {} }, async ({ name }, round) => {
			order.push(name);
			if (name === "b" && round === 1) throw new Error("it broke");
			return { figures: { x: round }, faults: [] };
		});
		expect(order).toEqual(["a", "b", "a", "b"]);
		expect(measured.get("b")).toEqual([
			{ figures: {}, faults: ["it broke"] },
			{ figures: { x: 2 }, faults: [] },
		]);
	});

	test("only the full load is put on record", () => {
		const recordOf = (...args: string[]) => (readOptions(args, "/tmp") as { record?: string }).record;
		expect([recordOf(), recordOf("--scale", "0.5"), recordOf("--dry-run")]).toEqual(["written", "shown only", "shown only"]);
	});

	test("mistakes on the command line are told in words", () => {
		expect(readOptions(["--rounds", "0"], "/tmp")).toMatchObject({ kind: "mistake", words: "--rounds must be a number above 0." });
		expect(readOptions(["--engines", "ws,nope"], "/tmp")).toMatchObject({ kind: "mistake", words: expect.stringContaining("nope") });
		expect(readOptions(["--what"], "/tmp")).toMatchObject({ kind: "mistake" });
		expect(readOptions(["storm", "--scale", "0.1"], "/tmp")).toMatchObject({ kind: "measure", words: ["storm"], options: { scale: 0.1 } });
	});
});
