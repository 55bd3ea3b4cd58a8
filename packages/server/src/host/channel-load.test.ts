import { describe, expect, test } from "bun:test";
import { quantile, randomFrom, SimulatedLoop, SimulatedRoom } from "../../test/simulated-process.ts";
import { CpuShare } from "../fanout/cpu-share.ts";

interface Simulated {
	readonly viewers: number;
	readonly perSecond: number;
}

/** A process with these rooms, talked in for `seconds`; its core's use, and the rooms with their delays. */
function simulate(rooms: readonly Simulated[], { share = 0.6, seconds = 5, slowness = 1, seed = 7 } = {}) {
	const loop = new SimulatedLoop();
	loop.slowness = slowness;
	const cpu = new CpuShare(share);
	const random = randomFrom(seed);
	const simulated = rooms.map(({ viewers, perSecond }) => {
		const room = new SimulatedRoom(loop, cpu, viewers);
		room.sayBetween(0, seconds * 1_000, perSecond, random);
		return room;
	});
	loop.runUntil(seconds * 1_000 + 1_000);
	return { rooms: simulated, use: loop.cpuMs() / (seconds * 1_000) };
}

const delayOf = (viewers: number, perSecond: number, options = {}) => {
	const { rooms, use } = simulate([{ viewers, perSecond }], options);
	const delays = rooms[0]?.delays ?? [];
	return { p50: quantile(delays, 0.5), p99: quantile(delays, 0.99), use };
};

describe("a process whose core is shared out", () => {
	test("[FAN-2] nobody waits while delivery stays within its share: a viewer is written to as soon as the writes before are done", () => {
		for (const perSecond of [1, 5, 8, 15, 20]) {
			const { p50, p99, use } = delayOf(4_000, perSecond);
			expect(use).toBeLessThan(0.45);
			// All 4,000 take 24 ms.
			expect(p50).toBeLessThan(15);
			expect(p99).toBeLessThan(30);
		}
	});

	test("[FAN-2] a busier room is held to the share, at any rate", () => {
		for (const share of [0.3, 0.6, 0.9]) {
			for (const perSecond of [100, 500, 2_000]) {
				const { p99, use } = delayOf(4_000, perSecond, { share });
				expect(use).toBeLessThan(share * 1.07);
				expect(p99).toBeLessThan((24 / share) * 1.5);
			}
		}
	});

	test("[FAN-2] between quiet and busy the delay has no jump", () => {
		let previous = delayOf(4_000, 5, { seconds: 8 });
		for (let perSecond = 6; perSecond < 200; perSecond *= 1.25) {
			const next = delayOf(4_000, perSecond, { seconds: 8 });
			expect(Math.abs(next.p50 - previous.p50)).toBeLessThan(4);
			expect(Math.abs(next.p99 - previous.p99)).toBeLessThan(20);
			previous = next;
		}
	});

	test("[FAN-2] a slow machine has the same share, and one whose speed changes comes back to it", () => {
		expect(delayOf(4_000, 100, { slowness: 4 }).use).toBeLessThan(0.66);
		const loop = new SimulatedLoop();
		const room = new SimulatedRoom(loop, new CpuShare(0.6), 2_000);
		room.sayBetween(0, 20_000, 500, randomFrom(3));
		const useOf = (fromMs: number, untilMs: number) => {
			loop.runUntil(fromMs);
			const startedMs = loop.cpuMs();
			loop.runUntil(untilMs);
			return (loop.cpuMs() - startedMs) / (untilMs - fromMs);
		};
		expect(useOf(3_000, 6_000)).toBeCloseTo(0.6, 1);
		loop.slowness = 4;
		expect(useOf(8_000, 12_000)).toBeCloseTo(0.6, 1);
		loop.slowness = 0.5;
		expect(useOf(14_000, 18_000)).toBeCloseTo(0.6, 1);
	});

	test("[FAN-2] a burst in a quiet room goes out at once, and the share is kept over a second", () => {
		const loop = new SimulatedLoop();
		const room = new SimulatedRoom(loop, new CpuShare(0.6), 4_000);
		for (let count = 0; count < 40; count++) loop.at(5_000 + count * 25, () => room.say());
		loop.runUntil(5_090);
		expect(Math.max(...room.delays)).toBeLessThan(50);
		loop.runUntil(8_000);
		expect(Math.max(...room.delays)).toBeLessThan(100);
		expect(room.delays.length).toBe(40 * 20);
	});

	test("[FAN-2] a large busy room does not slow the small ones beside it", () => {
		const sizes = [2_000, ...Array<number>(20).fill(200), ...Array<number>(100).fill(20)];
		const rooms = sizes.map((viewers, index) => ({ viewers, perSecond: 200 / (index + 1) }));
		const together = simulate(rooms, { seconds: 6 });
		expect(together.use).toBeLessThan(0.66);
		const small = together.rooms.slice(21).flatMap(({ delays }) => delays);
		// Alone 10 ms at p99, the shortest time between two rounds.
		expect(quantile(small, 0.99)).toBeLessThan(15);
		expect(quantile(small, 0.5)).toBeLessThan(2);
	});

	test("[FAN-2] other work on the same thread comes first", () => {
		const loop = new SimulatedLoop();
		const room = new SimulatedRoom(loop, new CpuShare(0.6), 4_000);
		room.sayBetween(0, 10_000, 200, randomFrom(5));
		let otherMs = 0;
		const work = () => {
			loop.work(6);
			otherMs += 6;
			loop.after(2, work);
		};
		loop.at(2_000, work);
		loop.runUntil(10_000);
		expect(loop.cpuMs() / 10_000).toBeLessThan(0.98);
		expect(otherMs).toBeGreaterThan(3_000);
		expect(quantile(room.delays, 0.99)).toBeLessThan(300);
	});
});
