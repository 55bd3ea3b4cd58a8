import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newEntry } from "../../contract/entries.ts";
import type { Engine } from "../../engine.ts";
import { engineLimits } from "../../limits.ts";
import { LogUnavailable } from "../../log.ts";
import { openIn, temporaryFolder } from "./fixture.ts";

let folder: ReturnType<typeof temporaryFolder>;
let engine: Engine;
let faults: string[];
let troubles: (string | null)[];
beforeEach(() => {
	folder = temporaryFolder();
});
afterEach(async () => {
	await engine.close();
	folder.remove();
});

async function openWith(script: string): Promise<void> {
	({ engine, faults, troubles } = await openIn(folder.path, { script: new URL(script, import.meta.url).href }));
	await engine.log.open("lobby", { create: true });
	// After a quiet moment the next write goes to the disk at once.
	await Bun.sleep(engineLimits.gatherMs + 1);
}

function hold(): void {
	writeFileSync(join(folder.path, "hold"), "");
}

function release(): void {
	rmSync(join(folder.path, "hold"), { force: true });
}

describe("a slow disk", () => {
	beforeEach(() => openWith("./held-worker.ts"));
	// Or else closing would wait for ever where a test failed.
	afterEach(() => release());

	test("costs acknowledgements time and the event loop nothing", async () => {
		hold();
		let committed = false;
		const appending = engine.log.append("lobby", newEntry({ id: "m1" })).then(() => {
			committed = true;
		});
		for (let ticks = 0; ticks < 20; ticks++) await Bun.sleep(1);
		expect(committed).toBe(false);
		release();
		await appending;
	});

	test("is left in peace: writes that keep coming share a commit every 10 ms", async () => {
		const { batches: before } = engine.stats();
		const startedMs = performance.now();
		const appending: Promise<unknown>[] = [];
		for (let count = 0; count < 40; count++) {
			appending.push(engine.log.append("lobby", newEntry({ id: `m${count}` })));
			await Bun.sleep(1);
		}
		await Promise.all(appending);
		const commits = engine.stats().batches - before;
		// Timers count whole milliseconds: one may be early by a part of it.
		expect(commits).toBeLessThanOrEqual(1 + Math.ceil((performance.now() - startedMs) / (engineLimits.gatherMs - 1)));
		expect(engine.stats()).toMatchObject({ waiting: 0, appended: 40 });
	});

	test("collects what arrives during a commit into the next one", async () => {
		const before = engine.stats().batches;
		hold();
		const first = engine.log.append("lobby", newEntry({ id: "m0" }));
		await Bun.sleep(1);
		const rest: Promise<unknown>[] = [];
		for (let count = 1; count <= 300; count++) rest.push(engine.log.append("lobby", newEntry({ id: `m${count}` })));
		await Bun.sleep(1);
		expect(engine.stats().waiting).toBe(301);
		release();
		await Promise.all([first, ...rest]);
		expect(engine.stats()).toMatchObject({ waiting: 0, waitingUnits: 0, appended: 301, batches: before + 2 });
	});

	test("does not hold up reads, and shows nobody what is not committed", async () => {
		await engine.log.append("lobby", newEntry({ id: "m1" }));
		const heard: string[] = [];
		await engine.log.subscribe("lobby", {}, (entries) => heard.push(...entries.map(({ id }) => id)));
		hold();
		const appending = engine.log.append("lobby", newEntry({ id: "m2" }));
		expect((await engine.log.read("lobby", { limit: 10 })).map(({ id }) => id)).toEqual(["m1"]);
		expect(await engine.log.find("lobby", { id: "m2" })).toBeNull();
		expect(heard).toEqual([]);
		release();
		await appending;
		expect(heard).toEqual(["m2"]);
	});

	test("[SAY-6] bounds what waits: beyond 10,000 writes the next is overloaded, and later ones are taken again", async () => {
		const { waitingWritesMax } = engineLimits;
		hold();
		const taken = Array.from({ length: waitingWritesMax }, (_, index) => engine.log.append("lobby", newEntry({ id: `m${index}` })));
		const refused = await engine.log.append("lobby", newEntry({ id: "late" }));
		expect(refused).toMatchObject({ outcome: "failed", reason: "overloaded" });
		release();
		expect((await Promise.all(taken)).every(({ outcome }) => outcome === "appended")).toBe(true);
		expect(await engine.log.append("lobby", newEntry({ id: "late" }))).toMatchObject({ entry: { offset: waitingWritesMax + 1 } });
	});

	test("[SAY-6] bounds what waits by its size too", async () => {
		const text = "x".repeat(engineLimits.waitingUnitsMax / 8);
		hold();
		const appending = Array.from({ length: 9 }, (_, index) => engine.log.append("lobby", newEntry({ id: `m${index}`, text })));
		expect(await appending[8]).toMatchObject({ outcome: "failed", reason: "overloaded" });
		release();
		const appended = await Promise.all(appending.slice(0, 7));
		expect(appended.map(({ outcome }) => outcome)).toEqual(Array(7).fill("appended"));
		await appending[7];
		expect(engine.stats()).toMatchObject({ waiting: 0, waitingUnits: 0 });
	});
});

