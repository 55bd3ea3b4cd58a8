import { expect, test } from "bun:test";
import { makeRooms, say } from "../../test/live-room.ts";
import { serverLimits } from "../runtime/limits.ts";
import { Pages } from "./pages.ts";

test("[FAN-4] a thousand readers who come back with one cursor read one page of the log", async () => {
	const { log, room } = makeRooms();
	const live = await room();
	for (let count = 0; count < 20; count++) await say(live, "a", `${count}`);
	const pages = new Pages(log, "lobby");
	const before = log.counts.read;
	const read = await Promise.all(Array.from({ length: 1_000 }, () => pages.read(5, 10)));
	expect(log.counts.read - before).toBe(1);
	expect(new Set(read).size).toBe(1);
	expect(read[0]?.map(({ offset }) => offset)).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
	expect(read[0]?.[0]?.event).toMatchObject({ kind: "message", text: "5", offset: 6 });
});

test("[FAN-4] a full page is remembered until somebody forgets it; what was the end of the log is read anew", async () => {
	const { log, room } = makeRooms();
	const live = await room();
	for (let count = 0; count < 100; count++) await say(live, "a", `${count}`);
	const pages = new Pages(log, "lobby");
	const reads = async (after: number) => {
		const before = log.counts.read;
		await pages.read(after, 10);
		return log.counts.read - before;
	};
	expect([await reads(0), await reads(0), await reads(95), await reads(95), await reads(100), await reads(100)]).toEqual([
		1, 0, 1, 1, 1, 1,
	]);
	pages.forget();
	expect(await reads(0)).toBe(1);
	expect(await reads(0)).toBe(0);
	pages.tidy();
	expect(await reads(0)).toBe(0);
	pages.tidy();
	pages.tidy();
	expect(await reads(0)).toBe(1);
});

test("[SEC-4] what is remembered is bounded in characters, whoever asks for which pages", async () => {
	const { log, room } = makeRooms();
	const live = await room();
	for (let count = 0; count < 60; count++) await say(live, "a", "直".repeat(500));
	const pages = new Pages(log, "lobby");
	const read = async (after: number, limit: number) => {
		const before = log.counts.read;
		const units = (await pages.read(after, limit)).reduce((sum, { json }) => sum + json.length, 0);
		return { units, isFromLog: log.counts.read > before };
	};
	let total = 0;
	for (let limit = 1; total <= serverLimits.pagesUnitsMax + 100_000; limit = (limit % 50) + 1)
		for (let after = 0; after < 10; after++) total += (await read(after, limit)).units;
	expect((await read(0, 1)).isFromLog).toBe(true);
	expect((await read(0, 1)).isFromLog).toBe(false);
});

test("[SEC-4] of many different pages only a few are read at once, and all of them in the end, a failing one too", async () => {
	const { log, room } = makeRooms();
	const live = await room();
	for (let count = 0; count < 50; count++) await say(live, "a", `${count}`);
	let open = () => {};
	log.gate = new Promise((resolve) => {
		open = resolve;
	});
	const pages = new Pages(log, "lobby");
	const before = log.counts.read;
	const reading = Array.from({ length: 40 }, (_, after) => pages.read(after, 5));
	await Promise.resolve();
	expect(log.counts.read - before).toBe(serverLimits.pagesReadMax);
	open();
	expect((await Promise.all(reading)).every((page) => page.length === 5)).toBe(true);

	pages.forget();
	log.reads = "fail";
	await expect(pages.read(1, 5)).rejects.toThrow();
	log.reads = "work";
	expect(await pages.read(1, 5)).toHaveLength(5);
});
