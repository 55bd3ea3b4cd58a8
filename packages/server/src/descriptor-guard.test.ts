import { beforeEach, expect, test } from "bun:test";
import { DescriptorGuard } from "./descriptor-guard.ts";
import { serverLimits } from "./runtime/limits.ts";

let free: number;
let acts: string[];
let lines: string[];
let canOpen: boolean;
let looks: number;
let plenty: boolean;
let guard: DescriptorGuard;
beforeEach(() => {
	free = 1_000;
	acts = [];
	lines = [];
	canOpen = true;
	looks = 0;
	plenty = false;
	const note = (_facts: object, words: string) => void lines.push(words);
	guard = new DescriptorGuard({
		doors: {
			shut: () => void acts.push("shut"),
			open() {
				if (!canOpen) throw new Error("Port 80 is in use.");
				acts.push("open");
			},
		},
		logger: { debug: note, info: note, warn: note, error: note },
		hasFree(count) {
			looks++;
			return free >= count;
		},
		hasPlenty: () => plenty,
		limit: 1_024,
	});
});

const { descriptorsReserved: reserved } = serverLimits;

test("[OPS-9] shuts the doors when fewer descriptors are left than are kept back, and opens them when twice as many are", () => {
	free = reserved;
	guard.look(0);
	expect([acts, guard.isOpen]).toEqual([[], true]);
	free = reserved - 1;
	guard.look(1_000);
	expect([acts, guard.isOpen]).toEqual([["shut"], false]);
	free = 2 * reserved - 1;
	guard.look(2_000);
	expect(acts).toEqual(["shut"]);
	free = 2 * reserved;
	guard.look(3_000);
	expect([acts, guard.isOpen]).toEqual([["shut", "open"], true]);
});

test("[OPS-9] a siege, with doors going to and fro for hours, is two lines in the log", () => {
	let nowMs = 0;
	for (let round = 0; round < 1_000; round++) {
		for (const left of [0, 1_000]) {
			free = left;
			nowMs += 1_000;
			guard.look(nowMs);
		}
	}
	expect(acts).toHaveLength(2_000);
	expect(lines).toEqual(["open files are used up: new connections are refused until there are some"]);
	guard.look(nowMs + 59_999);
	expect(lines).toHaveLength(1);
	guard.look(nowMs + 60_000);
	guard.look(nowMs + 120_000);
	expect(lines.slice(1)).toEqual(["new connections have been taken for a minute again"]);
});

test("[OPS-9] many who come at once are looked at before they can use up what is kept back", () => {
	for (let count = 0; count < reserved; count++) guard.onRequest(0);
	expect(looks).toBe(2);
});

test("[OPS-9] where plenty are left by counting, nobody tries between two seconds, and where there are not any more, at once", () => {
	plenty = true;
	for (let count = 0; count < 10 * reserved; count++) guard.onRequest(0);
	expect(looks).toBe(0);
	plenty = false;
	free = 0;
	for (let count = 0; count < reserved; count++) guard.onRequest(0);
	expect(acts).toEqual(["shut"]);
});

test("[OPS-9] doors that cannot be opened are tried again, and told of once", () => {
	free = 0;
	guard.look(0);
	free = 1_000;
	canOpen = false;
	for (let count = 1; count < 10; count++) guard.look(count * 1_000);
	expect(lines.slice(1)).toEqual(["new connections cannot be taken again"]);
	canOpen = true;
	guard.look(10_000);
	expect(guard.isOpen).toBe(true);
});
