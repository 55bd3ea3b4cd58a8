import { describe, expect, test } from "bun:test";
import { codes } from "@hubbub/protocol/codes.ts";
import { Countdown } from "../src/room/countdown.ts";
import { Digest, digestEveryMs } from "../src/room/digest.ts";
import { DrawPace } from "../src/room/draw-pace.ts";
import { keyAction } from "../src/room/keys.ts";
import { isLong } from "../src/room/message-row.ts";
import { countMatters, putBack, refusalWords, writingOf } from "../src/room/writing.ts";
import { en } from "../src/words/en.ts";
import { ja } from "../src/words/ja.ts";
import { zhCN } from "../src/words/zh-cn.ts";
import { zhTW } from "../src/words/zh-tw.ts";
import { FakeClock } from "./clock.ts";

describe("a countdown", () => {
	test("shows each second when it is true, and ends once", () => {
		const clock = new FakeClock();
		const shown: number[] = [];
		const countdown = new Countdown(clock, () => shown.push(countdown.leftSeconds));
		countdown.start(2_500);
		clock.pass(10_000);
		expect(shown).toEqual([3, 2, 1, 0]);
		expect(clock.waiting).toBe(0);
		expect(countdown.totalMs).toBe(0);
	});

	test("is made longer by a longer wait, never shorter by a shorter one", () => {
		const clock = new FakeClock();
		const countdown = new Countdown(clock, () => {});
		countdown.start(5_000);
		countdown.start(1_000);
		expect(countdown.leftMs).toBe(5_000);
		countdown.start(9_000);
		expect(countdown.leftMs).toBe(9_000);
		countdown.stop();
		expect(countdown.leftMs).toBe(0);
	});
});

describe("the digest for screen readers", () => {
	test("tells the first news at once and gathers the rest into one sentence now and then", () => {
		const clock = new FakeClock();
		const told: [number, number][] = [];
		const digest = new Digest(clock, (count, toMe) => told.push([count, toMe]));
		digest.add(1, 0);
		clock.pass(0);
		for (let news = 0; news < 12; news++) digest.add(1, news < 2 ? 1 : 0);
		expect(told).toEqual([[1, 0]]);
		clock.pass(digestEveryMs);
		expect(told).toEqual([
			[1, 0],
			[12, 2],
		]);
		clock.pass(digestEveryMs * 3);
		expect(told).toHaveLength(2);
	});
});

describe("who may write", () => {
	const guest = { id: "g", name: "g", roles: ["guest" as const] };
	const member = { id: "m", name: "m", roles: ["member" as const] };
	const host = { id: "h", name: "h", roles: ["host" as const] };

	test("is said in words before anybody tries", () => {
		expect(writingOf({ write: "everyone" }, guest).phase).toBe("open");
		expect(writingOf({ write: "members" }, guest)).toEqual({ phase: "closed", reason: "members-only" });
		expect(writingOf({ write: "members" }, member).phase).toBe("open");
		expect(writingOf({ write: "staff" }, member)).toEqual({ phase: "closed", reason: "read-only" });
		expect(writingOf({ write: "staff" }, host).phase).toBe("open");
		expect(writingOf(null, null).phase).toBe("open");
	});
});

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
		const pace = new DrawPace(clock, () => drawnAt.push(clock.monotonic()));
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
