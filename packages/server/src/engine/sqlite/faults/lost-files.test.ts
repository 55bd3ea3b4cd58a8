import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
	chmodSync,
	cpSync,
	existsSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	truncateSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { newEntry } from "../../contract/entries.ts";
import type { Engine } from "../../engine.ts";
import { openIn, temporaryFolder } from "./fixture.ts";

let around: ReturnType<typeof temporaryFolder>;
let folder: string;
let engine: Engine;
let faults: string[];
let troubles: (string | null)[];
beforeEach(async () => {
	around = temporaryFolder();
	folder = join(around.path, "data");
	// Two lives, so that something is in the database, and something in the log beside it.
	for (const [from, to] of [
		[1, 3],
		[4, 5],
	] as const) {
		await engine?.close();
		({ engine, faults, troubles } = await openIn(folder));
		await engine.log.open("lobby", { create: true });
		for (let count = from; count <= to; count++) await engine.log.append("lobby", entry(`m${count}`));
	}
	await untilLaterTime();
});
afterEach(async () => {
	await engine.close();
	around.remove();
});

const entry = (id: string) => newEntry({ id, key: `key of ${id}` });
const place = (name: string) => join(folder, name);
const elsewhere = () => join(around.path, "elsewhere");

/** In one go: the engine writes what it misses in its folder again, and a folder with something in it cannot be removed. */
function removeFolder(): void {
	const away = join(around.path, "away");
	renameSync(folder, away);
	rmSync(away, { recursive: true });
}

/** The times of files move in steps of some milliseconds: until what is written next bears a later one than the server's own files. */
async function untilLaterTime(): Promise<void> {
	const timeOf = (path: string) => statSync(path).mtimeMs;
	const latestMs = Math.max(timeOf(place("hubbub.db")), timeOf(place("hubbub.db-wal")));
	const probe = join(around.path, "probe");
	for (writeFileSync(probe, ""); timeOf(probe) <= latestMs; writeFileSync(probe, "")) await Bun.sleep(1);
}

/** The store is looked at every second. */
async function untilTrouble(expected: RegExp | null): Promise<void> {
	for (;;) {
		const trouble = engine.trouble();
		if (expected === null ? trouble === null : trouble !== null && expected.test(trouble)) return;
		await Bun.sleep(10);
	}
}

/** Nothing is taken for kept, and the operator is told once. */
async function expectRefused(reason: RegExp): Promise<void> {
	for (const id of ["late", "later"]) {
		const appended = await engine.log.append("lobby", entry(id));
		expect(appended).toMatchObject({ outcome: "failed", reason: "unavailable", detail: expect.stringMatching(reason) });
	}
	expect(engine.trouble()).toMatch(reason);
	expect(troubles).toEqual([engine.trouble()]);
	expect(faults).toEqual([]);
}

/** Closes the engine and opens it again. */
async function openAgain(): Promise<void> {
	await engine.close();
	({ engine, faults, troubles } = await openIn(folder));
}

/** What stands in the room, in order. */
async function ids(): Promise<string[]> {
	await engine.log.open("lobby", { create: true });
	return (await engine.log.read("lobby", { limit: 100 })).map(({ id }) => id);
}

const kept = ["m1", "m2", "m3", "m4", "m5"];

/** Another program that opens the database, runs this and ends: within our process it would share what SQLite keeps for all connections. */
function elsewhereRun(...statements: string[]): void {
	const program = `
		import { Database } from "bun:sqlite";
		const database = new Database(process.argv[1]);
		for (const statement of process.argv.slice(2)) database.query(statement).all();
		database.close();
	`;
	const ran = Bun.spawnSync([process.execPath, "-e", program, place("hubbub.db"), ...statements]);
	expect(ran.stderr.toString()).toBe("");
}

const lost: [string, RegExp, () => void][] = [
	["the database is deleted", /^The file hubbub\.db was moved, deleted or replaced/, () => rmSync(place("hubbub.db"))],
	["the database is moved", /hubbub\.db was moved/, () => renameSync(place("hubbub.db"), elsewhere())],
	[
		"another file takes the database's place",
		/hubbub\.db was moved/,
		() => {
			cpSync(place("hubbub.db"), elsewhere());
			renameSync(elsewhere(), place("hubbub.db"));
		},
	],
	["its folder is moved", /hubbub\.db was moved/, () => renameSync(folder, elsewhere())],
	["its folder is deleted", /hubbub\.db was moved/, () => removeFolder()],
	[
		"its folder is deleted and made again",
		/hubbub\.db was moved/,
		() => {
			removeFolder();
			mkdirSync(folder);
		},
	],
	["the log beside it is deleted", /hubbub\.db-wal was moved/, () => rmSync(place("hubbub.db-wal"))],
	["what the two share is deleted", /hubbub\.db-shm was moved/, () => rmSync(place("hubbub.db-shm"))],
	["the log beside it is cut off", /hubbub\.db-wal was cut off or overwritten/, () => truncateSync(place("hubbub.db-wal"))],
	[
		"the log beside it is overwritten",
		/hubbub\.db-wal was cut off or overwritten/,
		() => writeFileSync(place("hubbub.db-wal"), Buffer.alloc(statSync(place("hubbub.db-wal")).size, 7), { flag: "r+" }),
	],
	[
		"the database is overwritten with something else",
		/hubbub\.db was cut off or overwritten/,
		() => writeFileSync(place("hubbub.db"), Buffer.alloc(statSync(place("hubbub.db")).size, 7), { flag: "r+" }),
	],
	["the database is emptied", /hubbub\.db was cut off or overwritten/, () => truncateSync(place("hubbub.db"))],
];

