import { expect, test } from "bun:test";
import fc from "fast-check";
import { EventIds } from "./event-ids.ts";
import { systemRandom } from "./random.ts";

const nowMs = Date.UTC(2026, 10, 26);

test("[SAY-2] every id is greater than the last, whatever the machine's clock does", () => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: -5_000, max: 5_000 })), (leaps) => {
			const ids = new EventIds(systemRandom);
			const made = leaps.map((leapMs) => ids.next(nowMs + leapMs));
			expect(made).toEqual([...new Set(made)].sort());
			for (const id of made) expect(id).toMatch(/^[0-9a-z]{13}$/);
		}),
	);
});

test("[SAY-2] a millisecond that has given out all its ids goes on with the next one's", () => {
	const ids = new EventIds({ ...systemRandom, unit: () => 1 - 2 ** -53 });
	const [last, next] = [ids.next(nowMs), ids.next(nowMs)];
	expect(last.slice(8)).toBe("zzzzz");
	expect(next).toBe(`${(nowMs + 1).toString(36)}00000`);
});

test("[SAY-2] two nodes of one room give out different ids in one millisecond", () => {
	const made = Array.from({ length: 20 }, () => new EventIds(systemRandom).next(nowMs));
	expect(new Set(made).size).toBe(20);
});
