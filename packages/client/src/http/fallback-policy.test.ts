import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type AttemptResult, broken, type Fault, type TransportName } from "../transport.ts";
import {
	bestFirst,
	FallbackPolicy,
	faultOf,
	HeldWait,
	probeAfterMs,
	probeCrowdedMs,
	probeSoonMs,
	steadyMs,
	waitMsMax,
} from "./fallback-policy.ts";

/** Chance in the middle, where no wait is stretched or shortened. */
const even = 0.5;
const [bestLookMs = 0, secondLookMs = 0, lastLookMs = 0] = probeAfterMs;

describe("falling", () => {
	const table: readonly { title: string; start: TransportName | null; faults: Fault[]; expected: TransportName; atOnce: boolean }[] = [
		{ title: "an upgrade refused", start: null, faults: ["refused"], expected: "event-stream", atOnce: true },
		{ title: "one cut", start: null, faults: ["cut"], expected: "websocket", atOnce: false },
		{ title: "two cuts in a row", start: null, faults: ["cut", "cut"], expected: "event-stream", atOnce: true },
		{ title: "two cuts with a good time between", start: null, faults: ["cut", "other", "cut"], expected: "websocket", atOnce: false },
		{ title: "silence", start: null, faults: ["silent"], expected: "event-stream", atOnce: true },
		{ title: "a connection that lasted", start: null, faults: ["other", "other", "other"], expected: "websocket", atOnce: false },
		{ title: "a stream kept back", start: "event-stream", faults: ["refused"], expected: "long-poll", atOnce: true },
		{ title: "streams cut again and again", start: "event-stream", faults: ["cut", "cut"], expected: "long-poll", atOnce: true },
		{ title: "held requests cut", start: "long-poll", faults: ["refused"], expected: "short-poll", atOnce: true },
		{ title: "all the way", start: null, faults: ["refused", "refused", "refused"], expected: "short-poll", atOnce: true },
		{ title: "below the last expected", start: "short-poll", faults: ["refused"], expected: "websocket", atOnce: false },
		{ title: "a server that is not there at all", start: null, faults: ["refused", "unreachable"], expected: "websocket", atOnce: false },
		{ title: "a network that is away", start: "long-poll", faults: ["other", "other"], expected: "long-poll", atOnce: false },
	];
	for (const { title, start, faults, expected, atOnce } of table)
		test(`${title} leads to ${expected}${atOnce ? " at once" : ""}`, () => {
			const policy = new FallbackPolicy("auto", start);
			const answers = faults.map((fault, index) => policy.ended(fault, index));
			expect(policy.transport).toBe(expected);
			expect(answers.at(-1)).toBe(atOnce);
		});

	test("attempts that need not wait never follow each other without end, whatever happens", () => {
		const fault = fc.constantFrom<Fault | "live">("refused", "cut", "silent", "unreachable", "there", "other", "live");
		fc.assert(
			fc.property(fc.array(fault, { maxLength: 60 }), (faults) => {
				const policy = new FallbackPolicy("auto", null);
				let inARow = 0;
				for (const [index, each] of faults.entries()) {
					// A question is never welcomed, and only a question is answered so.
					if (each === "live" && !policy.asks) policy.live(policy.transport, index, even);
					if (each === "live" || (each === "there" && !policy.asks)) inARow = 0;
					else inARow = policy.ended(each, index) ? inARow + 1 : 0;
					// Asking, and the WebSocket once more, before the way down.
					expect(inARow).toBeLessThanOrEqual(bestFirst.length + 1);
					expect(bestFirst).toContain(policy.transport);
				}
			}),
		);
	});

	test("a way that there is none of is no choice: it is as if none were given", () => {
		for (const choice of ["carrier pigeon", 7, true, {}] as never[]) {
			const policy = new FallbackPolicy(choice, null);
			expect(policy.transport).toBe("websocket");
			expect(policy.ended("refused", 0)).toBe(true);
			expect(policy.transport).toBe("event-stream");
		}
	});

	test("a way that the page asked for is never left", () => {
		const policy = new FallbackPolicy("long-poll", null);
		for (const fault of ["refused", "cut", "cut", "silent", "unreachable"] as const) expect(policy.ended(fault, 0)).toBe(false);
		expect(policy.transport).toBe("long-poll");
		expect(policy.better).toEqual([]);
		expect(policy.live(policy.transport, 0, even)).toBeNull();
	});
});