describe("a database that is lost under the server", () => {
	test.each(lost)("[OPS-6] %s: nothing more is acknowledged, and it is told once", async (_what, reason, lose) => {
		lose();
		await expectRefused(reason);
	});

	test.each(lost)("[OPS-6] %s while nobody writes: it is noticed all the same", async (_what, reason, lose) => {
		lose();
		await untilTrouble(reason);
		await expectRefused(reason);
	});

	test("[OPS-6] an older copy is put in its place, into the same file: nothing more is acknowledged", async () => {
		elsewhereRun(`VACUUM INTO '${elsewhere()}'`);
		for (const id of ["m6", "m7"]) await engine.log.append("lobby", entry(id));
		await openAgain();
		await engine.log.open("lobby", { create: true });
		await untilLaterTime();
		writeFileSync(place("hubbub.db"), readFileSync(elsewhere()));
		await expectRefused(/hubbub\.db was cut off or overwritten/);
	});

	test.each(lost.slice(0, 8))("[OPS-6] %s: what was kept can still be read, and rooms be entered", async (_what, reason, lose) => {
		lose();
		await expectRefused(reason);
		expect(await engine.log.open("lobby", { create: false })).toMatchObject({ offset: 5 });
		expect(await ids()).toEqual(kept);
		expect(await engine.log.find("lobby", { id: "m2" })).toMatchObject({ offset: 2 });
		expect(await engine.log.open("nowhere", { create: false }).catch((error: Error) => error.message)).toMatch(reason);
		expect(await engine.store.putIfAbsent("name", "value").catch((error: Error) => error.message)).toMatch(reason);
	});

	test("[OPS-6] closing a server that lost its folder writes nothing where the folder was", async () => {
		removeFolder();
		await expectRefused(/hubbub\.db/);
		await engine.close();
		expect(existsSync(folder)).toBe(false);
	});

	test("[LOG-9] closing takes along what stands in a log whose name is gone", async () => {
		rmSync(place("hubbub.db-wal"));
		await expectRefused(/hubbub\.db-wal/);
		await openAgain();
		expect(await ids()).toEqual(kept);
		expect(faults).toEqual([]);
	});
});

describe("a store that comes back", () => {
	test.each<[string, string, string]>([
		["the folder", "", ""],
		["the database", "hubbub.db", ""],
		["the log beside it", "hubbub.db-wal", ""],
	])("[OPS-6] %s is moved away and back: it heals by itself, with every entry once and without a hole", async (_what, name) => {
		const heard: string[] = [];
		await engine.log.subscribe("lobby", {}, (entries) => heard.push(...entries.map(({ id }) => id)));
		renameSync(place(name), elsewhere());
		await expectRefused(/moved/);
		renameSync(elsewhere(), place(name));
		await untilTrouble(null);
		expect(await engine.log.append("lobby", entry("late"))).toMatchObject({ outcome: "appended", entry: { offset: 6 } });
		expect(await engine.log.append("lobby", entry("m2"))).toMatchObject({ outcome: "duplicate", entry: { offset: 2 } });
		expect(heard).toEqual(["late"]);
		expect(troubles).toEqual([expect.any(String), null]);
		await openAgain();
		expect(await ids()).toEqual([...kept, "late"]);
	});

	test("[OPS-5] [OPS-6] a lock that was cleared away is taken again, and another server is refused as before", async () => {
		rmSync(place("hubbub.lock"));
		while (!existsSync(place("hubbub.lock"))) await Bun.sleep(10);
		await untilTrouble(null);
		expect(await openIn(folder).catch((error: Error) => error.message)).toContain("is in use by another Hubbub");
		expect(await engine.log.append("lobby", entry("late"))).toMatchObject({ outcome: "appended" });
	});

	test("[LOG-7] a mark that was cleared away is written again: the next opening goes on in the same epoch", async () => {
		const before = await engine.log.open("lobby", { create: false });
		rmSync(place("hubbub.mark"));
		while (!existsSync(place("hubbub.mark"))) await Bun.sleep(10);
		await openAgain();
		expect(await engine.log.open("lobby", { create: false })).toEqual(before);
		expect([faults, troubles]).toEqual([[], []]);
	});
});

describe("what others may do beside the server", () => {
	test.each<[string, () => void]>([
		["copies it", () => elsewhereRun(`VACUUM INTO '${elsewhere()}'`)],
		["reads it", () => elsewhereRun("SELECT count(*) FROM entries")],
		["folds the log into it, as copying services do", () => elsewhereRun("PRAGMA wal_checkpoint(PASSIVE)")],
		["folds the log into it and begins it anew", () => elsewhereRun("PRAGMA wal_checkpoint(RESTART)")],
		["folds the log into it and empties it", () => elsewhereRun("PRAGMA wal_checkpoint(TRUNCATE)")],
		["touches it", () => utimesSync(place("hubbub.db"), 1, 1)],
		["touches the log", () => utimesSync(place("hubbub.db-wal"), 1, 1)],
		["changes who may read it", () => chmodSync(place("hubbub.db"), 0o640)],
		["puts a file of its own beside it", () => writeFileSync(place("other"), "")],
	])("another program %s: nothing is the matter", async (_what, act) => {
		for (const id of ["m6", "m7"]) {
			act();
			rmSync(elsewhere(), { force: true });
			expect(await engine.log.append("lobby", entry(id))).toMatchObject({ outcome: "appended" });
		}
		await openAgain();
		expect(await ids()).toEqual([...kept, "m6", "m7"]);
		expect([faults, troubles]).toEqual([[], []]);
	});
});
