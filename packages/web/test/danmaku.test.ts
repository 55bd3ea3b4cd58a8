import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { Chants, chantKey, chantMs, countOf } from "../src/danmaku/chants.ts";
import { parseChoices, usualChoices } from "../src/danmaku/choices.ts";
import { Lanes, type Mode, type StageSize } from "../src/danmaku/lanes.ts";
import { contrast, luminanceOf, outlineOf } from "../src/danmaku/outline.ts";
import { OwnLines } from "../src/danmaku/own-lines.ts";
import { spread, spreadMsMax } from "../src/danmaku/spread.ts";

const stage: StageSize = { width: 1_000, height: 400, laneHeight: 40, durationMs: 8_000, standMs: 4_000 };

interface Placed {
	readonly mode: Mode;
	readonly width: number;
	readonly startMs: number;
	readonly top: number;
}

/** Where a line is at a moment: its left and right edge, or null when it is not on the stage. */
function edges(line: Placed, nowMs: number): [number, number] | null {
	const elapsed = nowMs - line.startMs;
	if (line.mode !== "scroll") {
		if (elapsed < 0 || elapsed >= stage.standMs) return null;
		return [(stage.width - line.width) / 2, (stage.width + line.width) / 2];
	}
	if (elapsed < 0 || elapsed >= stage.durationMs) return null;
	const left = stage.width - ((stage.width + line.width) * elapsed) / stage.durationMs;
	return [left, left + line.width];
}

describe("lanes", () => {
	test("no two lines ever touch, whatever their lengths, ways and moments", () => {
		const line = fc.record({
			mode: fc.constantFrom<Mode>("scroll", "scroll", "scroll", "top", "bottom"),
			width: fc.integer({ min: 10, max: 900 }),
			waitMs: fc.integer({ min: 0, max: 900 }),
		});
		fc.assert(
			fc.property(fc.array(line, { minLength: 2, maxLength: 80 }), (lines) => {
				const lanes = new Lanes(stage);
				const placed: Placed[] = [];
				let nowMs = 0;
				for (const { mode, width, waitMs } of lines) {
					nowMs += waitMs;
					const top = lanes.take(mode, width, nowMs);
					if (top !== null) placed.push({ mode, width, startMs: nowMs, top });
				}
				for (let at = 0; at <= nowMs + stage.durationMs; at += 97) {
					const shown = placed.flatMap((one) => {
						const box = edges(one, at);
						return box ? [{ top: one.top, left: box[0], right: box[1] }] : [];
					});
					for (const [index, one] of shown.entries())
						for (const other of shown.slice(index + 1))
							if (one.top === other.top) expect(one.right <= other.left || other.right <= one.left).toBe(true);
				}
			}),
			{ numRuns: 60 },
		);
	});

	test("lines stay on the stage, top ones from the top, bottom ones from the bottom", () => {
		const lanes = new Lanes(stage);
		expect(lanes.take("top", 100, 0)).toBe(0);
		expect(lanes.take("top", 100, 0)).toBe(40);
		expect(lanes.take("bottom", 100, 0)).toBe(360);
		expect(lanes.take("scroll", 100, 0)).toBe(80);
	});

	test("a full stage takes no more, and takes one again as soon as a lane is free", () => {
		const lanes = new Lanes(stage);
		let taken = 0;
		while (lanes.take("scroll", 200, 0) !== null) taken++;
		expect(taken).toBe(lanes.count - 1);
		expect(lanes.take("scroll", 200, 100)).toBeNull();
		expect(lanes.take("scroll", 200, 2_000)).toBe(0);
	});

	test("a standing line finds a lane however many lines scroll", () => {
		const lanes = new Lanes(stage);
		for (let at = 0; at < 20_000; at += 50) lanes.take("scroll", 150, at);
		expect(lanes.take("bottom", 300, 20_000)).toBe(360);
	});

	test("a stage without height takes nothing, a very low one has one lane", () => {
		expect(new Lanes({ ...stage, height: 0 }).take("scroll", 10, 0)).toBeNull();
		expect(new Lanes({ ...stage, height: 10 }).take("scroll", 10, 0)).toBe(0);
	});
});

describe("spreading a batch", () => {
	test("lines of one batch start evenly over the time until the next is due", () => {
		expect(spread(4, 200)).toEqual([0, 50, 100, 150]);
		expect(spread(1, 200)).toEqual([0]);
		expect(spread(0, 200)).toEqual([]);
	});

	test("nothing waits longer than the bound, however far apart batches are", () => {
		expect(Math.max(...spread(10, 60_000))).toBeLessThan(spreadMsMax);
	});

	test("where the server does not say when the next is due, lines still do not start all at once", () => {
		const delays = spread(5, 0);
		expect(new Set(delays).size).toBe(5);
	});
});

