import { describe, expect, test } from "bun:test";
import { WriteRates } from "./write-rates.ts";

const rate = { burst: 5, perMs: 5_000 };

describe("the pace of a room", () => {
	test("[RATE-3] slow mode counts from the last message that was accepted", () => {
		const rates = new WriteRates(rate);
		expect(rates.slowModeWaitMs("a", 10_000, 0)).toBe(0);
		rates.take("a", 1_000);
		expect(rates.slowModeWaitMs("a", 10_000, 1_000)).toBe(10_000);
		expect(rates.slowModeWaitMs("a", 10_000, 10_999.5)).toBe(1);
		expect(rates.slowModeWaitMs("a", 10_000, 11_000)).toBe(0);
		expect(rates.slowModeWaitMs("b", 10_000, 1_000)).toBe(0);
	});

	test("[RATE-3] a message of before a restart counts, and an older one does not count instead of a newer", () => {
		const rates = new WriteRates(rate);
		rates.noteSaid("a", 5_000);
		rates.noteSaid("a", 2_000);
		expect(rates.slowModeWaitMs("a", 10_000, 8_000)).toBe(7_000);
	});

	test("[RATE-4] a place given back is as if it had never been taken", () => {
		const rates = new WriteRates({ burst: 1, perMs: 60_000 });
		rates.take("a", 1_000);
		rates.giveBack("a", 1_000);
		expect(rates.slowModeWaitMs("a", 300_000, 1_001)).toBe(0);
		expect(rates.take("a", 1_001)).toBe(0);
	});

	test("[RATE-4] giving back one place leaves what was said before and after it", () => {
		const rates = new WriteRates(rate);
		rates.take("a", 1_000);
		rates.take("a", 2_000);
		rates.giveBack("a", 2_000);
		expect(rates.slowModeWaitMs("a", 10_000, 3_000)).toBe(8_000);
		rates.take("a", 4_000);
		rates.take("a", 5_000);
		rates.giveBack("a", 4_000);
		expect(rates.slowModeWaitMs("a", 10_000, 5_000)).toBe(10_000);
	});

	test("giving back what nobody took does nothing", () => {
		const rates = new WriteRates(rate);
		rates.giveBack("a", 0);
		expect(rates.size).toBe(0);
	});

	test("without a rate anything goes, and slow mode still holds", () => {
		const rates = new WriteRates(null);
		for (let count = 0; count < 1_000; count++) expect(rates.take("a", count)).toBe(0);
		expect(rates.slowModeWaitMs("a", 5_000, 999)).toBe(5_000);
	});

	test("people who are held back by nothing are forgotten, so that a room remembers only its last minutes", () => {
		const rates = new WriteRates(rate);
		let most = 0;
		for (let count = 0; count < 20_000; count++) {
			rates.take(`person ${count}`, count * 1_000);
			most = Math.max(most, rates.size);
		}
		// 300 wrote within slow mode's longest reach; at most 1,000 more join them before they are swept.
		expect(most).toBeLessThanOrEqual(1_301);
	});

	test("[RATE-1] whoever is held back is not forgotten in a sweep, even one that looks back", () => {
		const rates = new WriteRates({ burst: 1, perMs: 10_000_000 });
		rates.take("busy", 0);
		for (let count = 0; count < 5_000; count++) rates.noteSaid(`person ${count}`, 1_000_000 - (count % 7) * 100_000);
		expect(rates.take("busy", 1_000_000)).toBe(9_000_000);
	});
});
