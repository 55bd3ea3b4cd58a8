import { describe, expect, test } from "bun:test";
import type { RoomEvent } from "@hubbub/protocol/event.ts";
import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import { growth, growthMax, growthOf } from "../../protocol/test/growth.ts";
import { Discussion, discussionLimits, mentions } from "./discussion.ts";
import { leftAbove, type MessageRow, type Row, timesSaid } from "./rows.ts";

const me = { id: "u-me", name: "小明", roles: ["guest" as const] };

function message(offset: number, text = `text ${offset}`, more: Partial<MessageEvent> = {}): MessageEvent {
	return { kind: "message", id: `m${offset}`, offset, at: offset * 1_000, from: { id: "u-a", name: "Ann", roles: [] }, text, ...more };
}

function many(from: number, to: number): MessageEvent[] {
	return Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
}

function texts(rows: readonly Row[]): string[] {
	return rows.map((row) => (row.kind === "message" ? row.text : row.notice.type));
}

function started(...events: RoomEvent[]): Discussion {
	const discussion = new Discussion();
	discussion.iAm(me);
	discussion.add(events);
	return discussion;
}

describe("the reader's own message", () => {
	const draft = { key: "d1", text: "hello", replyTo: null, from: me, at: 5_000 };

	test("stands at once, on its way, and below what arrives meanwhile", () => {
		const discussion = started(message(1));
		discussion.addDraft(draft);
		discussion.add([message(2)]);
		expect(texts(discussion.rows)).toEqual(["text 1", "text 2", "hello"]);
		expect((discussion.rows[2] as MessageRow).fate).toBe("sending");
	});

	test("takes its place in the order of the room when acknowledged, once, whichever comes first", () => {
		const event = message(2, "hello", { from: me });
		for (const order of ["ack first", "event first", "event only with others"] as const) {
			const discussion = started(message(1));
			discussion.addDraft(draft);
			if (order === "ack first") {
				discussion.settle("d1", "m2", "shown", event);
				discussion.add([event, message(3)]);
			} else {
				discussion.add([event, message(3)]);
				discussion.settle("d1", "m2", "shown", event);
			}
			expect(texts(discussion.rows)).toEqual(["text 1", "hello", "text 3"]);
			const row = discussion.rows[1] as MessageRow;
			expect([row.key, row.id, row.fate, row.stance]).toEqual(["d1", "m2", "shown", "mine"]);
		}
	});

	test("keeps its fate in sight when it is sampled or held", () => {
		const discussion = started();
		discussion.addDraft(draft);
		discussion.settle("d1", "m9", "held", message(9, "hello", { from: me }));
		expect((discussion.rows[0] as MessageRow).fate).toBe("held");
	});

	test("goes when it is refused, and nothing else does", () => {
		const discussion = started(message(1));
		discussion.addDraft(draft);
		discussion.withdraw("d1");
		expect(texts(discussion.rows)).toEqual(["text 1"]);
	});

	test("said from two tabs in the same words stands twice", () => {
		const discussion = started();
		discussion.addDraft(draft);
		discussion.add([message(1, "hello", { from: me })]);
		discussion.settle("d1", "m2", "shown", message(2, "hello", { from: me }));
		expect(discussion.rows.map((row) => (row as MessageRow).id)).toEqual(["m1", "m2"]);
	});

	test("is never folded into somebody else's", () => {
		const discussion = started(message(1, "666"));
		discussion.add([message(2, "666", { from: me })]);
		expect(discussion.rows).toHaveLength(2);
	});
});

describe("repeats", () => {
	test("in quick succession count up on one row", () => {
		const discussion = started(message(1, "666"), message(2, "other"), message(3, "666"), message(4, "666"));
		expect(texts(discussion.rows)).toEqual(["666", "other"]);
		expect((discussion.rows[0] as MessageRow).repeats.map((repeat) => repeat.id)).toEqual(["m3", "m4"]);
	});

	test("a while apart stand on their own, and so do answers and mentions", () => {
		const discussion = started(message(1, "666"), message(30, "666"));
		expect(discussion.rows).toHaveLength(2);
		discussion.add([message(31, "666", { replyTo: "m1" }), message(32, "@小明 666"), message(33, "@小明 666")]);
		expect(discussion.rows).toHaveLength(5);
	});

	test("that the server counted instead of showing count up too, wherever they are folded", () => {
		const discussion = started(message(1, "666"), message(2, "666"), message(3));
		discussion.addRepeats([
			{ id: "m2", count: 10 },
			{ id: "unknown", count: 5 },
		]);
		expect(timesSaid(discussion.rows[0] as MessageRow)).toBe(12);
		expect(timesSaid(discussion.rows[1] as MessageRow)).toBe(1);
	});

	test("when one is taken back, the others stay", () => {
		const discussion = started(message(1, "666"), message(2, "666"), message(3, "666"));
		discussion.remove("m2");
		discussion.remove("m1");
		const row = discussion.rows[0] as MessageRow;
		expect([row.id, row.repeats.length, row.key]).toEqual(["m3", 0, "m1"]);
		discussion.remove("m3");
		expect(discussion.rows).toHaveLength(0);
	});
});

