import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newEntry } from "../../contract/entries.ts";
import type { Engine } from "../../engine.ts";
import { openIn, temporaryFolder } from "./fixture.ts";

/** A disk of 4 MiB. Only root may mount one; elsewhere the suite is skipped, and says so. */
function mountSmallDisk(path: string): boolean {
	const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", path], { stderr: "ignore" });
	return mounted.success;
}

const probe = temporaryFolder();
const permitted = process.platform === "linux" && process.getuid?.() === 0 && mountSmallDisk(probe.path);
if (permitted) Bun.spawnSync(["umount", probe.path]);
probe.remove();

describe.skipIf(!permitted)(permitted ? "a full disk" : "a full disk (skipped: mounting a small one needs root on Linux)", () => {
	let folder: ReturnType<typeof temporaryFolder>;
	let engine: Engine;
	beforeAll(async () => {
		folder = temporaryFolder();
		if (!mountSmallDisk(folder.path)) throw new Error("the small disk could not be mounted");
		({ engine } = await openIn(folder.path));
		await engine.log.open("lobby", { create: true });
	});
	afterAll(async () => {
		await engine.close();
		Bun.spawnSync(["umount", folder.path]);
		folder.remove();
	});

	test("[SAY-6] writes fail, reads go on, offsets have no hole, and it heals itself when there is space again", async () => {
		const heard: number[] = [];
		await engine.log.subscribe("lobby", {}, (entries) => heard.push(...entries.map(({ offset }) => offset)));
		const before = Array.from({ length: 20 }, (_, index) =>
			engine.log.append("lobby", newEntry({ id: `m${index + 1}`, key: `k${index + 1}` })),
		);
		await Promise.all(before);

		for (let round = 0; round < 3; round++) {
			const known = (await engine.log.open("lobby", { create: false }))!;
			fillUp(join(folder.path, "ballast"));
			const failed = await appendUntilFailed(engine, round);
			expect(failed).toMatchObject({ outcome: "failed", reason: "unavailable" });
			const together = await Promise.all([1, 2, 3].map((count) => engine.log.append("lobby", bigEntry(`together-${round}-${count}`))));
			expect(together.map(({ outcome }) => outcome)).toEqual(["failed", "failed", "failed"]);
			const read = await engine.log.read("lobby", { after: 0, limit: 10_000 });
			expect(read.slice(0, 20).map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, index) => `m${index + 1}`));
			expect(read.length).toBeGreaterThanOrEqual(known.offset);

			rmSync(join(folder.path, "ballast"));
			const healed = await engine.log.append("lobby", newEntry({ id: `healed-${round}` }));
			expect(healed).toMatchObject({ outcome: "appended", entry: { offset: read.length + 1 } });
			const retried = await engine.log.append("lobby", newEntry({ id: "another", key: "k7" }));
			expect(retried).toMatchObject({ outcome: "duplicate", entry: { id: "m7", offset: 7 } });
		}
		const head = (await engine.log.open("lobby", { create: false }))!;
		expect(heard).toEqual(Array.from({ length: head.offset }, (_, index) => index + 1));

		await engine.close();
		const again = await openIn(folder.path);
		engine = again.engine;
		expect(again.faults).toEqual([]);
		expect(await engine.log.open("lobby", { create: false })).toEqual(head);
		const all = await engine.log.read("lobby", { after: 0, limit: 10_000 });
		expect(all.map(({ offset }) => offset)).toEqual(heard);
	});
});

function bigEntry(id: string) {
	return newEntry({ id, text: "x".repeat(20_000) });
}

/** What space the log beside the database has kept for itself is used up first. */
async function appendUntilFailed(engine: Engine, round: number) {
	for (let count = 0; count < 500; count++) {
		const appended = await engine.log.append("lobby", bigEntry(`big-${round}-${count}`));
		if (appended.outcome === "failed") return appended;
	}
	return null;
}

/** Leaves nothing free. */
function fillUp(path: string): void {
	const { bavail, bsize } = statfsSync(join(path, ".."));
	try {
		writeFileSync(path, Buffer.alloc(Number(bavail) * Number(bsize)));
	} catch {
		// The last block may be less than was counted; what was written stays.
	}
}
