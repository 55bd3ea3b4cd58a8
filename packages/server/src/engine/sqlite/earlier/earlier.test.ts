import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { newEntry } from "../../contract/entries.ts";
import { type Entry, type LogName, LogUnavailable, type RoomLog } from "../../log.ts";
import { openIn, temporaryFolder } from "../faults/fixture.ts";
import { contentOf, copyOf, fill } from "./earlier-folder.ts";

const commits = readdirSync(join(import.meta.dir, "data"));

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
	folder = temporaryFolder();
});
afterEach(() => folder.remove());

async function all(log: RoomLog, room: string, name: LogName = "public"): Promise<readonly Entry[]> {
	return log.read(room, { log: name, after: 0, limit: 10_000 });
}

describe.each(commits)("a data folder of %s", (commit) => {
	const { epochs, entries } = contentOf(commit);
	const of = (room: string) => entries.filter((entry) => entry.room === room);

	test("[LOG-9] opens with the same rooms, epochs, offsets and messages, and goes on from there", async () => {
		copyOf(commit, folder.path);
		const { engine, faults } = await openIn(folder.path);
		const { log } = engine;
		expect(faults).toEqual([]);
		expect(await engine.directory.rooms({ after: "", limit: 10 })).toEqual(["empty", "lobby", "maths"]);
		expect(await engine.store.get("guest-token-secret")).toBe("a secret of the fixture");
		for (const [room, epoch] of Object.entries(epochs)) {
			const own = of(room);
			expect(await log.open(room, { create: false })).toEqual({ epoch, offset: own.length });
			const read = await all(log, room);
			expect(read.map(({ offset, id }) => [offset, id])).toEqual(own.map(({ offset, id }) => [offset, id]));
			const messages = own.filter(({ kind }) => kind === "message");
			expect(read.filter(({ json }) => json.includes('"kind":"message"')).map(({ json }) => json)).toEqual(
				messages.map(({ offset, body }) => `{"offset":${offset},${body.slice(1)}`),
			);
			for (const { author, key, id, body, offset } of messages) {
				expect((await log.find(room, { id }))?.offset).toBe(offset);
				const again = await log.append(room, newEntry({ id: `again-${id}`, author, key, body, content: ["text", "replyTo", "style"] }));
				expect(again).toMatchObject({ outcome: "duplicate", entry: { offset, id } });
			}
			expect(await log.append(room, newEntry({ id: "next" }))).toMatchObject({ outcome: "appended", entry: { offset: own.length + 1 } });
		}
		await engine.close();
	});

	test("[LOG-9] has who acted in the staff log alone, and all else of those events where it was", async () => {
		copyOf(commit, folder.path);
		const { engine } = await openIn(folder.path);
		for (const room of Object.keys(epochs)) {
			const acts = of(room).filter(({ kind }) => kind !== "message");
			const staff = await all(engine.log, room, "staff");
			expect(staff.map(({ id, json }) => ({ id, ...JSON.parse(json) }))).toEqual(
				acts.map(({ id, body }, index) => ({ id, offset: index + 1, ...JSON.parse(body) })),
			);
			const told = (await all(engine.log, room)).filter(({ id }) => acts.some((act) => act.id === id));
			expect(told).toHaveLength(acts.length);
			for (const [index, { json }] of told.entries()) {
				const { by, ...rest } = JSON.parse(acts[index]!.body);
				expect(JSON.parse(json)).toMatchObject(rest);
				expect(json).not.toContain('"by"');
				expect(json).not.toContain(by.name);
			}
		}
		await engine.close();
	});

	test("[SET-2] says what holds by the latest settings alone, however they were changed one by one", async () => {
		copyOf(commit, folder.path);
		const { engine } = await openIn(folder.path);
		expect(await engine.log.state("empty")).toEqual([]);
		for (const [room, title] of [
			["lobby", "大厅"],
			["maths", "The maths"],
		] as const) {
			const [held, ...others] = await engine.log.state(room);
			expect(others).toEqual([]);
			expect(JSON.parse(held!.json).all).toEqual({ title, slowModeSeconds: 0, write: "members" });
		}
		await engine.close();
	});

	test("[LOG-9] is changed once: opened again it is what it was", async () => {
		copyOf(commit, folder.path);
		const seen = [];
		for (let opening = 0; opening < 3; opening++) {
			const { engine, faults } = await openIn(folder.path);
			const rooms = Object.keys(epochs);
			const heads = await Promise.all(rooms.map((room) => engine.log.open(room, { create: false })));
			const logs = await Promise.all(rooms.flatMap((room) => [all(engine.log, room), all(engine.log, room, "staff")]));
			seen.push({ heads, logs, faults });
			await engine.close();
		}
		expect(seen[1]).toEqual(seen[0]!);
		expect(seen[2]).toEqual(seen[0]!);
	});

	test("[LOG-9] knows when each of its entries was made", async () => {
		copyOf(commit, folder.path);
		const { engine } = await openIn(folder.path);
		for (const { offset, body } of of("lobby")) {
			const [first] = await engine.log.read("lobby", { since: JSON.parse(body).at, limit: 1 });
			expect(first?.offset).toBe(offset);
		}
		await engine.close();
	});

	test("[LOG-6] put back from a copy has new epochs, and all its entries", async () => {
		copyOf(commit, folder.path);
		rmSync(join(folder.path, "hubbub.mark"));
		const { engine, faults } = await openIn(folder.path);
		expect(faults).toHaveLength(1);
		for (const [room, epoch] of Object.entries(epochs)) {
			const head = await engine.log.open(room, { create: false });
			expect(head?.offset).toBe(of(room).length);
			expect(head?.epoch).not.toBe(epoch);
		}
		await engine.close();
	});

	test("[OPS-5] with an entry that was damaged before shows it to nobody afterwards, and all the others", async () => {
		copyOf(commit, folder.path, (database) => database.run("UPDATE events SET body = replace(body, 'message 7', 'massage 7')"));
		const { engine } = await openIn(folder.path);
		const damaged = of("lobby").find(({ body }) => body.includes("message 7"))!.offset;
		const fault = await engine.log.read("lobby", { after: damaged - 1, limit: 1 }).catch((error: unknown) => error);
		expect(fault).toEqual(new LogUnavailable(`The entry at offset ${damaged} is damaged on disk.`));
		expect(await engine.log.read("lobby", { after: damaged, limit: 100 })).toHaveLength(of("lobby").length - damaged);
		await engine.close();
	});
});

