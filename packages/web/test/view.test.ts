import { describe, expect, test } from "bun:test";
import { FakeClock } from "../../room-model/test/fake-clock.ts";
import { keyAction } from "../src/room/keys.ts";
import { swipeOf } from "../src/room/swipe.ts";
import { parseView, writeView } from "../src/room/view.ts";
import { Attention, attentionMs } from "../src/stage/attention.ts";

describe("what a reader chose for wide windows", () => {
	test("is read back as it was kept, and whatever else stands there means nothing", () => {
		for (const isTheatre of [true, false])
			for (const isTalkAway of [true, false]) expect(parseView(writeView({ isTheatre, isTalkAway }))).toEqual({ isTheatre, isTalkAway });
		expect(writeView({ isTheatre: false, isTalkAway: false })).toBeNull();
		for (const kept of [null, "", "nonsense", '{"theatre":true}']) expect(parseView(kept)).toEqual({ isTheatre: false, isTalkAway: false });
	});

	test("has keys of its own, which a modifier leaves to the browser", () => {
		const press = (key: string, ctrlKey = false) =>
			keyAction({ key, ctrlKey, metaKey: false, altKey: false, isComposing: false, repeat: false });
		expect([press("h"), press("T"), press("f")]).toEqual(["talk", "theatre", "fullscreen"]);
		expect(press("h", true)).toBeNull();
	});
});

test("a finger is taken to mean a side only where it goes far, and clearly sideways", () => {
	expect(swipeOf([300, 100], [200, 120])).toBe("left");
	expect(swipeOf([100, 100], [200, 60])).toBe("right");
	expect(swipeOf([100, 100], [140, 100])).toBeNull();
	expect(swipeOf([100, 100], [160, 180])).toBeNull();
	expect(swipeOf([100, 100], [100, 300])).toBeNull();
});

describe("what covers the picture", () => {
	test("is in sight while somebody stirs, and goes a while after; a tap brings it and takes it", () => {
		const clock = new FakeClock();
		let changes = 0;
		const attention = new Attention(clock, () => changes++);
		expect(attention.isAwake).toBe(false);
		for (let move = 0; move < 50; move++) {
			attention.stir();
			clock.pass(100);
		}
		expect({ awake: attention.isAwake, changes }).toEqual({ awake: true, changes: 1 });
		clock.pass(attentionMs);
		expect({ awake: attention.isAwake, changes }).toEqual({ awake: false, changes: 2 });
		attention.toggle();
		expect(attention.isAwake).toBe(true);
		attention.toggle();
		expect({ awake: attention.isAwake, waiting: clock.waiting }).toEqual({ awake: false, waiting: 0 });
	});
});
