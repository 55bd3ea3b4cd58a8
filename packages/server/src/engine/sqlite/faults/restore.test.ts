import { afterEach, beforeEach, expect, test } from "bun:test";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newEntry } from "../../contract/entries.ts";
import type { LogHead } from "../../log.ts";
import { openIn, temporaryFolder } from "./fixture.ts";

let folder: ReturnType<typeof temporaryFolder>;
let copies: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
	folder = temporaryFolder();
	copies = temporaryFolder();
});
afterEach(() => {
	folder.remove();
	copies.remove();
});

let entries = 0;

/** Opens the engine, appends, runs `during` with it still open, closes it; answers where the rooms stood at the opening. */
async function live(options: { append?: number; during?: () => void } = {}): Promise<{ heads: Record<string, LogHead>; faults: string[] }> {
	const { engine, faults } = await openIn(folder.path);
	const heads: Record<string, LogHead> = {};
	for (const room of ["lobby", "stage"]) heads[room] = (await engine.log.open(room, { create: true }))!;
	for (let count = 0; count < (options.append ?? 0); count++) await engine.log.append("lobby", newEntry({ id: `m${++entries}` }));
	options.during?.();
	await engine.close();
	return { heads, faults };
}

function file(name: string): string {
	return join(folder.path, name);
}

/** Copies the named files away, as a backup does. */
function backUp(...names: string[]): void {
	for (const name of names) if (existsSync(file(name))) cpSync(file(name), join(copies.path, name));
}

/** Puts what was copied back over what is there; the database without what belonged to the other one. */
function putBack(...names: string[]): void {
	for (const name of ["hubbub.db-wal", "hubbub.db-shm"]) rmSync(file(name), { force: true });
	for (const name of names) {
		if (!existsSync(join(copies.path, name))) continue;
		rmSync(file(name), { force: true });
		cpSync(join(copies.path, name), file(name));
	}
}

/** Puts the bytes back into the same file, so that nothing but what is in it can tell. */
function overwrite(name: string): void {
	for (const other of ["hubbub.db-wal", "hubbub.db-shm"]) rmSync(file(other), { force: true });
	writeFileSync(file(name), readFileSync(join(copies.path, name)));
}

test("[LOG-7] closing and opening again, with and without writes, keeps every epoch", async () => {
	const first = await live({ append: 3 });
	for (const append of [0, 2, 0]) {
		const again = await live({ append });
		expect(again.heads.lobby!.epoch).toBe(first.heads.lobby!.epoch);
		expect(again.heads.stage!.epoch).toBe(first.heads.stage!.epoch);
		expect(again.faults).toEqual([]);
	}
	expect((await live()).heads.lobby!.offset).toBe(5);
});

test("[LOG-7] a copy of an earlier opening put back has new epochs in every room, and keeps them from then on", async () => {
	const first = await live({ append: 3 });
	backUp("hubbub.db");
	await live();
	overwrite("hubbub.db");
	const restored = await live();
	expect(restored.heads.lobby!.offset).toBe(3);
	for (const room of ["lobby", "stage"]) {
		expect(restored.heads[room]!.epoch).toMatch(/^[a-z0-9]{12}$/);
		expect(restored.heads[room]!.epoch).not.toBe(first.heads[room]!.epoch);
	}
	expect(restored.heads.lobby!.epoch).not.toBe(restored.heads.stage!.epoch);
	expect(restored.faults).toEqual([expect.stringContaining("was put back from a copy")]);
	const after = await live();
	expect(after.heads.lobby!.epoch).toBe(restored.heads.lobby!.epoch);
	expect(after.faults).toEqual([]);
});

test("[LOG-7] the same copy put back twice has other epochs the second time", async () => {
	await live({ append: 3 });
	backUp("hubbub.db");
	await live({ append: 1 });
	overwrite("hubbub.db");
	const once = await live({ append: 2 });
	overwrite("hubbub.db");
	const twice = await live();
	expect(twice.heads.lobby!.epoch).not.toBe(once.heads.lobby!.epoch);
});

test("[LOG-7] a copy taken while the server ran is told by the entries it lacks", async () => {
	const { engine } = await openIn(folder.path);
	const head = (await engine.log.open("lobby", { create: true }))!;
	await engine.log.append("lobby", newEntry({ id: `m${++entries}` }));
	backUp("hubbub.db", "hubbub.db-wal");
	await engine.log.append("lobby", newEntry({ id: `m${++entries}` }));
	await engine.close();
	overwrite("hubbub.db");
	if (existsSync(join(copies.path, "hubbub.db-wal"))) cpSync(join(copies.path, "hubbub.db-wal"), file("hubbub.db-wal"));
	const restored = await live();
	expect(restored.heads.lobby!.offset).toBe(1);
	expect(restored.heads.lobby!.epoch).not.toBe(head.epoch);
});

test("[LOG-7] a database that lost its write-ahead log is a restored one", async () => {
	const first = await live({ append: 1 });
	await live({ append: 5, during: () => backUp("hubbub.db", "hubbub.mark") });
	// The mark as it was at the end, the database as it was while its last entries stood in the log beside it.
	overwrite("hubbub.db");
	const restored = await live();
	expect(restored.heads.lobby!.offset).toBeLessThan(6);
	expect(restored.heads.lobby!.epoch).not.toBe(first.heads.lobby!.epoch);
});

test("[LOG-7] a whole folder put back, mark and all, is told by its files being others", async () => {
	const first = await live({ append: 3 });
	backUp("hubbub.db", "hubbub.mark");
	await live({ append: 3 });
	putBack("hubbub.db", "hubbub.mark");
	expect((await live()).heads.lobby!.epoch).not.toBe(first.heads.lobby!.epoch);
});

test.each(["missing", "empty", "not JSON", "JSON of another shape"])("[LOG-7] a mark that is %s is no proof: new epochs", async (what) => {
	const first = await live({ append: 3 });
	if (what === "missing") rmSync(file("hubbub.mark"));
	else writeFileSync(file("hubbub.mark"), what === "empty" ? "" : what === "not JSON" ? "generations" : "[1]");
	expect((await live()).heads.lobby!.epoch).not.toBe(first.heads.lobby!.epoch);
});

test("[LOG-7] dying between the two writes of an opening changes no epoch", async () => {
	const first = await live({ append: 3 });
	// The mark of an opening under way names both generations; the database may have either.
	const mark = JSON.parse(readFileSync(file("hubbub.mark"), "utf8"));
	for (const generations of [
		[...mark.generations, "the-next-one"],
		["the-one-before", ...mark.generations],
	]) {
		backUp("hubbub.db");
		writeFileSync(file("hubbub.mark"), JSON.stringify({ ...mark, generations }));
		expect((await live()).heads.lobby!.epoch).toBe(first.heads.lobby!.epoch);
		overwrite("hubbub.db");
	}
});

test("a new database beside an old mark is simply new", async () => {
	await live({ append: 3 });
	rmSync(file("hubbub.db"));
	const fresh = await live({ append: 1 });
	expect(fresh.heads.lobby!.offset).toBe(0);
	expect(fresh.faults).toEqual([]);
	expect((await live()).heads.lobby!.epoch).toBe(fresh.heads.lobby!.epoch);
});
