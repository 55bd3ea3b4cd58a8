import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Fault, TransportName } from "../transport.ts";
import { Ladder, lookAfterMs, lookSoonMs, rungs, steadyMs } from "./ladder.ts";

/** Chance in the middle, where no wait is stretched or shortened. */
const even = 0.5;
const [bestLookMs = 0, secondLookMs = 0, lastLookMs = 0] = lookAfterMs;

describe("falling", () => {
	const table: readonly { title: string; start: TransportName | null; faults: Fault[]; rung: TransportName; atOnce: boolean }[] = [
		{ title: "an upgrade refused", start: null, faults: ["refused"], rung: "event-stream", atOnce: true },
		{ title: "one cut", start: null, faults: ["cut"], rung: "websocket", atOnce: false },
		{ title: "two cuts in a row", start: null, faults: ["cut", "cut"], rung: "event-stream", atOnce: true },
		{ title: "two cuts with a good time between", start: null, faults: ["cut", "other", "cut"], rung: "websocket", atOnce: false },
		{ title: "silence", start: null, faults: ["silent"], rung: "event-stream", atOnce: true },
		{ title: "a connection that lasted", start: null, faults: ["other", "other", "other"], rung: "websocket", atOnce: false },
		{ title: "a stream kept back", start: "event-stream", faults: ["refused"], rung: "long-poll", atOnce: true },
		{ title: "streams cut again and again", start: "event-stream", faults: ["cut", "cut"], rung: "long-poll", atOnce: true },
		{ title: "held requests cut", start: "long-poll", faults: ["refused"], rung: "short-poll", atOnce: true },
		{ title: "all the way", start: null, faults: ["refused", "refused", "refused"], rung: "short-poll", atOnce: true },
		{ title: "below the last rung", start: "short-poll", faults: ["refused"], rung: "websocket", atOnce: false },
		{ title: "a server that is not there at all", start: null, faults: ["refused", "unreachable"], rung: "websocket", atOnce: false },
		{ title: "a network that is away", start: "long-poll", faults: ["other", "other"], rung: "long-poll", atOnce: false },
	];
	for (const { title, start, faults, rung, atOnce } of table)
		test(`${title} leads to ${rung}${atOnce ? " at once" : ""}`, () => {
			const ladder = new Ladder("auto", start);
			const answers = faults.map((fault, index) => ladder.ended(fault, index));
			expect(ladder.rung).toBe(rung);
			expect(answers.at(-1)).toBe(atOnce);
		});

	test("attempts that need not wait never follow each other without end, whatever happens", () => {
		const fault = fc.constantFrom<Fault>("refused", "cut", "silent", "unreachable", "other");
		fc.assert(
			fc.property(fc.array(fault, { maxLength: 60 }), (faults) => {
				const ladder = new Ladder("auto", null);
				let inARow = 0;
				for (const [index, each] of faults.entries()) {
					inARow = ladder.ended(each, index) ? inARow + 1 : 0;
					expect(inARow).toBeLessThan(rungs.length);
					expect(rungs).toContain(ladder.rung);
				}
			}),
		);
	});

	test("a way that the page asked for is never left", () => {
		const ladder = new Ladder("long-poll", null);
		for (const fault of ["refused", "cut", "cut", "silent", "unreachable"] as const) expect(ladder.ended(fault, 0)).toBe(false);
		expect(ladder.rung).toBe("long-poll");
		expect(ladder.better).toEqual([]);
		expect(ladder.live(0, even)).toBeNull();
	});
});

describe("looking upward", () => {
	test("is tried after one minute, five, fifteen, and then every fifteen, best first", () => {
		const ladder = new Ladder("auto", null);
		ladder.ended("refused", 0);
		ladder.ended("refused", 0);
		expect(ladder.better).toEqual(["websocket", "event-stream"]);
		expect(ladder.live(0, even)).toBe(bestLookMs);
		for (const ms of [secondLookMs, lastLookMs, lastLookMs]) {
			ladder.look();
			expect(ladder.stay(0, even)).toBe(ms);
		}
	});

	test("is spread, so that those who fell together do not look together", () => {
		const waits = [0, 0.999].map((chance) => {
			const ladder = new Ladder("auto", null);
			ladder.ended("refused", 0);
			return ladder.live(0, chance) as number;
		});
		expect(waits[0]).toBeLessThan(bestLookMs * 0.9);
		expect(waits[1]).toBeGreaterThan(bestLookMs * 1.1);
	});

	test("is not put off by a link that comes and goes", () => {
		const ladder = new Ladder("auto", null);
		ladder.ended("refused", 0);
		ladder.live(0, even);
		for (let nowMs = 20_000; nowMs < bestLookMs; nowMs += 20_000) {
			ladder.ended("other", nowMs);
			expect(ladder.live(nowMs, even)).toBe(bestLookMs - nowMs);
		}
	});

	test("comes soon where the fall may have had another reason: silence, a server that was away, a memory", () => {
		const silent = new Ladder("auto", null);
		silent.ended("silent", 0);
		const away = new Ladder("auto", null);
		away.ended("refused", 0);
		away.ended("unreachable", 0);
		away.ended("refused", 0);
		const remembered = new Ladder("auto", "short-poll");
		for (const ladder of [silent, away, remembered]) expect(ladder.live(0, even)).toBe(lookSoonMs);
	});

	test("comes soon only once: a way that falls silent each time is not tried every few seconds", () => {
		const ladder = new Ladder("auto", null);
		const waits: (number | null)[] = [];
		for (let nowMs = 0; waits.length < 4; nowMs += 33_000) {
			ladder.live(nowMs, even);
			ladder.ended("silent", nowMs);
			waits.push(ladder.live(nowMs, even));
			ladder.look();
			ladder.climb("websocket");
		}
		expect(waits).toEqual([lookSoonMs, secondLookMs, lastLookMs, lastLookMs]);
	});

	test("begins anew once the best way has held for two minutes", () => {
		const ladder = new Ladder("auto", null);
		ladder.ended("refused", 0);
		ladder.live(0, even);
		ladder.look();
		ladder.climb("websocket");
		expect(ladder.rung).toBe("websocket");
		expect(ladder.live(1_000, even)).toBeNull();
		ladder.ended("cut", 1_000 + steadyMs);
		ladder.ended("cut", 1_000 + steadyMs);
		expect(ladder.rung).toBe("event-stream");
		expect(ladder.live(1_000 + steadyMs, even)).toBe(bestLookMs);
	});
});