test("[LOG-9] killed while it is brought to today's tables, at any moment, a folder is as it was or as it should be, and opens", async () => {
	const [commit] = commits as [string];
	const count = 5_000;
	const file = join(folder.path, "hubbub.db");
	const begin = () => {
		for (const name of readdirSync(folder.path)) rmSync(join(folder.path, name));
		copyOf(commit, folder.path, (database) => fill(database, "empty", count));
	};
	begin();
	const startedMs = performance.now();
	expect(await openUntilKilled(folder.path, null)).toEqual(["opening", "open"]);
	const tookMs = performance.now() - startedMs;

	const versions = new Set<unknown>();
	// The first is killed as soon as it begins: once more where that came too late on a busy machine.
	for (let step = 0; step < 8 || !versions.has(1); step++) {
		begin();
		await openUntilKilled(folder.path, (tookMs * (step % 8)) / 8);
		const database = new Database(file, { readwrite: true });
		versions.add(database.query("PRAGMA user_version").values()[0]?.[0]);
		expect(database.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
		database.close();
		const { engine, faults } = await openIn(folder.path);
		expect(faults).toEqual([]);
		expect(await engine.log.open("empty", { create: false })).toEqual({ epoch: contentOf(commit).epochs.empty!, offset: count });
		const texts = await Promise.all([0, 2_500].map((after) => engine.log.read("empty", { after, limit: 2_500 })));
		expect(texts.flat().map(({ json }) => JSON.parse(json).text)).toEqual(Array.from({ length: count }, (_, index) => `text ${index + 1}`));
		expect(await all(engine.log, "lobby", "staff")).toHaveLength(5);
		await engine.close();
	}
}, 300_000);

/** Runs the opener, killed without warning so long after it began to open; null lets it end. Answers the lines it wrote. */
async function openUntilKilled(path: string, afterMs: number | null): Promise<string[]> {
	const child = Bun.spawn([process.execPath, join(import.meta.dir, "opener.ts"), path], { stdout: "pipe", stderr: "inherit" });
	let output = "";
	const decoder = new TextDecoder();
	for await (const bytes of child.stdout) {
		output += decoder.decode(bytes, { stream: true });
		if (afterMs !== null && output.startsWith("opening\n")) setTimeout(() => child.kill("SIGKILL"), afterMs);
	}
	await child.exited;
	return output.split("\n").filter(Boolean);
}