describe("a server that is away", () => {
	/** On the WebSocket, which worked. */
	function held(): FallbackPolicy {
		const policy = new FallbackPolicy("auto", null);
		policy.live("websocket", 0, even);
		return policy;
	}

	test("is asked for after each attempt, and when it answers reached by the WebSocket again, which is none the worse for it", () => {
		const policy = held();
		for (let nowMs = 20_000; nowMs < 28_000; nowMs += 1_000) {
			expect(policy.transport).toBe("websocket");
			expect(policy.ended("refused", nowMs)).toBe(true);
			expect(policy.asks).toBe(true);
			expect(policy.ended("unreachable", nowMs)).toBe(false);
			expect(policy.asks).toBe(false);
		}
		policy.ended("refused", 28_000);
		expect(policy.ended("there", 28_000)).toBe(true);
		expect(policy.asks).toBe(false);
		expect(policy.transport).toBe("websocket");
		expect(policy.live("websocket", 28_100, even)).toBeNull();
	});

	test("that comes back between two attempts does not make the WebSocket look refused", () => {
		const policy = held();
		policy.ended("refused", 20_000);
		expect(policy.ended("there", 20_010)).toBe(true);
		expect([policy.transport, policy.asks]).toEqual(["websocket", false]);
	});

	test("and is there, but lets no WebSocket in any more, is reached another way at once", () => {
		const policy = held();
		policy.ended("refused", 20_000);
		policy.ended("there", 20_010);
		expect(policy.ended("refused", 20_020)).toBe(true);
		expect([policy.transport, policy.asks]).toEqual(["event-stream", false]);
	});

	test("and restarts again and again never costs the WebSocket", () => {
		const policy = held();
		for (let nowMs = 20_000; nowMs < 400_000; nowMs += 30_000) {
			policy.ended("other", nowMs);
			policy.ended("refused", nowMs + 100);
			policy.ended("unreachable", nowMs + 5_000);
			policy.ended("refused", nowMs + 7_990);
			policy.ended("there", nowMs + 8_000);
			policy.live("websocket", nowMs + 8_010, even);
			expect(policy.transport).toBe("websocket");
		}
	});

	test("and fell silent is asked for as well; a WebSocket that falls silent each time is left", () => {
		const policy = held();
		expect(policy.ended("silent", 33_000)).toBe(true);
		expect(policy.asks).toBe(true);
		policy.ended("there", 33_010);
		policy.live("websocket", 33_020, even);
		expect(policy.ended("silent", 66_000)).toBe(true);
		expect([policy.transport, policy.asks]).toEqual(["event-stream", false]);
	});

	test("is waited for on the way that one was on, whichever that is", () => {
		for (const expected of ["event-stream", "long-poll", "short-poll"] as const) {
			const policy = new FallbackPolicy("auto", null);
			while (policy.transport !== expected) policy.ended("refused", 0);
			policy.live(expected, 0, even);
			for (let nowMs = 20_000; nowMs < 28_000; nowMs += 1_000) expect(policy.ended("unreachable", nowMs)).toBe(false);
			expect([policy.transport, policy.asks]).toEqual([expected, false]);
		}
	});

	test("is no question where the page asked for the WebSocket's lesser ways, or never had one", () => {
		const chosen = new FallbackPolicy("event-stream", null);
		chosen.live("event-stream", 0, even);
		expect(chosen.ended("refused", 1)).toBe(false);
		const never = new FallbackPolicy("auto", null);
		expect(never.ended("refused", 1)).toBe(true);
		expect([never.transport, never.asks]).toEqual(["event-stream", false]);
	});
});

describe("a browser whose other pages take all the connections there are", () => {
	test("is no network's fault: the last way is taken at once, which holds none, and nothing is learned about those above", () => {
		const policy = new FallbackPolicy("auto", null);
		policy.ended("refused", 0);
		expect(policy.ended("crowded", 0)).toBe(true);
		expect([policy.transport, policy.isCrowded]).toEqual(["short-poll", true]);
		expect(policy.live("short-poll", 0, even)).toBe(probeCrowdedMs);
		expect(policy.isCrowded).toBe(true);
		policy.upgrade("event-stream");
		policy.live("event-stream", 1_000, even);
		expect(policy.isCrowded).toBe(false);
	});

	test("is looked past every ten seconds, however often in vain: a page that dies says nothing", () => {
		const policy = new FallbackPolicy("auto", null);
		policy.ended("refused", 0);
		policy.live("event-stream", 0, even);
		// A look was planned for later.
		policy.ended("crowded", 1_000);
		expect(policy.live("short-poll", 1_000, even)).toBe(probeCrowdedMs);
		for (let looks = 0; looks < 5; looks++) {
			policy.probe();
			expect(policy.stay(looks * probeCrowdedMs, even)).toBe(probeCrowdedMs);
		}
	});

	test("leaves the way that the page asked for as it is", () => {
		const policy = new FallbackPolicy("event-stream", null);
		expect(policy.ended("crowded", 0)).toBe(false);
		expect(policy.transport).toBe("event-stream");
	});
});

