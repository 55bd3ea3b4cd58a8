import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { newEntry, textOf } from "../../contract/entries.ts";
import type { Entry, LogName, RoomLog } from "../../log.ts";
import { openIn, temporaryFolder } from "./fixture.ts";

const CYCLES = 20;
let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
	folder = temporaryFolder();
});
afterAll(() => folder.remove());

test(`[LOG-9] killed ${CYCLES} times under load, the log loses nothing acknowledged, doubles nothing, and keeps offsets and epochs`, async () => {
	const acknowledged = new Map<string, Map<string, number>>();
	const epochs = new Map<string, string>();
	for (let cycle = 0; cycle < CYCLES; cycle++) {
		const lines = await appendUntilKilled(folder.path, cycle, 10 + Math.random() * 290);
		for (const line of lines) {
			const [room, second, key] = line.split(" ") as [string, string, string?];
			expect(room).not.toBe("fault");
			if (key === undefined) {
				expect(epochs.get(room) ?? second).toBe(second);
				epochs.set(room, second);
			} else {
				const keys = acknowledged.get(room) ?? new Map<string, number>();
				acknowledged.set(room, keys.set(key, Number(second)));
			}
		}
		await examine(acknowledged, epochs);
	}
	expect([...acknowledged.keys()].sort()).toEqual(["backstage", "lobby", "stage"]);
}, 300_000);

/** Starts the appender, kills it without warning `afterMs` after its first acknowledgement, and answers the whole lines it wrote. */
async function appendUntilKilled(path: string, cycle: number, afterMs: number): Promise<string[]> {
	const child = Bun.spawn([process.execPath, join(import.meta.dir, "appender.ts"), path, `r${cycle}`], {
		stdout: "pipe",
		stderr: "inherit",
	});
	let output = "";
	let killing: Timer | null = null;
	const decoder = new TextDecoder();
	for await (const bytes of child.stdout) {
		output += decoder.decode(bytes, { stream: true });
		if (killing === null && /^\w+ \d+ r/m.test(output)) killing = setTimeout(() => child.kill("SIGKILL"), afterMs);
	}
	await child.exited;
	expect(child.signalCode).toBe("SIGKILL");
	return output
		.slice(0, output.lastIndexOf("\n"))
		.split("\n")
		.filter((line) => line !== "ready");
}

async function examine(acknowledged: Map<string, Map<string, number>>, epochs: Map<string, string>): Promise<void> {
	const { engine, faults } = await openIn(folder.path);
	try {
		expect(faults).toEqual([]);
		for (const [room, epoch] of epochs) {
			const head = await engine.log.open(room, { create: false });
			expect(head?.epoch).toBe(epoch);
			const entries = await readAll(engine.log, room);
			expect(entries.map(({ offset }) => offset)).toEqual(Array.from({ length: head!.offset }, (_, index) => index + 1));
			expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
			const ids = new Set(entries.map(({ id }) => id));
			const lost = [...(acknowledged.get(room) ?? [])].filter(([key, offset]) => entries[offset - 1]?.id !== key);
			expect(lost).toEqual([]);
			expect(entries.filter((entry) => !isWholeWith(entry, ids))).toEqual([]);
			await expectRecordsBeside(engine.log, room, entries);
			await expectRetriesAnswered(engine.log, room, [...(acknowledged.get(room) ?? [])].slice(-50), head!.offset);
		}
	} finally {
		await engine.close();
	}
}

/** Every tenth entry of a sayer takes back the one before: both are there or neither is. */
function isWholeWith(entry: Entry, ids: ReadonlySet<string>): boolean {
	const [run, sayer, count] = entry.id.split("-");
	const redacted = Number(count) % 10 === 8 && ids.has(`${run}-${sayer}-${Number(count) + 1}`);
	return textOf(entry) === (redacted ? "" : "hello");
}

/** Beside each entry that takes something back stands its record in the staff log, in the same order, and no other; and the latest of each sayer is what holds. */
async function expectRecordsBeside(log: RoomLog, room: string, entries: readonly Entry[]): Promise<void> {
	const records = await readAll(log, room, "staff");
	expect(records.map(({ id }) => id)).toEqual(entries.map(({ id }) => id).filter((id) => Number(id.split("-")[2]) % 10 === 9));
	const latest = new Map(records.map((entry) => [entry.id.split("-")[1], entry.id]));
	expect((await log.state(room, "staff")).map(({ id }) => id).sort()).toEqual([...latest.values()].sort());
}

async function expectRetriesAnswered(log: RoomLog, room: string, keys: [string, number][], head: number): Promise<void> {
	for (const [key, offset] of keys) {
		const retried = await log.append(room, newEntry({ id: `retry-${key}`, author: `u${key.split("-")[1]}`, key }));
		expect(retried).toMatchObject({ outcome: "duplicate", entry: { id: key, offset } });
	}
	expect((await log.open(room, { create: false }))?.offset).toBe(head);
}

async function readAll(log: RoomLog, room: string, name: LogName = "public"): Promise<Entry[]> {
	const entries: Entry[] = [];
	for (;;) {
		const page = await log.read(room, { log: name, after: entries.length, limit: 5_000 });
		if (page.length === 0) return entries;
		entries.push(...page);
	}
}