describe("a storage thread that dies", () => {
	beforeEach(() => openWith("./dying-worker.ts"));

	test("before the commit: everyone is answered by the next thread, offsets go on", async () => {
		const heard: number[] = [];
		await engine.log.subscribe("lobby", {}, (entries) => heard.push(...entries.map(({ offset }) => offset)));
		const ids = ["m1", "die-before", "m2"];
		const appended = await Promise.all(ids.map((id) => engine.log.append("lobby", newEntry({ id }))));
		expect(appended).toMatchObject([1, 2, 3].map((offset) => ({ outcome: "appended", entry: { offset } })));
		expect(heard).toEqual([1, 2, 3]);
		expect(engine.stats().restarts).toBe(1);
		expect(faults).toEqual([expect.stringContaining("The storage thread was lost: error: the storage thread dies, before")]);
	});

	test("after the commit, before the answer: nothing is doubled, and subscribers hear it after all", async () => {
		const head = await engine.log.open("lobby", { create: false });
		const heard: string[] = [];
		await engine.log.subscribe("lobby", {}, (entries) => heard.push(...entries.map(({ id }) => id)));
		const entries = [newEntry({ id: "m1", key: null }), newEntry({ id: "die-after", key: "k" }), newEntry({ id: "m2", key: "k" })];
		const appended = await Promise.all(entries.map((entry) => engine.log.append("lobby", entry)));
		expect(appended).toMatchObject([
			{ outcome: "appended", entry: { offset: 1 } },
			{ outcome: "appended", entry: { offset: 2 } },
			{ outcome: "duplicate", entry: { id: "die-after", offset: 2 } },
		]);
		expect(heard).toEqual(["m1", "die-after"]);
		expect((await engine.log.read("lobby", { limit: 10 })).map(({ id }) => id)).toEqual(["m1", "die-after"]);
		expect(await engine.log.open("lobby", { create: false })).toEqual({ epoch: head!.epoch, offset: 2 });
	});

	test("again at the same batch: that batch fails, what waited behind it goes through", async () => {
		const poisoned = engine.log.append("lobby", newEntry({ id: "die-always" }));
		await Bun.sleep(1);
		const behind = engine.log.append("lobby", newEntry({ id: "m1" }));
		expect(await poisoned).toMatchObject({ outcome: "failed", reason: "unavailable" });
		expect(await behind).toMatchObject({ outcome: "appended", entry: { offset: 1 } });
	});

	test("and cannot be started again: writes fail at once, reads go on, and it heals itself", async () => {
		await engine.log.append("lobby", newEntry({ id: "m1" }));
		writeFileSync(join(folder.path, "no-start"), "");
		expect(await engine.log.append("lobby", newEntry({ id: "die-before" }))).toMatchObject({ outcome: "failed", reason: "unavailable" });
		expect(await engine.log.append("lobby", newEntry({ id: "m2" }))).toMatchObject({ outcome: "failed", reason: "unavailable" });
		await expect(engine.store.putIfAbsent("name", "value")).rejects.toThrow(LogUnavailable);
		expect((await engine.log.read("lobby", { limit: 10 })).map(({ id }) => id)).toEqual(["m1"]);
		rmSync(join(folder.path, "no-start"));
		let healed = await engine.log.append("lobby", newEntry({ id: "m3" }));
		while (healed.outcome === "failed") {
			await Bun.sleep(20);
			healed = await engine.log.append("lobby", newEntry({ id: "m3" }));
		}
		expect(healed).toMatchObject({ outcome: "appended", entry: { offset: 2 } });
		expect(troubles[0]).toBe("The file no-start is in the way.");
	});

	test("while closing: closing ends all the same", async () => {
		const appending = engine.log.append("lobby", newEntry({ id: "die-always" }));
		await engine.close();
		expect(await appending).toMatchObject({ outcome: "failed", reason: "unavailable" });
	});
});
