import { afterEach, beforeEach, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { newEntry } from "../../contract/entries.ts";
import { openIn, temporaryFolder } from "./fixture.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
	folder = temporaryFolder();
});
afterEach(() => folder.remove());

/** Files of the folder that hold the words. Another process looks: closing a file of SQLite's would drop this process's locks on it. */
function filesWith(words: string): string[] {
	const paths = readdirSync(folder.path).map((name) => join(folder.path, name));
	const found = Bun.spawnSync(["grep", "--text", "--files-with-matches", "--fixed-strings", words, ...paths]);
	return found.stdout
		.toString()
		.split("\n")
		.filter(Boolean)
		.map((path) => path.slice(folder.path.length + 1))
		.sort();
}

test("[SAY-5] a text that was taken back stands in no file any more, while the server runs", async () => {
	const { engine } = await openIn(folder.path);
	await engine.log.open("lobby", { create: true });
	const texts = Array.from({ length: 200 }, (_, index) => newEntry({ id: `m${index}`, text: `a harmless text ${index}` }));
	await Promise.all(texts.map((entry) => engine.log.append("lobby", entry)));
	await engine.log.append("lobby", newEntry({ id: "secret", key: "k", text: "the home address of Ann" }));
	expect(filesWith("the home address")).toEqual(["hubbub.db-wal"]);
	await engine.log.append("lobby", newEntry({ id: "d1", redacts: ["secret"] }));
	// The next answer comes after the writer has tidied up.
	await engine.log.open("lobby", { create: false });
	expect(filesWith("the home address")).toEqual([]);
	expect(filesWith("a harmless text 7")).toEqual(["hubbub.db"]);
	await engine.close();
	expect(filesWith("the home address")).toEqual([]);
});

test("[SAY-7] a removed text that was wiped stands in no file any more, while the server runs", async () => {
	const { engine } = await openIn(folder.path);
	await engine.log.open("lobby", { create: true });
	const text = "the home address of Ann";
	await engine.log.append("lobby", newEntry({ id: "secret", text }));
	await engine.log.append("lobby", [
		newEntry({ id: "d1", text: "", redacts: ["secret"] }),
		newEntry({ id: "d1", log: "staff", at: 1_000, text, isRemoved: true }),
	]);
	await engine.log.open("lobby", { create: false });
	expect(filesWith(text)).not.toEqual([]);
	expect(await engine.log.wipe(2_000)).toBe(1);
	// The next answer comes after the writer has tidied up.
	await engine.log.open("lobby", { create: false });
	expect(filesWith(text)).toEqual([]);
	await engine.close();
});

test("a closed folder holds one whole database, the lock and the mark, an open one the write-ahead log besides", async () => {
	const { engine } = await openIn(folder.path);
	await engine.log.open("lobby", { create: true });
	await engine.log.append("lobby", newEntry({ id: "m1" }));
	expect(readdirSync(folder.path).sort()).toEqual(["hubbub.db", "hubbub.db-shm", "hubbub.db-wal", "hubbub.lock", "hubbub.mark"]);
	await engine.close();
	expect(readdirSync(folder.path).sort()).toEqual(["hubbub.db", "hubbub.lock", "hubbub.mark"]);
});
