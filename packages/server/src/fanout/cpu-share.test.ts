import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CpuShare, fairLevel } from "./cpu-share.ts";

const demands = fc.array(fc.double({ min: 1e-4, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 });
const available = fc.double({ min: 0.05, max: 1, noNaN: true });
const granted = (asked: readonly number[], level: number) => asked.reduce((sum, demand) => sum + Math.min(demand, level), 0);

describe("the level up to which every room gets what it asks for", () => {
	test("[FAN-2] all that is available is given where more is asked for, and no more than that", () => {
		fc.assert(
			fc.property(demands, available, (asked, share) => {
				const level = fairLevel(asked, share);
				const sum = asked.reduce((total, demand) => total + demand, 0);
				if (sum > share) expect(granted(asked, level)).toBeCloseTo(share, 6);
				else expect(granted(asked, level)).toBeCloseTo(sum, 6);
			}),
		);
	});

	test("[FAN-2] a room that asks for more takes nothing from those who ask for less than their part", () => {
		fc.assert(
			fc.property(demands, available, fc.double({ min: 0, max: 10, noNaN: true }), (asked, share, more) => {
				const modest = asked.filter((demand) => demand <= share / (asked.length + 1));
				const level = fairLevel([...asked, more], share);
				for (const demand of modest) expect(Math.min(demand, level)).toBe(demand);
			}),
		);
	});

	test("[FAN-2] it rises and falls without a jump", () => {
		fc.assert(
			fc.property(demands, available, fc.nat(49), (asked, share, index) => {
				const step = 1e-6;
				const moved = asked.map((demand, place) => (place === index % asked.length ? demand + step : demand));
				// Where all demands just fit the share, the level is whatever is above the largest: what is granted is what must not jump.
				const difference = Math.abs(granted(moved, fairLevel(moved, share)) - granted(asked, fairLevel(asked, share)));
				expect(difference).toBeLessThanOrEqual(step + 1e-9);
			}),
		);
	});
});

describe("what is left of the core", () => {
	/** A second in which other work takes `other` of the core, and delivery `delivery`. */
	function second(share: CpuShare, state: { nowMs: number; cpuMs: number }, other: number, delivery: number): void {
		for (let look = 0; look < 10; look++) {
			state.nowMs += 100;
			state.cpuMs += 100 * (other + delivery);
			share.delivered(100 * delivery);
			share.look(state.nowMs, state.cpuMs);
		}
	}

	test("[FAN-2] delivery gets what else the process leaves of the share, and half of it at the least", () => {
		const available = (other: number): number => {
			const share = new CpuShare(0.6);
			const state = { nowMs: 0, cpuMs: 0 };
			for (let count = 0; count < 10; count++) second(share, state, other, 0.2);
			return share.available;
		};
		expect(available(0)).toBe(0.6);
		expect(available(0.1)).toBeCloseTo(0.5, 2);
		expect(available(0.2)).toBeCloseTo(0.4, 2);
		expect(available(0.4)).toBe(0.3);
	});

	test("[FAN-2] what else the process does comes first where the core is full, and delivery never ends", () => {
		const share = new CpuShare(0.6);
		const state = { nowMs: 0, cpuMs: 0 };
		for (let count = 0; count < 10; count++) second(share, state, 0.7, 0.2);
		expect(share.available).toBeCloseTo(0.25, 2);
		for (let count = 0; count < 10; count++) second(share, state, 1, 0);
		expect(share.available).toBe(0.05);
		for (let count = 0; count < 10; count++) second(share, state, 0, 0);
		expect(share.available).toBeCloseTo(0.6, 4);
	});

	test("[FAN-2] where delivery takes more than its share all the same, the level is corrected until it does not", () => {
		const share = new CpuShare(0.6);
		const state = { nowMs: 0, cpuMs: 0 };
		const claimant = { demand: () => 1 };
		share.claim(claimant);
		// It takes half as much again as its level says.
		for (let count = 0; count < 30; count++) second(share, state, 0, share.level * 1.5);
		expect(share.level * 1.5).toBeGreaterThan(0.55);
		expect(share.level * 1.5).toBeLessThan(0.65);
	});

	test("[FAN-2] a view that asks for nothing any more is forgotten", () => {
		const share = new CpuShare(0.6);
		let demand = 0.3;
		share.claim({ demand: () => demand });
		share.look(0, 0);
		expect(share.claimants).toBe(1);
		demand = 0;
		share.look(200, 0);
		expect(share.claimants).toBe(0);
	});
});
