import { expect, test } from "bun:test";
import { HeldWait, waitMsMax } from "./held-wait.ts";

test("requests are held as long as a server holds them, until one is cut; then somewhat shorter than the cut", () => {
	const wait = new HeldWait();
	expect(wait.ms).toBe(waitMsMax);
	expect(wait.cut(5_000)).toBe(true);
	expect(wait.ms).toBe(4_000);
	expect(wait.cut(3_900)).toBe(true);
	expect(wait.ms).toBe(3_120);
});

test("where nothing is held long enough to be worth it, it says so, and the next one begins from the longest", () => {
	const wait = new HeldWait();
	expect(wait.cut(2_000)).toBe(false);
	expect(wait.ms).toBe(waitMsMax);
});

test("after ten that were held to their end a longer wait is dared, and after the next cut only after twenty", () => {
	const wait = new HeldWait();
	wait.cut(5_000);
	const keptUntilLonger = () => {
		const { ms } = wait;
		for (let kept = 1; ; kept++) {
			wait.kept();
			if (wait.ms > ms) return kept;
		}
	};
	expect(keptUntilLonger()).toBe(10);
	expect(wait.ms).toBe(8_000);
	wait.cut(5_000);
	expect(keptUntilLonger()).toBe(20);
});