describe("following and reading", () => {
	test("a follower keeps a bounded number of rows, the newest", () => {
		const discussion = started(...many(1, 1_000));
		expect(discussion.rows).toHaveLength(discussionLimits.tailRowsMax);
		expect(discussion.rows.at(-1)?.key).toBe("m1000");
		expect(discussion.hasBeginning).toBe(false);
	});

	test("for who reads back nothing above moves, and what comes in is counted", () => {
		const discussion = started(...many(1, 250));
		discussion.read();
		discussion.add([...many(251, 340), message(341, "hi @小明!")]);
		expect(discussion.rows[0]?.key).toBe("m1");
		expect(discussion.unread).toEqual({ count: 91, toMe: 1 });
		discussion.follow();
		expect(discussion.unread).toEqual({ count: 0, toMe: 0 });
		expect([discussion.rows.length, discussion.rows.at(-1)?.key]).toEqual([341, "m341"]);
	});

	test("rows leave seldom and many together: only once as many are over as are spared", () => {
		const { tailRowsMax, tailRowsSpare } = discussionLimits;
		const discussion = started(...many(1, tailRowsMax + tailRowsSpare));
		expect(discussion.rows[0]?.key).toBe("m1");
		discussion.add([message(tailRowsMax + tailRowsSpare + 1)]);
		expect([discussion.rows.length, discussion.rows[0]?.key]).toEqual([tailRowsMax, `m${tailRowsSpare + 2}`]);
	});

	test("an excursion is bounded too, and following again shows the newest without a hole", () => {
		const discussion = started(...many(2_000, 2_200));
		discussion.read();
		for (let top = 2_000; top > 1_000; top -= 100) discussion.addOlder(many(top - 100, top - 1), false);
		discussion.add(many(2_201, 2_900));
		expect(discussion.rows.length).toBeLessThanOrEqual(discussionLimits.readingRowsMax);
		expect(discussion.rows[0]?.key).toBe("m1000");
		const shown = discussion.rows.map((row) => (row as MessageRow).offset as number);
		for (const [index, offset] of shown.entries()) if (index > 0) expect(offset).toBe((shown[index - 1] as number) + 1);
		discussion.follow();
		const tail = discussion.rows.map((row) => (row as MessageRow).offset);
		expect([tail[0], tail.at(-1), tail.length]).toEqual([2_601, 2_900, 300]);
	});

	test("an older page that overlaps what is shown adds only what is new", () => {
		const discussion = started(...many(50, 60));
		discussion.addOlder(many(40, 55), false);
		expect(discussion.rows.map((row) => (row as MessageRow).offset)).toEqual(Array.from({ length: 21 }, (_, index) => 40 + index));
	});

	test("the beginning is known from the first offset, or when the server says that nothing is older", () => {
		expect(started(message(1)).hasBeginning).toBe(true);
		const discussion = started(message(5));
		expect(discussion.hasBeginning).toBe(false);
		discussion.addOlder([message(3)], true);
		expect(discussion.hasBeginning).toBe(true);
	});

	test("older messages that fill a tall screen leave a follower following, within the tail's bound", () => {
		const discussion = started(...many(500, 520));
		discussion.addOlder(many(450, 499), false);
		expect(discussion.phase).toBe("following");
		expect([discussion.rows[0]?.key, discussion.oldest, discussion.mayGrow]).toEqual(["m450", 450, true]);
		for (let top = 450; discussion.mayGrow; top -= 50) discussion.addOlder(many(top - 50, top - 1), false);
		expect(discussion.rows.length).toBeLessThanOrEqual(discussionLimits.tailRowsMax + discussionLimits.tailRowsSpare);
		expect(discussion.rows.at(-1)?.key).toBe("m520");
		discussion.read();
		discussion.addOlder(many(100, 149), false);
		expect(discussion.oldest).toBe(100);
	});

	const settings = { kind: "settings", offset: 1, at: 0, settings: { title: "Opening night" } } as const;

	test("a room that begins with its settings, or with messages taken back, has a beginning and a past to ask for all the same", () => {
		const titled = new Discussion();
		titled.add([settings, message(2)], "history");
		expect([titled.hasBeginning, texts(titled.rows)]).toEqual([true, ["text 2"]]);

		const purged = new Discussion();
		purged.add([message(1, "", { deleted: true }), message(2)], "history");
		expect(purged.hasBeginning).toBe(true);

		const cleaned = new Discussion();
		cleaned.add([{ kind: "delete", offset: 90, at: 0, target: "m80" }, message(91, "", { deleted: true })], "history");
		expect([cleaned.rows.length, cleaned.oldest, cleaned.hasBeginning]).toEqual([0, 90, false]);
		cleaned.addOlder([message(88, "", { deleted: true }), message(89)], false);
		expect([texts(cleaned.rows), cleaned.oldest, cleaned.phase]).toEqual([["text 89"], 88, "following"]);
	});

	test("settings that changed before the reader came are no news, while they are there they are", () => {
		const discussion = new Discussion();
		discussion.add([settings], "history");
		expect(discussion.rows).toHaveLength(0);
		discussion.add([{ ...settings, offset: 2 }], "recovered");
		expect(texts(discussion.rows)).toEqual(["settings"]);
	});
});

