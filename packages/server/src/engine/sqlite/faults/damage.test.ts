import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { newEntry } from "../../contract/entries.ts";
import { EngineRefused } from "../../engine.ts";
import { type Entry, type LogHead, LogUnavailable } from "../../log.ts";
import { openIn, temporaryFolder } from "./fixture.ts";

const COUNT = 300;
let folder: ReturnType<typeof temporaryFolder>;
let file: string;
let head: LogHead;
let written: readonly Entry[];

beforeEach(async () => {
	folder = temporaryFolder();
	file = join(folder.path, "hubbub.db");
	const { engine } = await openIn(folder.path);
	await engine.log.open("lobby", { create: true });
	await Promise.all(Array.from({ length: COUNT }, (_, index) => engine.log.append("lobby", entry(index))));
	head = (await engine.log.open("lobby", { create: false }))!;
	written = await engine.log.read("lobby", { limit: COUNT });
	await engine.close();
});
afterEach(() => folder.remove());

function entry(index: number) {
	return newEntry({
		id: `m${index}`,
		author: `u${index % 7}`,
		key: `k${index}`,
		stateKey: index % 9 === 0 ? `s${index % 4}` : undefined,
		text: `message number ${index} of many`,
	});
}

/** Opens the damaged database, asks everything, and says what was wrong with the answers: nothing may be. */
async function examine(): Promise<"refused" | "unavailable" | "other epoch" | "as written"> {
	const opened = await openIn(folder.path).catch((error: unknown) => error);
	if (opened instanceof EngineRefused) {
		expect(opened.message).toContain(file);
		expect(opened.message).toMatch(/^[^\n]+\.$/);
		return "refused";
	}
	const { engine } = opened as Awaited<ReturnType<typeof openIn>>;
	let missing = 0;
	try {
		const now = await engine.log.open("lobby", { create: true });
		if (now?.epoch !== head.epoch) return "other epoch";
		if (now.offset !== head.offset) throw new Error(`the head is ${now.offset}`);
		const asks = [
			async () => expect(await engine.log.read("lobby", { limit: COUNT })).toEqual([...written]),
			async () => expect(await engine.log.read("lobby", { after: 100, limit: 50 })).toEqual(written.slice(100, 150)),
			async () => expect(await engine.log.state("lobby")).toEqual([270, 279, 288, 297].map((index) => written[index]!)),
			...[0, 50, 299].map((index) => async () => expect(await engine.log.find("lobby", { id: `m${index}` })).toEqual(written[index]!)),
			...[0, 50, 299].map((index) => async () => {
				const again = await engine.log.append("lobby", { ...entry(index), id: `again${index}` });
				if (again.outcome === "failed") throw new LogUnavailable(again.detail);
				expect(again).toEqual({ outcome: "duplicate", entry: written[index]! });
			}),
		];
		for (const ask of asks) {
			await ask().catch((error: unknown) => {
				if (!(error instanceof LogUnavailable)) throw error;
				missing++;
			});
		}
		return missing > 0 ? "unavailable" : "as written";
	} catch (error) {
		if (error instanceof LogUnavailable) return "unavailable";
		throw error;
	} finally {
		await engine.close();
	}
}

describe("flipped bytes in the database", () => {
	test("anywhere: refused, unavailable, or another epoch; never other words than were written", async () => {
		const whole = readFileSync(file);
		const mark = readFileSync(join(folder.path, "hubbub.mark"));
		const places = fc.array(fc.record({ place: fc.nat(whole.length - 1), bits: fc.integer({ min: 1, max: 255 }) }), {
			minLength: 1,
			maxLength: 8,
		});
		await fc.assert(
			fc.asyncProperty(places, async (flips) => {
				for (const name of ["hubbub.db-wal", "hubbub.db-shm"]) rmSync(join(folder.path, name), { force: true });
				const damaged = Buffer.from(whole);
				for (const { place, bits } of flips) damaged[place] = damaged[place]! ^ bits;
				// Into the same file, beside the same mark, so that nothing but the damage can tell.
				writeFileSync(file, damaged);
				writeFileSync(join(folder.path, "hubbub.mark"), mark);
				await examine();
			}),
			{ numRuns: 60 },
		);
	});

	test("a letter changed in a text is found when it is read, and the entries beside it are still answered", async () => {
		const damaged = readFileSync(file);
		const place = damaged.indexOf("message number 123 of many");
		damaged.write("M", place);
		writeFileSync(file, damaged);
		const { engine } = await openIn(folder.path);
		expect((await engine.log.open("lobby", { create: false }))?.epoch).toBe(head.epoch);
		await expect(engine.log.read("lobby", { after: 120, limit: 10 })).rejects.toThrow("The entry at offset 124 is damaged on disk.");
		await expect(engine.log.find("lobby", { id: "m123" })).rejects.toThrow(LogUnavailable);
		expect(await engine.log.read("lobby", { after: 0, limit: 123 })).toEqual(written.slice(0, 123));
		const [retried, fresh] = await Promise.all([
			engine.log.append("lobby", { ...entry(123), id: "again" }),
			engine.log.append("lobby", newEntry({ id: "fresh" })),
		]);
		expect(retried).toMatchObject({ outcome: "failed", reason: "unavailable" });
		expect(fresh).toMatchObject({ outcome: "appended", entry: { offset: COUNT + 1 } });
		await engine.close();
	});

	test("[OPS-5] a file cut short is refused", async () => {
		const whole = readFileSync(file);
		writeFileSync(file, whole.subarray(0, Math.floor(whole.length / 2 / 4_096) * 4_096));
		expect(await examine()).toBe("refused");
	});

	test("an undamaged file is answered as it was written", async () => {
		expect(await examine()).toBe("as written");
	});
});
