import { describe, expect, test } from "bun:test";
import type { Downstream } from "@hubbub/protocol/downstream.ts";
import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import { encodeCursor } from "@hubbub/protocol/wire/cursor.ts";
import { keptMs, LaneBook, totalBytes } from "./book.ts";

const at = (offset: number, epoch = "e1") => encodeCursor({ epoch, offset });
const state = { settings: {} as never, viewers: 1, likes: 0 };

function message(offset: number): MessageEvent {
	return { offset, at: 0, kind: "message", id: `m${offset}`, from: { id: "u", name: "u", roles: [] }, text: `text ${offset}` };
}

function batch(through: number, offsets: readonly number[], more: Partial<Extract<Downstream, { type: "batch" }>> = {}): Downstream {
	return { type: "batch", room: "lab", cursor: at(through), events: offsets.map(message), ...more };
}

function started(offset = 10): LaneBook {
	const book = new LaneBook();
	book.startAt(at(offset));
	return book;
}

function read(book: LaneBook, frame: Downstream, nowMs = 1_000): void {
	book.enter({ type: "frame", frame }, nowMs);
}

describe("what a lane has seen", () => {
	test("messages in order are seen, none is missed or doubled, and the cursor moves", () => {
		const book = started();
		read(book, batch(12, [11, 12]));
		read(book, batch(13, [13]));
		expect(book.counts).toMatchObject({ seen: 3, missed: 0, doubled: 0 });
		expect(book.cursor).toBe(at(13));
		expect(book.latest).toBe("text 13");
	});

	test("an offset passed over is missed, inside a batch, before it and at its end", () => {
		const book = started();
		read(book, batch(16, [12, 14]));
		expect(book.counts).toMatchObject({ seen: 2, missed: 4 });
	});

	test("what the room says it left out, or counted on another, is not missed", () => {
		const book = started();
		read(book, batch(16, [12], { omitted: 3, repeats: [{ id: "m12", count: 2 }] }));
		expect(book.counts).toMatchObject({ seen: 1, missed: 0, omitted: 5 });
	});

	test("a message that comes again is doubled, and not seen again", () => {
		const book = started();
		read(book, batch(12, [11, 12]));
		read(book, batch(13, [12, 13]));
		expect(book.counts).toMatchObject({ seen: 3, doubled: 1, missed: 0 });
	});

	test("what lies in a gap is missed", () => {
		const book = started();
		read(book, { type: "gap", room: "lab", from: at(10), to: at(15) });
		read(book, batch(16, [16]));
		expect(book.counts).toMatchObject({ seen: 1, missed: 5 });
	});

	test("coming back by a joined frame counts like a batch", () => {
		const book = started();
		read(book, { type: "joined", room: "lab", cursor: at(12), recovered: true, state, events: [message(11), message(12)] });
		expect(book.counts).toMatchObject({ seen: 2, missed: 0, doubled: 0 });
	});

	test("starting over with a hole before the history shows the hole", () => {
		const book = started();
		read(book, { type: "joined", room: "lab", cursor: at(40), recovered: false, state, events: [message(39), message(40)] });
		expect(book.counts).toMatchObject({ seen: 2, missed: 28 });
	});

	test("starting over with a history that is known in part doubles nothing", () => {
		const book = started();
		read(book, { ...batch(12, [9, 10, 11, 12]), recovered: false, state } as Downstream);
		expect(book.counts).toMatchObject({ seen: 2, missed: 0, doubled: 0 });
	});

	test("another epoch is another history, in which nothing was missed yet", () => {
		const book = started(500);
		read(book, { ...batch(3, []), cursor: at(3, "e2") } as Downstream);
		read(book, { ...batch(4, [4]), cursor: at(4, "e2") } as Downstream);
		expect(book.counts).toMatchObject({ seen: 1, missed: 0, doubled: 0 });
	});

	test("other events have an offset, but are no messages", () => {
		const book = started();
		const deletion = { offset: 11, at: 0, kind: "delete", target: "m1" } as const;
		read(book, { type: "batch", room: "lab", cursor: at(12), events: [deletion, message(12)] });
		expect(book.counts).toMatchObject({ seen: 1, missed: 0 });
	});
});

