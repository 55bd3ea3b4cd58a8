import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { TokenBucket } from "./token-bucket.ts";

const rates = fc.record({ burst: fc.integer({ min: 1, max: 50 }), perMs: fc.integer({ min: 100, max: 60_000 }) });
const pauses = fc.array(fc.oneof(fc.nat(50), fc.nat(5_000), fc.double({ min: 0, max: 3, noNaN: true })), { minLength: 1, maxLength: 100 });

describe("a token bucket", () => {
	test("[RATE-1] takes a burst at once, and then one more for each share of the time", () => {
		const bucket = new TokenBucket({ burst: 5, perMs: 5_000 }, 0);
		expect(Array.from({ length: 6 }, () => bucket.take(0))).toEqual([0, 0, 0, 0, 0, 1_000]);
		expect(bucket.take(400)).toBe(600);
		expect(bucket.take(1_000)).toBe(0);
		expect(bucket.take(1_000)).toBe(1_000);
	});

	test("[RATE-1] in any stretch of time no more pass than the burst and what was refilled meanwhile", () => {
		fc.assert(
			fc.property(rates, pauses, (rate, waits) => {
				const bucket = new TokenBucket(rate, 0);
				let nowMs = 0;
				const passed: number[] = [];
				for (const wait of waits) {
					nowMs += wait;
					if (bucket.take(nowMs) === 0) passed.push(nowMs);
				}
				for (const [first, from] of passed.entries())
					for (const [last, to] of passed.entries())
						if (last >= first) expect(last - first + 1).toBeLessThanOrEqual(rate.burst + ((to - from) * rate.burst) / rate.perMs + 1e-3);
			}),
		);
	});

	test("[DOWN-5] whoever waits as long as they were told gets in", () => {
		fc.assert(
			fc.property(rates, pauses, (rate, waits) => {
				const bucket = new TokenBucket(rate, 0);
				let nowMs = 0;
				for (const wait of waits) {
					nowMs += wait;
					const told = bucket.take(nowMs);
					if (told === 0) continue;
					nowMs += told;
					expect(bucket.take(nowMs)).toBe(0);
				}
			}),
		);
	});

	test("a look back fills nothing and makes no time count twice", () => {
		const bucket = new TokenBucket({ burst: 1, perMs: 1_000 }, 10_000);
		expect(bucket.take(10_000)).toBe(0);
		expect(bucket.isFull(0)).toBe(false);
		expect(bucket.take(10_500)).toBe(500);
		expect(bucket.isFull(11_000)).toBe(true);
	});

	test("a token given back is there again, and never more than fit", () => {
		const bucket = new TokenBucket({ burst: 2, perMs: 1_000 }, 0);
		bucket.refund();
		expect(Array.from({ length: 3 }, () => bucket.take(0) > 0)).toEqual([false, false, true]);
		bucket.refund();
		expect(bucket.take(0)).toBe(0);
	});
});
