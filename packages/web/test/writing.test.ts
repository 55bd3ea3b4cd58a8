import { describe, expect, test } from "bun:test";
import { codes } from "@hubbub/protocol/wire/codes.ts";
import { DrawPacing } from "@hubbub/room-model/draw-pacing.ts";
import { putBack } from "@hubbub/room-model/writing.ts";
import { FakeClock } from "../../room-model/test/fake-clock.ts";
import { keyAction } from "../src/room/keys.ts";
import { isLong } from "../src/room/message-row.ts";
import { countMatters, refusalWords } from "../src/room/writing.ts";
import { en } from "../src/words/en.ts";
import { ja } from "../src/words/ja.ts";
import { zhCN } from "../src/words/zh-cn.ts";
import { zhTW } from "../src/words/zh-tw.ts";

describe("a refused message", () => {
	test("goes back into the box without losing what was typed since", () => {
		expect(putBack("first", "")).toBe("first");
		expect(putBack("first", "  ")).toBe("first");
		expect(putBack("first", "second")).toBe("first\nsecond");
	});

	test("is told why in every language for every code, in one sentence of its own", () => {
		for (const words of [en, zhCN, zhTW, ja])
			for (const code of Object.keys(codes)) expect(refusalWords(code, words).length).toBeGreaterThan(4);
		expect(refusalWords("queue_full", en)).toBe(en.refusedUnknown);
		expect(refusalWords("__proto__", en)).toBe(en.refusedUnknown);
	});
});

test("the count of what is left shows only near the limit", () => {
	expect(countMatters(0, 500)).toBe(false);
	expect(countMatters(449, 500)).toBe(false);
	expect(countMatters(450, 500)).toBe(true);
	expect(countMatters(600, 500)).toBe(true);
	expect(countMatters(0, 10)).toBe(true);
});

test("a text of more than about six lines folds, in columns that East Asian letters fill twice", () => {
	expect(isLong("a".repeat(300))).toBe(false);
	expect(isLong("a".repeat(301))).toBe(true);
	expect(isLong("字".repeat(150))).toBe(false);
	expect(isLong("字".repeat(151))).toBe(true);
	expect(isLong("1\n2\n3\n4\n5\n6")).toBe(false);
	expect(isLong("1\n2\n3\n4\n5\n6\n7")).toBe(true);
});

test("keys with a modifier are the browser's, and a held key repeats only movement", () => {
	const press = { key: "d", ctrlKey: false, metaKey: false, altKey: false, isComposing: false, repeat: false };
	expect(keyAction(press)).toBe("danmaku");
	expect(keyAction({ ...press, ctrlKey: true })).toBeNull();
	expect(keyAction({ ...press, isComposing: true })).toBeNull();
	expect(keyAction({ ...press, repeat: true })).toBeNull();
	expect(keyAction({ ...press, key: "J", repeat: true })).toBe("down");
	expect(keyAction({ ...press, key: "constructor" })).toBeNull();
});

describe("the pace of drawing", () => {
	test("a quiet room is drawn at once, a busy one at most every 50 ms, and nothing is left undrawn", () => {
		const clock = new FakeClock();
		const drawnAt: number[] = [];
		const pace = new DrawPacing(clock, () => drawnAt.push(clock.monotonic()));
		pace.ask();
		expect(drawnAt).toEqual([0]);
		for (let at = 0; at < 20; at++) {
			clock.pass(10);
			pace.ask();
		}
		clock.pass(1_000);
		expect(drawnAt).toEqual([0, 50, 100, 150, 200, 250].slice(0, drawnAt.length));
		expect(drawnAt.at(-1)).toBeGreaterThanOrEqual(200);
		expect(clock.waiting).toBe(0);
	});
});