describe("the delay of a lane", () => {
	test("is from the send to the sight, whether the answer to the send came before or after", () => {
		const book = started();
		book.said("m11", 1_000);
		read(book, batch(11, [11]), 1_030);
		read(book, batch(12, [12]), 2_050);
		book.said("m12", 2_000);
		expect(book.medianDelayMs).toBe(40);
	});

	test("what was said while the lane was cut is made up for even where the answer to its send comes last", () => {
		const book = started();
		book.enter({ type: "ended", how: "cut", why: "" }, 1_000);
		book.mend(9_000);
		read(book, batch(11, [11]), 9_010);
		book.said("m11", 8_900);
		expect(book.counts.madeUp).toBe(1);
		expect(book.medianDelayMs).toBeNull();
	});

	test("is none for what others said", () => {
		const book = started();
		read(book, batch(11, [11]));
		expect(book.medianDelayMs).toBeNull();
	});

	test("leaves out what was said while the lane was cut; that is made up for instead", () => {
		const book = started();
		book.enter({ type: "ended", how: "cut", why: "" }, 1_000);
		book.said("m11", 1_500);
		book.mend(9_000);
		read(book, batch(11, [11]), 9_010);
		expect(book.medianDelayMs).toBeNull();
		expect(book.counts).toMatchObject({ seen: 1, madeUp: 1, missed: 0 });
		expect(book.dots).toMatchObject([{ atMs: 9_010, isMadeUp: true }]);
		expect(book.cuts).toEqual([{ fromMs: 1_000, toMs: 9_000 }]);
	});
});

describe("what a lane costs", () => {
	test("bytes of bodies and of heads are counted apart, and add up", () => {
		const book = started();
		book.enter({ type: "asked", headBytes: 400 }, 0);
		book.enter({ type: "answering", headBytes: 120, isOpen: true }, 5);
		book.enter({ type: "gave", bytes: 70 }, 6);
		book.enter({ type: "took", bytes: 300 }, 7);
		expect(book.counts).toMatchObject({ requests: 1, upBytes: 70, headUpBytes: 400, downBytes: 300, headDownBytes: 120 });
		expect(totalBytes(book.counts)).toEqual({ up: 470, down: 420 });
		expect(book.state).toEqual({ is: "open" });
	});

	test("a request is a bar from its start to its answer, and says whether it brought messages", () => {
		const book = started();
		book.enter({ type: "asked", headBytes: 1 }, 100);
		book.enter({ type: "ended", how: "answered", why: "304" }, 110);
		book.enter({ type: "asked", headBytes: 1 }, 200);
		read(book, batch(11, [11]), 205);
		book.enter({ type: "ended", how: "answered", why: "200" }, 210);
		book.enter({ type: "asked", headBytes: 1 }, 300);
		expect(book.bars).toMatchObject([
			{ startMs: 100, endMs: 110, end: "answered", hasNews: false },
			{ startMs: 200, endMs: 210, end: "answered", hasNews: true },
			{ startMs: 300, endMs: null, end: "open", hasNews: false },
		]);
	});

	test("a failure keeps its reason until the next request", () => {
		const book = started();
		book.enter({ type: "asked", headBytes: 1 }, 0);
		book.enter({ type: "ended", how: "failed", why: "too_many_connections" }, 1);
		expect(book.state).toEqual({ is: "failed", why: "too_many_connections" });
		book.enter({ type: "asked", headBytes: 1 }, 2);
		expect(book.state).toEqual({ is: "asking" });
	});

	test("counting from zero keeps the place in the room", () => {
		const book = started();
		read(book, batch(12, [11, 12]));
		book.reset();
		read(book, batch(13, [13]));
		expect(book.counts).toMatchObject({ requests: 0, seen: 1, missed: 0, doubled: 0 });
	});

	test("what no strip shows any more is forgotten", () => {
		const book = started();
		for (let index = 0; index < 50; index++) {
			book.enter({ type: "asked", headBytes: 1 }, index * 10);
			read(book, batch(11 + index, [11 + index]), index * 10 + 1);
			book.enter({ type: "ended", how: "answered", why: "200" }, index * 10 + 2);
		}
		book.enter({ type: "asked", headBytes: 1 }, keptMs + 10_000);
		expect(book.bars).toHaveLength(1);
		expect(book.dots).toHaveLength(0);
		expect(book.counts.seen).toBe(50);
	});
});
