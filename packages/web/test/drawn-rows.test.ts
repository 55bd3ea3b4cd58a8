import { describe, expect, test } from "bun:test";
import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import { messageRow, type Row } from "@hubbub/room-model/rows.ts";
import { DrawnRows } from "../src/room/drawn-rows.ts";
import { Pause } from "../src/room/pause.ts";

function rows(from: number, to: number): Row[] {
	return Array.from({ length: to - from + 1 }, (_, index) => {
		const offset = from + index;
		const event: MessageEvent = { kind: "message", id: `m${offset}`, offset, at: 0, from: { id: "u", name: "Ann", roles: [] }, text: "hi" };
		return messageRow(event, "other");
	});
}

/** A list whose browser draws when told to, and what stood on the page at each drawing, as first and last key. */
function drawn() {
	const waiting: (() => void)[] = [];
	let wanted: Row[] = [];
	let isSeen = true;
	const frames: string[] = [];
	const list = new DrawnRows(
		(run) => waiting.push(run),
		() => list.next(wanted, isSeen),
	);
	const seen = () => (list.rows.length === 0 ? "nothing" : `${list.rows[0]?.key} to ${list.rows.at(-1)?.key}`);
	return {
		frames,
		list,
		want(next: Row[], sight: "seen" | "unseen" = "seen") {
			wanted = next;
			isSeen = sight === "seen";
			list.next(wanted, isSeen);
			return seen();
		},
		/** The browser draws a frame; what was to come after it comes. */
		frame() {
			frames.push(seen());
			for (const run of waiting.splice(0)) run();
		},
	};
}

describe("rows that leave above", () => {
	test("leave in a frame in which nothing comes in: neither what was drawn just before, nor what comes meanwhile", () => {
		const { want, frame, frames } = drawn();
		want(rows(1, 10));
		frame();
		want(rows(1, 11));
		want(rows(6, 12));
		frame();
		want(rows(6, 13));
		frame();
		want(rows(6, 14));
		frame();
		expect(frames).toEqual(["m1 to m10", "m1 to m11", "m6 to m11", "m6 to m14"]);
	});

	test("leave at once, with what comes in, where nobody sees the list", () => {
		const { want, frame, frames } = drawn();
		want(rows(1, 10));
		frame();
		expect(want(rows(6, 12), "unseen")).toBe("m6 to m12");
		want(rows(9, 15), "seen");
		expect(want(rows(9, 16), "unseen")).toBe("m9 to m16");
		frame();
		frame();
		expect(want(rows(9, 17))).toBe("m9 to m17");
		expect(frames).toEqual(["m1 to m10", "m9 to m16", "m9 to m16"]);
	});

	test("stay where they are wanted again before their frame", () => {
		const { want, frame, frames } = drawn();
		want(rows(3, 10));
		frame();
		want(rows(6, 10));
		want(rows(1, 10));
		frame();
		want(rows(1, 11));
		frame();
		want(rows(4, 12));
		frame();
		frame();
		frame();
		expect(frames).toEqual(["m3 to m10", "m1 to m10", "m1 to m11", "m1 to m11", "m4 to m11", "m4 to m12"]);
	});

	test("are no matter where the reader goes somewhere else altogether, or everything is gone", () => {
		const { want } = drawn();
		want(rows(1, 10));
		expect(want(rows(500, 510))).toBe("m500 to m510");
		expect(want([])).toBe("nothing");
	});
});

describe("rows that come in below", () => {
	test("many at once come in by several frames, in order, with what comes meanwhile", () => {
		const { want, frame, frames } = drawn();
		want(rows(1, 10));
		frame();
		want(rows(1, 30));
		frame();
		want(rows(1, 31));
		frame();
		frame();
		frame();
		expect(frames).toEqual(["m1 to m10", "m1 to m18", "m1 to m26", "m1 to m31", "m1 to m31"]);
	});

	test("a message on its way stays last while others come in above it", () => {
		const { want, frame, list } = drawn();
		const draft: Row = { ...(rows(99, 99)[0] as Row), key: "draft" };
		const keys = () => list.rows.map((row) => row.key);
		want([...rows(1, 10), draft]);
		frame();
		want([...rows(1, 22), draft]);
		expect(keys()).toEqual([...rows(1, 18), draft].map((row) => row.key));
		frame();
		expect(keys()).toEqual([...rows(1, 22), draft].map((row) => row.key));
	});

	test("all at once where nobody sees the list, where it is the first drawing, and where the reader was away for long", () => {
		const { want } = drawn();
		expect(want(rows(1, 60))).toBe("m1 to m60");
		expect(want(rows(1, 90), "unseen")).toBe("m1 to m90");
		expect(want(rows(1, 200))).toBe("m1 to m200");
	});

	test("older rows above come in at once: the place is kept by one drawing", () => {
		const { want } = drawn();
		want(rows(50, 60));
		expect(want(rows(1, 60))).toBe("m1 to m60");
	});
});

describe("a list that stands still", () => {
	test("goes on when the last reason is gone, if it followed before", () => {
		const pause = new Pause();
		pause.begin("pointer", true);
		pause.begin("focus", false);
		expect([pause.end("pointer"), pause.isOn, pause.end("focus"), pause.isOn]).toEqual([false, true, true, false]);
		expect(pause.end("focus")).toBe(false);
	});

	test("does not, where the reader had gone back before, or goes back meanwhile", () => {
		const before = new Pause();
		before.begin("pointer", false);
		expect(before.end("pointer")).toBe(false);
		const meanwhile = new Pause();
		meanwhile.begin("pointer", true);
		meanwhile.scrolled("away");
		expect(meanwhile.end("pointer")).toBe(false);
	});

	test("does, where they come back to the newest meanwhile", () => {
		const pause = new Pause();
		pause.begin("pointer", true);
		pause.scrolled("away");
		pause.scrolled("newest");
		expect(pause.end("pointer")).toBe(true);
	});
});
