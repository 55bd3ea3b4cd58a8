import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ambientIntervalMs, FlushSchedule, flushBounds, sectionsMax, sectionsOf, windowMs } from "./schedule.ts";

describe("when a room flushes", () => {
	test("[FAN-1] the first event after a quiet moment goes at once, in a room of any size", () => {
		for (const viewers of [0, 1, 10_000, 1_000_000]) {
			const schedule = new FlushSchedule();
			schedule.arrived(1, 5_000);
			expect(schedule.delayMs(viewers, 5_000)).toBe(0);
			expect(schedule.turn(viewers, 5_000).sections).toBe(1);
			schedule.arrived(1, 65_000);
			expect(schedule.delayMs(viewers, 65_000)).toBe(0);
			expect(schedule.turn(viewers, 65_000).sections).toBe(1);
		}
	});

	test("[FAN-2] the next one waits for the window, whose rest is answered", () => {
		const schedule = new FlushSchedule();
		schedule.arrived(1, 0);
		schedule.turn(10, 0);
		schedule.arrived(1, 4);
		expect(schedule.delayMs(10, 4)).toBe(flushBounds.flushMsMin - 4);
	});

	test("[FAN-2] the window grows with viewers in a busy room, and stays short in a quiet one", () => {
		const busy = [10, 1_000, 5_000, 10_000].map((viewers) => windowMs(viewers, 200));
		expect(busy).toEqual([...busy].sort((one, other) => one - other));
		expect(busy[0]).toBe(flushBounds.flushMsMin);
		expect(busy[3]).toBe(flushBounds.flushMsMax);
		expect(windowMs(1_000, 0.5)).toBe(flushBounds.flushMsMin);
	});

	test("[FAN-2] the window is 10 to 250 ms, whoever watches and whatever comes", () => {
		fc.assert(
			fc.property(fc.nat(10_000_000), fc.double({ min: 0, max: 1e6, noNaN: true }), (viewers, rate) => {
				const window = windowMs(viewers, rate);
				expect(window).toBeGreaterThanOrEqual(10);
				expect(window).toBeLessThanOrEqual(250);
			}),
		);
	});

	test("[FAN-2] an audience is divided into sections of a thousand or fewer, as long as eight are enough", () => {
		expect([0, 1_000, 1_001, 2_001, 4_000, 4_001, 1_000_000].map(sectionsOf)).toEqual([1, 1, 2, 4, 4, 8, 8]);
		const schedule = new FlushSchedule();
		schedule.arrived(100, 0);
		schedule.turn(4_000, 0);
		const window = windowMs(4_000, schedule.ratePerSecond(0));
		expect(schedule.delayMs(4_000, 0)).toBeCloseTo(window / 4);
		expect(schedule.turn(4_000, window / 4).sections).toBe(4);
	});

	test("[FAN-2] however events arrive, each viewer is written to no more often than every 10 ms and waits no longer than 250", () => {
		fc.assert(
			fc.property(fc.array(fc.nat(400), { minLength: 1, maxLength: 60 }), fc.nat(50_000), (pauses, viewers) => {
				const schedule = new FlushSchedule();
				const writtenAtMs: number[] = Array(sectionsMax).fill(Number.NEGATIVE_INFINITY);
				let nowMs = 0;
				let next = 0;
				for (const pause of pauses) {
					nowMs += pause;
					schedule.arrived(20, nowMs);
					const arrivedAtMs = nowMs;
					const waiting = new Set(writtenAtMs.keys());
					while (waiting.size > 0) {
						nowMs += schedule.delayMs(viewers, nowMs);
						const { sections } = schedule.turn(viewers, nowMs);
						for (let count = 0; count < sectionsMax / sections; count++, next = (next + 1) % sectionsMax) {
							expect(nowMs - (writtenAtMs[next] as number)).toBeGreaterThanOrEqual(10 - 1e-6);
							writtenAtMs[next] = nowMs;
							waiting.delete(next);
						}
					}
					expect(nowMs - arrivedAtMs).toBeLessThanOrEqual(250 + 1e-6);
				}
			}),
		);
	});

	test("[FAN-2] the measured rate is that of the arrivals, and fades when they end", () => {
		const schedule = new FlushSchedule();
		for (let nowMs = 0; nowMs < 20_000; nowMs += 10) schedule.arrived(1, nowMs);
		expect(schedule.ratePerSecond(20_000)).toBeGreaterThan(90);
		expect(schedule.ratePerSecond(20_000)).toBeLessThan(110);
		expect(schedule.ratePerSecond(30_000)).toBeLessThan(1);
	});

	test("[FAN-3] figures are told at most once a second, and less often in a large room", () => {
		expect([0, 1_000, 1_001, 10_001].map(ambientIntervalMs)).toEqual([1_000, 1_000, 2_000, 5_000]);
	});
});
