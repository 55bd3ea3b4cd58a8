import { describe, expect, test } from "bun:test";
import type { RoomEvent } from "@hubbub/protocol/event.ts";
import { encodeCursor } from "@hubbub/protocol/wire/cursor.ts";
import fc from "fast-check";
import { message } from "../test/fake-environment.ts";
import { Bookmark } from "./bookmark.ts";

const at = (offset: number, epoch = "e1") => encodeCursor({ epoch, offset });
const range = (from: number, to: number): RoomEvent[] => Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
const offsets = (events: readonly RoomEvent[]) => events.map((event) => event.offset);

describe("reading on", () => {
	test("[LOG-6] batches in any repetition and overlap give each event once, in order", () => {
		const batches = fc.array(fc.record({ from: fc.integer({ min: 1, max: 40 }), length: fc.integer({ min: 1, max: 12 }) }), {
			maxLength: 30,
		});
		fc.assert(
			fc.property(batches, (steps) => {
				const bookmark = new Bookmark(at(0));
				const seen: number[] = [];
				let reach = 0;
				for (const { from, length } of steps) {
					// A server never leaves a hole without a gap: a batch starts at most one past what was sent.
					const first = Math.min(from, reach + 1);
					const last = first + length - 1;
					seen.push(...offsets(bookmark.advance(at(last), range(first, last))));
					reach = Math.max(reach, last);
				}
				expect(seen).toEqual(offsets(range(1, reach)));
				expect(bookmark.cursor).toBe(at(reach));
			}),
		);
	});

	test("events that stand out of order within a batch are put in order, not lost", () => {
		const bookmark = new Bookmark(at(0));
		expect(offsets(bookmark.advance(at(3), [message(3), message(1), message(2)]))).toEqual([1, 2, 3]);
	});

	test("an old cursor does not move the bookmark back", () => {
		const bookmark = new Bookmark(at(0));
		bookmark.advance(at(9), range(1, 9));
		bookmark.advance(at(4), range(1, 4));
		expect(bookmark.cursor).toBe(at(9));
		expect(bookmark.isBehind(at(4))).toBe(true);
		expect(bookmark.isBehind(at(10))).toBe(false);
	});

	test("a batch without events moves the cursor: its chat was left out by the budget", () => {
		const bookmark = new Bookmark(at(5));
		expect(bookmark.advance(at(9), [])).toEqual([]);
		expect(bookmark.cursor).toBe(at(9));
	});

	test("the offsets of another epoch are other events", () => {
		const bookmark = new Bookmark(at(0));
		bookmark.advance(at(9), range(1, 9));
		expect(offsets(bookmark.advance(at(2, "e2"), range(1, 2)))).toEqual([1, 2]);
		expect(bookmark.cursor).toBe(at(2, "e2"));
	});

	test("what is no cursor is not kept as one", () => {
		expect(new Bookmark("<nonsense>").cursor).toBeNull();
	});
});

describe("starting over", () => {
	test("events seen before stay seen within an epoch", () => {
		const bookmark = new Bookmark(at(0));
		bookmark.advance(at(9), range(1, 9));
		expect(offsets(bookmark.reset(at(12), range(7, 12)))).toEqual([10, 11, 12]);
	});

	test("a log that went back in its epoch is new from where it stands", () => {
		const bookmark = new Bookmark(at(0));
		bookmark.advance(at(9), range(1, 9));
		expect(offsets(bookmark.reset(at(4), range(1, 4)))).toEqual([1, 2, 3, 4]);
		expect(offsets(bookmark.advance(at(5), range(5, 5)))).toEqual([5]);
		expect(bookmark.cursor).toBe(at(5));
	});
});

describe("reading back", () => {
	test("the oldest known event is where older pages end", () => {
		const bookmark = new Bookmark();
		expect(bookmark.oldest).toBeNull();
		bookmark.reset(at(90), range(41, 90));
		expect(bookmark.oldest).toEqual({ cursor: at(41), offset: 41 });
		bookmark.extendBack(range(21, 40), false);
		bookmark.extendBack(range(30, 40), false);
		expect(bookmark.oldest?.offset).toBe(21);
	});

	test("whoever came with a cursor has everything up to it", () => {
		expect(new Bookmark(at(30)).oldest?.offset).toBe(31);
	});
});