describe("rows that leave above", () => {
	const rows = (from: number, to: number) => started(...many(from, to)).rows;

	test("are counted against what is still wanted below them", () => {
		expect(leftAbove(rows(1, 10), rows(4, 12))).toBe(3);
		expect(leftAbove(rows(1, 10), rows(1, 12))).toBe(0);
	});

	test("are none where older rows come in above, where nothing is left in common, and where nothing is wanted", () => {
		expect(leftAbove(rows(5, 10), rows(1, 10))).toBe(0);
		expect(leftAbove(rows(1, 10), rows(50, 60))).toBe(0);
		expect(leftAbove(rows(1, 10), [])).toBe(0);
	});
});

describe("what happens in the room", () => {
	test("a deletion leaves no hole, and a deleted message of the past is not shown", () => {
		const discussion = started(message(1), message(2, "", { deleted: true }), message(3));
		discussion.add([{ kind: "delete", offset: 4, at: 4_000, target: "m1" }]);
		expect(texts(discussion.rows)).toEqual(["text 3"]);
	});

	test("the same message twice is one row", () => {
		const discussion = started(message(1), message(2));
		discussion.add([message(2), message(3)]);
		expect(texts(discussion.rows)).toEqual(["text 1", "text 2", "text 3"]);
	});

	test("counts of what was left out add up while nothing stands between", () => {
		const discussion = started(message(1));
		discussion.addNotice({ type: "omitted", count: 3 });
		discussion.addNotice({ type: "omitted", count: 4 });
		expect(discussion.rows.at(-1)).toMatchObject({ notice: { type: "omitted", count: 7 } });
		expect(discussion.rows).toHaveLength(2);
	});

	test("starting over keeps what is still on its way", () => {
		const discussion = started(...many(1, 5));
		discussion.addDraft({ key: "d1", text: "hello", replyTo: null, from: me, at: 0 });
		discussion.clear();
		expect(texts(discussion.rows)).toEqual(["hello"]);
	});

	test("answers to the reader's messages and mentions of their name are to them", () => {
		const discussion = started(message(1, "mine", { from: me }), message(2, "yes", { replyTo: "m1" }), message(3, "hi"));
		expect(discussion.rows.map((row) => (row as MessageRow).stance)).toEqual(["mine", "to-me", "other"]);
	});
});

describe("mentions", () => {
	test.each([
		["@Ann hi", "Ann", true],
		["hi @ann!", "Ann", true],
		["@Anna hi", "Ann", false],
		["@Anna and @Ann", "Ann", true],
		["@小明你好", "小明", true],
		["mail ann@example.com", "ann", false],
		["@", "", false],
	])("%p names %p: %p", (text, name, expected) => {
		expect(mentions(text, name)).toBe(expected);
	});

	test("[SEC-2] what they cost grows no faster than the text, however many there nearly are", () => {
		const nearly = (units: number) => "@ab".repeat(units / 3);
		expect(mentions(nearly(3_000), "a")).toBe(false);
		expect(growthOf((text) => mentions(text, "a"), nearly(6_000), nearly(6_000 * growth))).toBeLessThan(growthMax);
	});
});
