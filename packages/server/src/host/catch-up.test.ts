import { describe, expect, test } from "bun:test";
import { FakeClock } from "../../test/fake-clock.ts";
import { serverLimits } from "../runtime/limits.ts";
import { CatchUp, type Laggard } from "./catch-up.ts";

const { catchUpPagesMax, catchUpSliceMs, catchUpPauseMs } = serverLimits;

function makeQueue(count: number, options: { pages?: number; pageMs?: number } = {}) {
	const clock = new FakeClock();
	const queue = new CatchUp(clock);
	const served: number[] = [];
	const laggards: Laggard[] = [];
	for (let name = 0; name < count; name++) {
		let pagesLeft = options.pages ?? 1;
		const laggard: Laggard = {
			catchUp() {
				served.push(name);
				clock.spend(options.pageMs ?? 0);
				if (--pagesLeft > 0) queue.enter(laggard);
			},
		};
		queue.enter(laggard);
		queue.enter(laggard);
		laggards.push(laggard);
	}
	return { clock, queue, served, laggards };
}

describe("those who are far behind", () => {
	test("[FAN-10] are served in the order in which they came, a page each, and stand at the end for the next", async () => {
		const { clock, queue, served } = makeQueue(3, { pages: 2 });
		await clock.advance(10 * catchUpPauseMs);
		expect(served).toEqual([0, 1, 2, 0, 1, 2]);
		expect(queue.size).toBe(0);
	});

	test("[FAN-10] are served for a few milliseconds at a time, and others have their turn in between", async () => {
		const { clock, queue, served } = makeQueue(20, { pageMs: 1 });
		await clock.settle();
		expect(served).toHaveLength(catchUpSliceMs);
		await clock.advance(catchUpPauseMs - 1);
		expect(served).toHaveLength(catchUpSliceMs);
		await clock.advance(1);
		expect(served).toHaveLength(2 * catchUpSliceMs);
		expect(queue.size).toBe(20 - 2 * catchUpSliceMs);
	});

	test("[FAN-10] who enters again and again does not do away with the pauses", async () => {
		const { clock, served } = makeQueue(4, { pages: 10, pageMs: 1 });
		const startedMs = clock.monotonicMs();
		while (served.length < 40) await clock.advance(1);
		const workMs = 40;
		expect(clock.monotonicMs() - startedMs).toBeGreaterThanOrEqual(workMs + (workMs / catchUpSliceMs - 1) * catchUpPauseMs);
	});

	test("[FAN-10] who leaves is not served", async () => {
		const { clock, queue, served, laggards } = makeQueue(3);
		queue.leave(laggards[1] as Laggard);
		await clock.settle();
		expect(served).toEqual([0, 2]);
	});

	test("[FAN-10] whose pages are still to be read from the disk are held to a number, since their time is not known yet", async () => {
		const { clock, served } = makeQueue(100);
		await clock.settle();
		expect(served).toHaveLength(catchUpPagesMax);
		await clock.advance(10 * catchUpPauseMs);
		expect(served).toHaveLength(100);
	});
});
