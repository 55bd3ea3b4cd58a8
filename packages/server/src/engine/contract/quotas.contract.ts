import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Quotas } from "../../room/quotas.ts";

const rate = { burst: 3, perMs: 3_000 };

/** Every promise of `quotas.ts` that one node can be held to. `make` answers fresh ones. */
export function quotasContract(name: string, make: () => Quotas): void {
	describe(`quotas ${name}`, () => {
		test("[RATE-6] give out a burst, and then one place for each share of the time", () => {
			const quotas = make();
			expect([1, 2, 3, 4].map(() => quotas.take("a", rate, 0))).toEqual([0, 0, 0, 1_000]);
			expect(quotas.take("a", rate, 900)).toBeGreaterThan(0);
			expect(quotas.take("a", rate, 1_000)).toBe(0);
		});

		test("[RATE-6] are each name's own", () => {
			const quotas = make();
			for (let count = 0; count < 4; count++) quotas.take("a", rate, 0);
			expect(quotas.take("b", rate, 0)).toBe(0);
		});

		test("[RATE-6] never give out more than the burst and what the time allows, whoever asks when", () => {
			fc.assert(
				fc.property(fc.array(fc.record({ name: fc.constantFrom("a", "b"), pauseMs: fc.nat(2_000) }), { maxLength: 60 }), (asked) => {
					const quotas = make();
					let nowMs = 0;
					const given: Record<string, number> = { a: 0, b: 0 };
					for (const { name, pauseMs } of asked) {
						nowMs += pauseMs;
						if (quotas.take(name, rate, nowMs) === 0) given[name]!++;
					}
					for (const count of Object.values(given))
						expect(count).toBeLessThanOrEqual(rate.burst + (nowMs * rate.burst) / rate.perMs + 1e-6);
				}),
			);
		});
	});
}
