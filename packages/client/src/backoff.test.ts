import { expect, test } from "bun:test";
import fc from "fast-check";
import { backoffBaseMs, backoffCapMs, backoffMs, hintCapMs, hintedMs } from "./backoff.ts";

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("a wait lies between nothing and a ceiling that doubles up to the cap", () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 10_000 }), chance, (failures, random) => {
			const waitMs = backoffMs(failures, () => random);
			expect(waitMs).toBeGreaterThanOrEqual(0);
			expect(waitMs).toBeLessThan(Math.min(backoffCapMs, backoffBaseMs * 2 ** (failures - 1)));
		}),
	);
});

test("the jitter is full: waits spread over the whole range", () => {
	expect(backoffMs(4, () => 0)).toBe(0);
	expect(backoffMs(4, () => 0.5)).toBe(2_000);
	expect(backoffMs(1, () => 0.999)).toBeLessThan(500);
	expect(backoffMs(50, () => 0.5)).toBe(15_000);
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
