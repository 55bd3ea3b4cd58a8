import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newEntry } from "../../contract/entries.ts";
import { EngineRefused } from "../../engine.ts";
import { openIn, temporaryFolder } from "./fixture.ts";

let folder: ReturnType<typeof temporaryFolder>;
let file: string;
beforeEach(() => {
	folder = temporaryFolder();
	file = join(folder.path, "hubbub.db");
});
afterEach(() => folder.remove());

async function refusalOf(path: string): Promise<string> {
	const error = await openIn(path).then(
		async ({ engine }) => engine.close().then(() => null),
		(error: unknown) => error,
	);
	expect(error).toBeInstanceOf(EngineRefused);
	return (error as EngineRefused).message;
}

test("[OPS-5] a second server on the same folder is refused until the first has left", async () => {
	const { engine } = await openIn(folder.path);
	await engine.log.open("lobby", { create: true });
	expect(await refusalOf(folder.path)).toBe(`The data folder ${folder.path} is in use by another Hubbub.`);
	expect(await engine.log.append("lobby", newEntry({ id: "m1" }))).toMatchObject({ outcome: "appended" });
	await engine.close();
	const second = await openIn(folder.path);
	expect(second.faults).toEqual([]);
	expect((await second.engine.log.open("lobby", { create: false }))?.offset).toBe(1);
	await second.engine.close();
});

test("[OPS-5] a second process on the same folder is refused, and let in once the first was killed", async () => {
	const program = join(import.meta.dir, "appender.ts");
	const child = Bun.spawn([process.execPath, program, folder.path, "r0"], { stdout: "pipe", stderr: "inherit" });
	// Read until it is under way and no further; the pipe stays open, since a closed one would end the program.
	const output = child.stdout.getReader();
	const decoder = new TextDecoder();
	try {
		for (let heard = ""; !heard.includes("ready"); ) heard += decoder.decode((await output.read()).value, { stream: true });
		expect(await refusalOf(folder.path)).toBe(`The data folder ${folder.path} is in use by another Hubbub.`);
	} finally {
		child.kill("SIGKILL");
		await child.exited;
	}
	const { engine } = await openIn(folder.path);
	expect((await engine.log.open("lobby", { create: false }))?.epoch).toMatch(/^[a-z0-9]{12}$/);
	await engine.close();
});

test("[OPS-5] a folder that is a file is refused", async () => {
	const path = join(folder.path, "data");
	writeFileSync(path, "");
	expect(await refusalOf(path)).toBe(`The data folder ${path} is not a folder.`);
	expect(await refusalOf(join(path, "deeper"))).toBe(`The data folder ${join(path, "deeper")} is not a folder.`);
});

test("a folder that does not exist yet is made", async () => {
	const { engine } = await openIn(join(folder.path, "a", "b"));
	expect(await engine.log.open("lobby", { create: true })).toMatchObject({ offset: 0 });
	await engine.close();
});

test("[OPS-5] a file that is no database is refused and left as it was", async () => {
	const content = "this is a shopping list\n".repeat(1_000);
	writeFileSync(file, content);
	expect(await refusalOf(folder.path)).toBe(`The file ${file} is not a database.`);
	expect(readFileSync(file, "utf8")).toBe(content);
});

test("[OPS-5] a folder where the file should be is refused", async () => {
	mkdirSync(file);
	expect(await refusalOf(folder.path)).toBe(`The file ${file} cannot be opened.`);
});

test("[OPS-5] another program's database is refused and left as it was", async () => {
	const other = new Database(file);
	other.run("CREATE TABLE recipes (name TEXT)");
	other.close();
	const content = readFileSync(file);
	expect(await refusalOf(folder.path)).toBe(`The file ${file} belongs to another program.`);
	expect(readFileSync(file).equals(content)).toBe(true);
});

test("[OPS-5] a database of a newer Hubbub is refused", async () => {
	await (await openIn(folder.path)).engine.close();
	const newer = new Database(file);
	newer.run("PRAGMA user_version = 999");
	newer.close();
	expect(await refusalOf(folder.path)).toBe(`The file ${file} was written by a newer Hubbub.`);
});

test("a refused opening holds nothing: the folder can be opened once its trouble is gone", async () => {
	writeFileSync(file, "junk".repeat(1_000));
	await refusalOf(folder.path);
	writeFileSync(file, "");
	const { engine } = await openIn(folder.path);
	expect(await engine.log.open("lobby", { create: true })).toMatchObject({ offset: 0 });
	await engine.close();
});
