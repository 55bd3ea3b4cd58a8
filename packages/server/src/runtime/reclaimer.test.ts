import { expect, test } from "bun:test";
import { Reclaimer } from "./reclaimer.ts";

function watched() {
	const seen = { collections: 0 };
	const reclaimer = new Reclaimer(() => seen.collections++);
	function second(moved: number, present: number): number {
		for (let count = 0; count < moved; count++) reclaimer.moved();
		reclaimer.tick(present);
		return seen.collections;
	}
	return { seen, second };
}

test("[FAN-4] the memory of a crowd is given back once, when it has passed", () => {
	const { second } = watched();
	expect(second(3_000, 3_000)).toBe(0);
	expect(second(2_000, 1_000)).toBe(0);
	expect(second(400, 600)).toBe(1);
	for (let waited = 0; waited < 100; waited++) expect(second(0, 600)).toBe(1);
});

test("a few who come and go are no crowd, nor are many in a room of more", () => {
	const { second } = watched();
	for (let waited = 0; waited < 9; waited++) expect(second(100, 50)).toBe(0);
	expect(second(100, 50)).toBe(1);
	const large = watched();
	for (let waited = 0; waited < 99; waited++) expect(large.second(100, 10_000)).toBe(0);
	expect(large.second(100, 10_000)).toBe(1);
});

test("where people come and go without end, memory is given back at most every thirty seconds", () => {
	const { second } = watched();
	let collections = 0;
	for (let waited = 0; waited < 300; waited++) collections = second(20_000, 10_000);
	expect(collections).toBe(10);
});

test("[FAN-4] what a crowd left behind is given back too once it is put away", () => {
	let collections = 0;
	const reclaimer = new Reclaimer(() => collections++);
	reclaimer.moved(1_000);
	for (let second = 0; second < 2; second++) reclaimer.tick(0);
	expect(collections).toBe(1);
});