describe("looking upward", () => {
	test("is tried after one minute, five, fifteen, and then every fifteen, best first", () => {
		const policy = new FallbackPolicy("auto", null);
		policy.ended("refused", 0);
		policy.ended("refused", 0);
		expect(policy.better).toEqual(["websocket", "event-stream"]);
		expect(policy.live(policy.transport, 0, even)).toBe(bestLookMs);
		for (const ms of [secondLookMs, lastLookMs, lastLookMs]) {
			policy.probe();
			expect(policy.stay(0, even)).toBe(ms);
		}
	});

	test("is spread, so that those who fell together do not look together", () => {
		const waits = [0, 0.999].map((chance) => {
			const policy = new FallbackPolicy("auto", null);
			policy.ended("refused", 0);
			return policy.live(policy.transport, 0, chance) as number;
		});
		expect(waits[0]).toBeLessThan(bestLookMs * 0.9);
		expect(waits[1]).toBeGreaterThan(bestLookMs * 1.1);
	});

	test("is not put off by a link that comes and goes", () => {
		const policy = new FallbackPolicy("auto", null);
		policy.ended("refused", 0);
		policy.live(policy.transport, 0, even);
		for (let nowMs = 20_000; nowMs < bestLookMs; nowMs += 20_000) {
			policy.ended("other", nowMs);
			expect(policy.live(policy.transport, nowMs, even)).toBe(bestLookMs - nowMs);
		}
	});

	test("comes soon where the fall may have had another reason: silence, a server that was away, a memory", () => {
		const silent = new FallbackPolicy("auto", null);
		silent.ended("silent", 0);
		const away = new FallbackPolicy("auto", null);
		away.ended("refused", 0);
		away.ended("unreachable", 0);
		away.ended("refused", 0);
		const remembered = new FallbackPolicy("auto", "short-poll");
		for (const policy of [silent, away, remembered]) expect(policy.live(policy.transport, 0, even)).toBe(probeSoonMs);
	});

	test("comes soon only once: a way that falls silent each time is not tried every few seconds", () => {
		const policy = new FallbackPolicy("auto", null);
		const waits: (number | null)[] = [];
		for (let nowMs = 0; waits.length < 4; nowMs += 33_000) {
			policy.live("websocket", nowMs, even);
			policy.ended("silent", nowMs);
			if (policy.asks) {
				// The first time it may have been the server.
				policy.ended("there", nowMs);
				continue;
			}
			waits.push(policy.live(policy.transport, nowMs, even));
			policy.probe();
			policy.upgrade("websocket");
		}
		expect(waits).toEqual([probeSoonMs, secondLookMs, lastLookMs, lastLookMs]);
	});

	test("begins anew once the best way has held for two minutes", () => {
		const policy = new FallbackPolicy("auto", null);
		policy.ended("refused", 0);
		policy.live(policy.transport, 0, even);
		policy.probe();
		policy.upgrade("websocket");
		expect(policy.transport).toBe("websocket");
		expect(policy.live(policy.transport, 1_000, even)).toBeNull();
		policy.ended("cut", 1_000 + steadyMs);
		policy.ended("cut", 1_000 + steadyMs);
		expect(policy.transport).toBe("event-stream");
		expect(policy.live(policy.transport, 1_000 + steadyMs, even)).toBe(bestLookMs);
	});
});

const bye = (code: "draining" | "silent" | "too_slow") => ({ type: "bye", code, message: "" }) as const;
const table: readonly [title: string, result: AttemptResult, isOnline: boolean, fault: string][] = [
	["was never welcomed", { end: broken(""), bye: null, livedMs: null }, true, "refused"],
	["ended within seconds", { end: broken(""), bye: null, livedMs: 5_000 }, true, "cut"],
	["lasted", { end: broken(""), bye: null, livedMs: 60_000 }, true, "other"],
	["fell silent", { end: broken("", "silent"), bye: null, livedMs: 60_000 }, true, "silent"],
	["was not heard by the server", { end: broken(""), bye: bye("silent"), livedMs: 60_000 }, true, "silent"],
	["was said bye to", { end: broken(""), bye: bye("draining"), livedMs: 1_000 }, true, "other"],
	["was said bye to before its welcome", { end: broken(""), bye: bye("draining"), livedMs: null }, true, "other"],
	["met nobody", { end: broken("", "unreachable"), bye: null, livedMs: null }, true, "unreachable"],
	["ended while the browser has no network", { end: broken("", "silent"), bye: null, livedMs: null }, false, "other"],
];

for (const [title, result, isOnline, fault] of table)
	test(`a link that ${title} says "${fault}"`, () => {
		expect(faultOf(result, isOnline)).toBe(fault as never);
	});

test("requests are held as long as a server holds them, until one is cut; then somewhat shorter than the cut", () => {
	const wait = new HeldWait();
	expect(wait.ms).toBe(waitMsMax);
	expect(wait.cut(5_000)).toBe(true);
	expect(wait.ms).toBe(4_000);
	expect(wait.cut(3_900)).toBe(true);
	expect(wait.ms).toBe(3_120);
});

test("where nothing is held long enough to be worth it, it says so, and the next one begins from the longest", () => {
	const wait = new HeldWait();
	expect(wait.cut(2_000)).toBe(false);
	expect(wait.ms).toBe(waitMsMax);
});

test("after ten that were held to their end a longer wait is dared, and after the next cut only after twenty", () => {
	const wait = new HeldWait();
	wait.cut(5_000);
	const keptUntilLonger = () => {
		const { ms } = wait;
		for (let kept = 1; ; kept++) {
			wait.kept();
			if (wait.ms > ms) return kept;
		}
	};
	expect(keptUntilLonger()).toBe(10);
	expect(wait.ms).toBe(8_000);
	wait.cut(5_000);
	expect(keptUntilLonger()).toBe(20);
});
