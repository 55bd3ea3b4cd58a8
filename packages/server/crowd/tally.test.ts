import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DeliveryDelay } from "./delay.ts";
import { Quantiles } from "./quantiles.ts";
import { type Outcome, Tally } from "./tally.ts";

describe("quantiles", () => {
	test("are at most 1 % above the exact ones, and never below", () => {
		fc.assert(
			fc.property(
				fc.array(fc.double({ min: 0, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 500 }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				(durations, q) => {
					const quantiles = new Quantiles();
					for (const duration of durations) quantiles.record(duration);
					const sorted = [...durations].sort((a, b) => a - b);
					const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] as number;
					const answer = quantiles.quantile(q) as number;
					expect(answer).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
					expect(answer).toBeLessThanOrEqual(Math.max(0.01, exact * 1.010_001));
				},
			),
		);
	});

	test("of nothing are null", () => {
		expect(new Quantiles().quantile(0.5)).toBeNull();
	});
});

describe("the books", () => {
	const outcome = fc.oneof(
		fc.record({
			kind: fc.constant("ack" as const),
			fate: fc.constantFrom("shown" as const, "sampled", "held"),
			ms: fc.nat(100),
			position: fc.constant(null),
		}),
		fc.record({ kind: fc.constant("reject" as const), code: fc.constantFrom("rate_limited" as const, "read_only") }),
		fc.constant({ kind: "unanswered" as const }),
	);

	test("balance exactly when every entry is in one place", () => {
		fc.assert(
			fc.property(fc.array(fc.oneof(outcome, fc.constant("skip" as const))), fc.nat(5), fc.nat(5), (steps, unreported, open) => {
				const tally = new Tally();
				for (const step of steps) {
					if (step === "skip") tally.noteSkipped("gift");
					else {
						tally.noteSent();
						tally.noteOutcome(step as Outcome);
					}
				}
				for (let index = 0; index < open; index++) tally.noteSent();
				expect(tally.account(steps.length + open + unreported).balanced).toBe(unreported === 0 && open === 0);
				expect(tally.open).toBe(open);
			}),
		);
	});
});

describe("delivery delay", () => {
	test("counts from sent to read, whichever of ack and batch comes first", () => {
		const delay = new DeliveryDelay();
		delay.noteArrival(7, 130);
		delay.noteSent(7, 100);
		delay.noteArrival(7, 150);
		expect(delay.delayMs.count).toBe(2);
		expect(delay.delayMs.quantile(1)).toBeCloseTo(50, 5);
	});

	test("leaves out what people outside said", () => {
		const delay = new DeliveryDelay();
		delay.noteArrival(1, 10);
		delay.noteSent(2, 5);
		expect(delay.delayMs.count).toBe(0);
	});
});