describe("choices", () => {
	const usual = usualChoices(false);

	test("kept choices are read back", () => {
		const chosen = { on: false, area: 0.25, opacity: 0.5, speed: 1.5, size: 0.8, onScreenMax: 20 };
		expect(parseChoices(JSON.stringify(chosen), usual)).toEqual(chosen);
	});

	test("whatever else stands in storage gives the usual ones, field by field", () => {
		for (const kept of [null, "", "nonsense", "[]", "null", "7", '{"area":3,"opacity":99,"speed":"fast","on":1}'])
			expect(parseChoices(kept, usual)).toEqual(usual);
		expect(parseChoices('{"speed":2,"size":-1}', usual)).toEqual({ ...usual, speed: 2 });
	});

	test("where less motion is asked for, nothing flies at first", () => {
		expect(usualChoices(true).on).toBe(false);
		expect(parseChoices('{"on":true}', usualChoices(true)).on).toBe(true);
	});
});

describe("what a crowd says at once", () => {
	test("is one chant with its number, forty within ten seconds as well as two", () => {
		const chants = new Chants();
		const said = Array.from({ length: 40 }, (_, index) => chants.join(`m${index}`, index % 2 ? "here we go" : "Here we go!!", index * 249));
		expect(said.filter(({ isNew }) => isNew).length).toBe(1);
		expect(countOf((said[39] as (typeof said)[0]).chant)).toBe(40);
	});

	test("goes on as another line after ten seconds, which counts those who came when the last had left", () => {
		const chants = new Chants();
		const { chant } = chants.join("a", "666", 0);
		chant.phase = "flown";
		chants.join("b", "666", 5_000);
		chants.join("c", "66666", 6_000);
		const next = chants.join("d", "666", chantMs);
		expect({ isNew: next.isNew, count: countOf(next.chant) }).toEqual({ isNew: true, count: 3 });
		expect(countOf(chants.join("e", "666", 4 * chantMs).chant)).toBe(1);
	});

	test("is known by what it means: case, width, punctuation around it and how long one laughs do not matter", () => {
		const same: string[][] = [
			["here we go", "Here we go!!", "HERE  WE GO", "ｈｅｒｅ ｗｅ ｇｏ", "here we go…"],
			["哈哈哈", "哈哈哈哈哈哈", "哈哈哈！"],
			["666", "66666666"],
			["草", "草。"],
			["wwwwww", "www"],
			["！！！", "！！！！！"],
			["🎉🎉🎉", "🎉🎉🎉🎉🎉"],
		];
		for (const texts of same) expect(new Set(texts.map(chantKey)).size).toBe(1);
		const all = same.map(([text]) => chantKey(text as string));
		expect(new Set(all).size).toBe(all.length);
	});

	test("is not taken for what means something else: numbers, other words, long texts", () => {
		const others: string[][] = [
			["1000", "10000"],
			["A", "B"],
			["好", "好好"],
			["?", "!"],
			["はは", "ぱぱ"],
			[`${"a".repeat(60)}!`, "a".repeat(60)],
		];
		for (const texts of others) expect(new Set(texts.map(chantKey)).size).toBe(texts.length);
	});

	test("loses whoever takes it back, and is found by any of its messages", () => {
		const chants = new Chants();
		const { chant } = chants.join("a", "666", 0);
		chants.join("b", "666", 1);
		expect(chants.find("b")).toBe(chant);
		expect(chants.find("c")).toBeNull();
	});

	test("is forgotten in time, however much is said", () => {
		const chants = new Chants();
		for (let index = 0; index < 20_000; index++) chants.join(`m${index}`, `text ${index}`, index * 5);
		expect(chants.size).toBeLessThanOrEqual(1_000);
		chants.join("last", "last", 10_000_000);
		expect(chants.size).toBe(1);
	});
});

describe("a line's outline", () => {
	test("stands out from every colour there is by at least 4.5:1", () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 0xffffff }), (color) => {
				const outline = outlineOf(color) === "dark" ? 0 : 1;
				return contrast(luminanceOf(color), outline) >= 4.5;
			}),
			{ numRuns: 2_000 },
		);
	});

	test("is light around dark colours and dark around light ones", () => {
		expect([0x000000, 0x000080, 0x0000ff, 0x8b0000, 0x004000].map(outlineOf)).toEqual(Array(5).fill("light"));
		expect([0xffffff, 0xffe066, 0x66e0e0, 0xff5c5c, 0x808080].map(outlineOf)).toEqual(Array(5).fill("dark"));
	});
});

describe("the reader's own lines", () => {
	test("fly once, whether the answer comes first or the message itself", () => {
		const own = new OwnLines();
		own.said("k1", "hello");
		own.settled("k1", "m1");
		expect(own.hasFlown("m1", "hello")).toBe(true);
		own.said("k2", "hello");
		expect(own.hasFlown("m2", "hello")).toBe(true);
		own.settled("k2", "m2");
		expect(own.hasFlown("m2", "hello")).toBe(true);
	});

	test("said in another tab fly here as well, also where one was refused here", () => {
		const own = new OwnLines();
		expect(own.hasFlown("m1", "from the phone")).toBe(false);
		own.said("k1", "twice");
		own.withdrawn("k1");
		expect(own.hasFlown("m2", "twice")).toBe(false);
	});

	test("are remembered up to a bound", () => {
		const own = new OwnLines();
		for (let index = 0; index < 1_000; index++) own.said(`k${index}`, `text ${index}`);
		expect(own.isOnItsWay("k0")).toBe(false);
		expect(own.isOnItsWay("k999")).toBe(true);
	});
});
