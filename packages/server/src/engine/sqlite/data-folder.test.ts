import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemRandom } from "../../runtime/random.ts";
import { newEntry } from "../contract/entries.ts";
import type { Engine } from "../engine.ts";
import { temporaryFolder } from "./faults/fixture.ts";
import { openSqliteEngine } from "./sqlite-engine.ts";

let around: ReturnType<typeof temporaryFolder>;
let folder: string;
let usualUmask: number;
beforeEach(() => {
	around = temporaryFolder();
	folder = join(around.path, "data");
	usualUmask = process.umask();
});
afterEach(() => {
	process.umask(usualUmask);
	around.remove();
});

/** Opens the engine, writes something, and answers what was noticed; `close` ends it. */
async function live(): Promise<{ engine: Engine; notices: string[] }> {
	const notices: string[] = [];
	const engine = await openSqliteEngine({
		folder,
		random: systemRandom,
		onFault: (words) => notices.push(words),
		onNotice: (words) => notices.push(words),
	});
	await engine.log.open("lobby", { create: true });
	await engine.log.append("lobby", newEntry({ id: systemRandom.token(8) }));
	return { engine, notices };
}

const modeOf = (path: string) => statSync(path).mode & 0o777;
const modes = () => Object.fromEntries(readdirSync(folder).map((name) => [name, modeOf(join(folder, name)).toString(8)]));
const names = ["hubbub.db", "hubbub.db-shm", "hubbub.db-wal", "hubbub.lock", "hubbub.mark"];
const closed = Object.fromEntries(names.map((name) => [name, "600"]));

describe.skipIf(process.platform === "win32")("who may read what the server keeps", () => {
	test.each([0o000, 0o022, 0o027, 0o077])("[OPS-8] with umask %i: the server alone, while it runs and afterwards", async (umask) => {
		process.umask(umask);
		const { engine, notices } = await live();
		expect([modeOf(folder), modes(), notices]).toEqual([0o700, closed, []]);
		await engine.close();
		const { "hubbub.db": _db, "hubbub.db-shm": _shm, "hubbub.db-wal": _wal, ...others } = closed;
		expect(modes()).toEqual({ "hubbub.db": "600", ...others });
	});

	test("[OPS-8] a folder of ours from before, and its files, are closed to others, and that is said once", async () => {
		await (await live()).engine.close();
		chmodSync(folder, 0o755);
		for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
		const { engine, notices } = await live();
		expect([modeOf(folder), modes()]).toEqual([0o700, closed]);
		expect(notices.sort()).toEqual(
			[folder, ...["hubbub.db", "hubbub.lock", "hubbub.mark"].map((name) => join(folder, name))]
				.map((path) => `The ${path === folder ? "folder" : "file"} ${path} was open to other users of this machine; now it is not.`)
				.sort(),
		);
		await engine.close();
		const again = await live();
		expect(again.notices).toEqual([]);
		await again.engine.close();
	});

	test("[OPS-8] a server that was killed has left its log: that is closed to others too", async () => {
		await (await live()).engine.close();
		const left = ["hubbub.db-wal", "hubbub.db-shm", "hubbub.mark.new"];
		for (const name of left) writeFileSync(join(folder, name), "", { mode: 0o666 });
		for (const name of left) chmodSync(join(folder, name), 0o666);
		const { engine } = await live();
		expect(modes()).toEqual(closed);
		await engine.close();
	});

	test("[OPS-8] a folder that others have something in is left as it is, and the files in it are closed", async () => {
		mkdirSync(folder);
		writeFileSync(join(folder, "index.html"), "");
		chmodSync(folder, 0o755);
		const { engine, notices } = await live();
		expect([modeOf(folder), notices]).toEqual([0o755, []]);
		expect(modes()).toMatchObject(closed);
		await engine.close();
	});

	test("[OPS-8] one that everybody may write in is told of", async () => {
		mkdirSync(folder);
		writeFileSync(join(folder, "other"), "");
		chmodSync(folder, 0o777);
		const { engine, notices } = await live();
		expect(notices).toEqual([`Everybody on this machine may write in the data folder ${folder}.`]);
		await engine.close();
	});

	test("[OPS-8] a data folder that is a link to one is closed where it is", async () => {
		const target = join(around.path, "disk");
		mkdirSync(target, { mode: 0o755 });
		mkdirSync(join(target, "lost+found"));
		chmodSync(target, 0o755);
		symlinkSync(target, folder);
		const { engine } = await live();
		expect(modeOf(target)).toBe(0o700);
		await engine.close();
	});
});
