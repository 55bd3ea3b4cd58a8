import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFull, points } from "./parts/curve.ts";
import { rowOf } from "./report/result.ts";
import { Unfinished } from "./report/unfinished.ts";

test("an engine that was full, behind or absent at a lower rate is not asked for more before as many viewers", () => {
	const full = rowOf("4000 × 20/s", [{ figures: { "ws cpu": 99, "hubbub cpu": 40 }, faults: ["nchan: 3 viewers have not everything"] }]);
	const at = (rate: number, viewers = 4_000) => ({ viewers, rate });
	expect(isFull("ws", at(30), [full])).toBe(true);
	expect(isFull("nchan", at(30), [full])).toBe(true);
	expect(isFull("socket.io", at(30), [full])).toBe(true);
	expect(isFull("hubbub", at(30), [full])).toBe(false);
	expect(isFull("ws", at(15), [full])).toBe(false);
	expect(isFull("ws", at(200, 500), [full])).toBe(false);
	expect(points).toHaveLength(22);
});

test("what was measured before a run was ended is not measured again, unless the options are others or all was done", async () => {
	const folder = mkdtempSync(join(tmpdir(), "hubbub-unfinished-"));
	try {
		let measured = 0;
		const measure = async () => ++measured;
		const open = (rounds: number) => new Unfinished<number>("curve", { rounds }, folder);
		expect(await open(2).once("a", measure)).toBe(1);
		expect(await open(2).once("a", measure)).toBe(1);
		expect(await open(2).once("b", measure)).toBe(2);
		expect(await open(3).once("a", measure)).toBe(3);
		const last = open(3);
		expect(await last.once("a", measure)).toBe(3);
		last.done();
		expect(await open(3).once("a", measure)).toBe(4);
	} finally {
		rmSync(folder, { recursive: true });
	}
});
