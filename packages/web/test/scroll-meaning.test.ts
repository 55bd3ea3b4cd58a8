import { describe, expect, test } from "bun:test";
import { isAtNewest, isSeen, type Meaning, meaningOf, type Stance } from "../src/room/scroll-meaning.ts";

const atEnd: Stance = { top: 1_500, content: 2_000, view: 500, width: 400 };

function now(change: Partial<Stance>): Stance {
	return { ...atEnd, ...change };
}

describe("a scroll event", () => {
	test.each<[string, Stance, Stance, "on" | "off", Meaning]>([
		["of a box in a hidden frame says nothing of the reader", atEnd, now({ top: 0, content: 0, view: 0, width: 0 }), "off", "unseen"],
		["of a box without height neither, though a hand is on it", atEnd, now({ top: 0, view: 0 }), "on", "unseen"],
		["of a box without width neither", atEnd, now({ top: 0, width: 0, content: 90_000 }), "off", "unseen"],
		["after the box became higher is the browser's", atEnd, now({ top: 1_200, view: 800 }), "off", "displaced"],
		["after the box became lower too, where it leaves the newest", atEnd, now({ view: 200 }), "off", "displaced"],
		["after lines were broken anew, too", atEnd, now({ width: 300, content: 2_600 }), "off", "displaced"],
		["after what is in it shrank, too", atEnd, now({ top: 900, content: 1_400 }), "off", "displaced"],
		["up and away from the newest is the reader leaving", atEnd, now({ top: 1_400 }), "off", "left"],
		["up, with a hand on it, is the reader leaving whatever comes in meanwhile", atEnd, now({ top: 1_400, content: 2_300 }), "on", "left"],
		["up by a little stays at the newest", atEnd, now({ top: 1_470 }), "on", "moved"],
		["by less than a pixel is rounding", now({ top: 700 }), now({ top: 699.4 }), "off", "moved"],
		["down to the end is the reader coming back", now({ top: 900 }), atEnd, "on", "reached"],
		["down to somewhere is the reader reading on", now({ top: 900 }), now({ top: 1_200 }), "on", "moved"],
		["to where the box was put is nothing new", atEnd, atEnd, "off", "reached"],
	])("%s", (_title, settled, next, hand, expected) => {
		expect(meaningOf(settled, next, hand)).toBe(expected);
	});

	test("of a list too short to scroll never takes the reader away from the newest", () => {
		const short: Stance = { top: 0, content: 300, view: 900, width: 400 };
		expect(isAtNewest(short)).toBe(true);
		expect(meaningOf(short, short, "on")).toBe("reached");
	});

	test("a box is seen only with both height and width", () => {
		expect([isSeen(atEnd), isSeen(now({ view: 0 })), isSeen(now({ width: 0 }))]).toEqual([true, false, false]);
	});
});
