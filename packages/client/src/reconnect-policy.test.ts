import { describe, expect, test } from "bun:test";
import { type Code, codes } from "@hubbub/protocol/wire/codes.ts";
import fc from "fast-check";
import { backoffBaseMs, backoffCapMs, backoffMs, backoffPatienceMs, hintCapMs, hintedMs, judge } from "./reconnect-policy.ts";

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("a wait lies between nothing and a ceiling that doubles up to the cap", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 10_000 }),
			fc.integer({ min: -86_400_000, max: 86_400_000 }),
			chance,
			(failures, awayMs, random) => {
				const waitMs = backoffMs(failures, awayMs, () => random);
				expect(waitMs).toBeGreaterThanOrEqual(0);
				expect(waitMs).toBeLessThan(Math.min(backoffCapMs, backoffBaseMs * 2 ** (failures - 1)));
			},
		),
	);
});

test("whoever lost a server is back within 2.5 s of its return, or a quarter of the time that it was away", () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 0, max: 86_400_000 }), chance, (failures, awayMs, random) => {
			expect(backoffMs(failures, awayMs, () => random)).toBeLessThan(Math.max(backoffPatienceMs, awayMs / 4));
		}),
	);
	expect(backoffMs(9, 8_000, () => 0.999)).toBeLessThan(2_500);
	expect(backoffMs(9, 60_000, () => 0.999)).toBeWithin(14_000, 15_000);
});

test("a server that is away for an hour is asked for a few hundred times, not thousands", () => {
	let attempts = 0;
	for (let awayMs = 0; awayMs < 3_600_000; attempts++) awayMs += backoffMs(attempts + 1, awayMs, () => 0.5) + 1;
	expect(attempts).toBeLessThan(300);
});

test("the jitter is full: waits spread over the whole range", () => {
	expect(backoffMs(4, 1_000_000, () => 0)).toBe(0);
	expect(backoffMs(4, 1_000_000, () => 0.5)).toBe(2_000);
	expect(backoffMs(1, 0, () => 0.999)).toBeLessThan(500);
	expect(backoffMs(50, 1_000_000, () => 0.5)).toBe(15_000);
	expect(backoffMs(50, 0, () => 0.5)).toBe(1_250);
});

test("a server's wait is kept, and stretched by a fifth at most", () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: hintCapMs }), chance, (hintMs, random) => {
			const waitMs = hintedMs(hintMs, () => random);
			expect(waitMs).toBeGreaterThanOrEqual(hintMs);
			expect(waitMs).toBeLessThanOrEqual(hintMs * 1.2);
		}),
	);
});

test("a server's wait that makes no sense is bounded", () => {
	expect(hintedMs(-5, () => 0)).toBe(0);
	expect(hintedMs(Number.MAX_SAFE_INTEGER, () => 0)).toBe(hintCapMs);
});

const end = (code: number, reason = "") => ({ code, reason, wasClean: true });

describe("[CODE-1] the end of a link", () => {
	for (const code of Object.keys(codes) as Code[]) {
		const { close } = codes[code];
		if (close === null) continue;
		test(`${close} ${code} is ${close < 4100 ? "final" : "a reason to come back"}`, () => {
			const verdict = judge(end(close), null);
			expect(verdict).toMatchObject({ isFinal: close < 4100, code });
		});
	}

	test("a code of ours that this version does not know is judged by its range", () => {
		expect(judge(end(4077), null).isFinal).toBe(true);
		expect(judge(end(4177), null).isFinal).toBe(false);
	});

	test("a lost network, a restarting server and a close without a code are reasons to come back", () => {
		for (const code of [1000, 1001, 1005, 1006, 1011, 1012, 1013, 1015]) expect(judge(end(code), null).isFinal).toBe(false);
	});

	test("failures of the protocol itself are final", () => {
		for (const code of [1002, 1003, 1007, 1008, 1009, 1010]) expect(judge(end(code), null).isFinal).toBe(true);
	});
});

describe("a bye", () => {
	test("wins over the close code, which a proxy may have rewritten", () => {
		const verdict = judge(end(1006), { type: "bye", code: "banned", message: "You are banned here." });
		expect(verdict).toEqual({ isFinal: true, code: "banned", afterMs: null, reason: "You are banned here." });
	});

	test("carries the time to come back after, and its sentence", () => {
		const bye = { type: "bye", code: "draining", message: "Restarting.", reconnectAfterMs: 1_234 } as const;
		expect(judge(end(1006), bye)).toEqual({ isFinal: false, code: "draining", afterMs: 1_234, reason: "Restarting." });
	});

	test("of a later version leaves the word to the close code", () => {
		const bye = { type: "bye", code: "moved" as Code, message: "Moved." } as const;
		expect(judge(end(4050), bye).isFinal).toBe(true);
		expect(judge(end(4150), bye).isFinal).toBe(false);
	});
});
