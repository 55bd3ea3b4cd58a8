import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CpuShare } from "./cpu-share.ts";
import { ambientIntervalMs, FlushSchedule, flushMsMax, flushMsMin } from "./schedule.ts";

const shares = fc.double({ min: 0.05, max: 1, noNaN: true });
const costs = fc.double({ min: 0.001, max: 0.2, noNaN: true });

/** A schedule whose every write takes `writeMs`, and rounds of it as they would be taken one after the other. */
function rounds(viewers: number, share: number, writeMs: number) {
	const schedule = new FlushSchedule({ share: new CpuShare(share), viewers: () => viewers });
	let nowMs = 0;
	/** One round; answers how long it took from beginning to end. */
	const round = () => {
		const startedMs = nowMs;
		for (let left = viewers; left > 0; ) {
			nowMs += schedule.delayMs(nowMs);
			const written = Math.min(left, schedule.stepViewers());
			left -= written;
			nowMs += written * writeMs;
			schedule.stepped(written, written * writeMs, nowMs);
		}
		return nowMs - startedMs;
	};
	return { schedule, round, now: () => nowMs, pass: (ms: number) => (nowMs += ms) };
}

describe("when a view of a room writes", () => {
	test("[FAN-1] the first event after a quiet moment goes at once, whoever watches and whatever writing costs", () => {
		fc.assert(
			fc.property(fc.nat(20_000), shares, costs, (viewers, share, writeMs) => {
				const { schedule, round, now, pass } = rounds(viewers, share, writeMs);
				expect(schedule.delayMs(now())).toBe(0);
				round();
				pass(flushMsMax);
				expect(schedule.delayMs(now())).toBe(0);
			}),
		);
	});

	test("[FAN-2] rounds that follow one another take their share of the core, and what was saved up before", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 5_000 }), fc.double({ min: 0.2, max: 1, noNaN: true }), (viewers, share) => {
				const writeMs = 0.006;
				const { round, now } = rounds(viewers, share, writeMs);
				let workedMs = 0;
				while (now() < 10_000) {
					round();
					workedMs += viewers * writeMs;
				}
				const savedMs = 250 * share;
				expect(workedMs).toBeLessThanOrEqual(now() * share + savedMs + viewers * writeMs);
				expect(workedMs).toBeGreaterThanOrEqual(now() * share * 0.95 - viewers * writeMs);
			}),
		);
	});

	test("[FAN-2] nobody waits longer than 250 ms for a round to begin and pass, however small the share", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 20_000 }), shares, costs, (viewers, share, writeMs) => {
				const { round } = rounds(viewers, share, writeMs);
				// As it becomes known what a write costs, steps are of another size, and the last of one round differs from that of the next.
				for (let count = 0; count < 20; count++) round();
				for (let count = 0; count < 20; count++) expect(round()).toBeLessThanOrEqual(flushMsMax * 1.05 + viewers * writeMs);
			}),
		);
	});

	test("[FAN-2] a step writes to as many as a few milliseconds allow, on a fast machine and on a slow one", () => {
		for (const writeMs of [0.003, 0.006, 0.05]) {
			const { schedule, round } = rounds(5_000, 0.6, writeMs);
			for (let count = 0; count < 20; count++) round();
			expect(schedule.stepViewers() * writeMs).toBeGreaterThan(2);
			expect(schedule.stepViewers() * writeMs).toBeLessThan(6);
		}
	});

	test("[FAN-9] a client is told a window within the bounds, and the longer the more there is to do", () => {
		fc.assert(
			fc.property(fc.nat(20_000), shares, costs, (viewers, share, writeMs) => {
				const { schedule, round, now } = rounds(viewers, share, writeMs);
				for (let count = 0; count < 5; count++) round();
				expect(schedule.roundMs(now())).toBeGreaterThanOrEqual(flushMsMin);
				expect(schedule.roundMs(now())).toBeLessThanOrEqual(flushMsMax);
			}),
		);
		const { schedule, round, now } = rounds(4_000, 0.3, 0.006);
		for (let count = 0; count < 20; count++) round();
		expect(schedule.roundMs(now())).toBeGreaterThan(60);
	});

	test("[FAN-2] the measured rate is that of the arrivals, and the demand with it; both fade when they end", () => {
		const schedule = new FlushSchedule({ share: new CpuShare(0.6), viewers: () => 4_000 });
		for (let nowMs = 0; nowMs < 20_000; nowMs += 50) schedule.arrived(nowMs);
		expect(schedule.ratePerSecond(20_000)).toBeGreaterThan(17);
		expect(schedule.ratePerSecond(20_000)).toBeLessThan(23);
		expect(schedule.demand(20_000)).toBeGreaterThan(0.4);
		expect(schedule.demand(20_000)).toBeLessThan(1);
		expect(schedule.demand(40_000)).toBeLessThan(1e-5);
	});

	test("[FAN-3] figures are told at most once a second, and less often in a large room", () => {
		expect([0, 1_000, 1_001, 10_001].map(ambientIntervalMs)).toEqual([1_000, 1_000, 2_000, 5_000]);
	});
});
