import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Appended, LogUnavailable, type RoomLog } from "../log.ts";
import { changesContract } from "./changes.contract.ts";
import { entryOf, newEntry, offsetOf, textOf } from "./entries.ts";
import { hearingContract } from "./hearing.contract.ts";
import type { MakeEngine } from "./make-engine.ts";
import { roomLogProperties } from "./room-log.properties.ts";

/** Every promise of `log.ts`, held against one implementation. */
export function roomLogContract(name: string, make: MakeEngine): void {
	describe(`the room log ${name}`, () => {
		let made: Awaited<ReturnType<MakeEngine>>;
		let log: RoomLog;
		beforeEach(async () => {
			made = await make();
			log = made.engine.log;
		});
		afterEach(() => made.dispose());

		describe("opening", () => {
			test("a room that does not exist is null until it is made", async () => {
				expect(await log.open("lobby", { create: false })).toBeNull();
				const head = await log.open("lobby", { create: true });
				expect(head?.offset).toBe(0);
				expect(head?.epoch).toMatch(/^[a-z0-9]{1,32}$/);
				expect(await log.open("lobby", { create: false })).toEqual(head);
			});

			test("a room keeps its epoch, however often it is opened, and shares it with no other", async () => {
				const [first, again, other] = await Promise.all([
					log.open("lobby", { create: true }),
					log.open("lobby", { create: true }),
					log.open("stage", { create: true }),
				]);
				expect(again?.epoch).toBe(first!.epoch);
				expect(other?.epoch).not.toBe(first!.epoch);
			});

			test("the head is at the last entry", async () => {
				await log.open("lobby", { create: true });
				for (let count = 0; count < 3; count++) await log.append("lobby", newEntry({ id: `m${count}` }));
				expect((await log.open("lobby", { create: false }))?.offset).toBe(3);
			});

			test("an entry may be appended right behind an opening that was not awaited", async () => {
				const opening = log.open("lobby", { create: true });
				const appended = await log.append("lobby", newEntry({ id: "m1" }));
				expect(appended).toMatchObject({ outcome: "appended", entry: { offset: 1 } });
				expect((await opening)?.offset).toBe(0);
			});
		});

		describe("appending", () => {
			beforeEach(async () => {
				await log.open("lobby", { create: true });
			});

			test("[LOG-1] offsets count from 1 without holes, room by room", async () => {
				await log.open("stage", { create: true });
				const rooms = ["lobby", "stage", "lobby", "lobby", "stage"];
				const appended = await Promise.all(rooms.map((room, index) => log.append(room, newEntry({ id: `m${index}` }))));
				expect(appended.map(offsetOf)).toEqual([1, 1, 2, 3, 2]);
			});

			test("an entry is its body with the offset in front", async () => {
				const appended = await log.append("lobby", newEntry({ id: "m1", body: '{"at":7,"text":"你好"}' }));
				expect(appended).toEqual({ outcome: "appended", entry: { offset: 1, id: "m1", json: '{"offset":1,"at":7,"text":"你好"}' } });
				const empty = await log.append("lobby", newEntry({ id: "m2", body: "{}" }));
				expect(entryOf(empty).json).toBe('{"offset":2}');
				expect(await log.read("lobby", { limit: 10 })).toEqual([entryOf(appended), entryOf(empty)]);
			});

			test("500 overlapping appends get 500 offsets in the order of the calls", async () => {
				const appended = await Promise.all(Array.from({ length: 500 }, (_, index) => log.append("lobby", newEntry({ id: `m${index}` }))));
				expect(appended.map(offsetOf)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
				const read = await log.read("lobby", { after: 0, limit: 1_000 });
				expect(read.map(({ id }) => id)).toEqual(Array.from({ length: 500 }, (_, index) => `m${index}`));
			});

			test("[SAY-3] a key used again answers the first entry and adds nothing", async () => {
				const first = await log.append("lobby", newEntry({ id: "m1", author: "ann", key: "k", text: "one" }));
				await log.append("lobby", newEntry({ id: "m2", author: "ann", key: "other" }));
				const again = await log.append("lobby", newEntry({ id: "m3", author: "ann", key: "k", text: "two" }));
				expect(again).toEqual({ outcome: "duplicate", entry: entryOf(first) });
				expect((await log.open("lobby", { create: false }))?.offset).toBe(2);
				expect(await log.find("lobby", { id: "m3" })).toBeNull();
			});

			test("[SAY-3] a key used again for something else is a conflict, adds nothing and tells nothing of the first", async () => {
				const content = ["text", "replyTo", "style"];
				const say = (id: string, text: string, fields: object = {}) => {
					const body = JSON.stringify({ at: id.length, kind: "message", id, text, ...fields });
					return log.append("lobby", newEntry({ id, author: "ann", key: "k", content, body }));
				};
				const first = await say("m1", "你好", { style: { mode: 1, color: 255 } });
				const again = { outcome: "duplicate", entry: entryOf(first) };
				expect(await say("longer-id", "你好", { style: { mode: 1, color: 255 }, from: "a later name" })).toEqual(again as Appended);
				const others = [
					await say("m2", "你好!", { style: { mode: 1, color: 255 } }),
					await say("m3", "你好", { style: { mode: 4, color: 255 } }),
					await say("m4", "你好"),
					await say("m5", "你好", { style: { mode: 1, color: 255 }, replyTo: "m1" }),
					await log.append("lobby", newEntry({ id: "m6", author: "ann", key: "k", kind: "app" })),
				];
				expect(others).toEqual(Array(5).fill({ outcome: "conflict" }));
				expect((await log.open("lobby", { create: false }))?.offset).toBe(1);
				for (const id of ["m2", "m3", "m4", "m5", "m6"]) expect(await log.find("lobby", { id })).toBeNull();
			});

			test("[SAY-3] of two things under one key at once the first is kept, and the other is a conflict", async () => {
				const say = (id: string, text: string) => log.append("lobby", newEntry({ id, author: "ann", key: "k", content: ["text"], text }));
				const outcomes = (await Promise.all([say("m1", "one"), say("m2", "two"), say("m3", "one")])).map(({ outcome }) => outcome);
				expect(outcomes).toEqual(["appended", "conflict", "duplicate"]);
			});

			test("[SAY-3] the same append twice at once is one entry", async () => {
				const same = newEntry({ id: "m1", author: "ann", key: "k" });
				const [first, again] = await Promise.all([log.append("lobby", same), log.append("lobby", same)]);
				expect(first?.outcome).toBe("appended");
				expect(again).toEqual({ outcome: "duplicate", entry: entryOf(first!) });
			});

			test("[SAY-3] a key belongs to one author and one room", async () => {
				await log.open("stage", { create: true });
				const appended = await Promise.all([
					log.append("lobby", newEntry({ id: "m1", author: "ann", key: "k" })),
					log.append("lobby", newEntry({ id: "m2", author: "bob", key: "k" })),
					log.append("stage", newEntry({ id: "m3", author: "ann", key: "k" })),
					log.append("lobby", newEntry({ id: "m4", author: "an", key: "nk" })),
				]);
				expect(appended.map(({ outcome }) => outcome)).toEqual(Array(4).fill("appended"));
			});

			test("entries without a key are never duplicates", async () => {
				const appended = await Promise.all(["m1", "m2"].map((id) => log.append("lobby", newEntry({ id, author: "ann", key: null }))));
				expect(appended.map(offsetOf)).toEqual([1, 2]);
			});

			test("an id that is taken fails alone, and its neighbours go through without a hole", async () => {
				const appended = await Promise.all(["m1", "m1", "m2", "m2", "m3"].map((id) => log.append("lobby", newEntry({ id, key: null }))));
				expect(appended.map(({ outcome }) => outcome)).toEqual(["appended", "failed", "appended", "failed", "appended"]);
				expect(appended[1]).toMatchObject({ outcome: "failed", reason: "unavailable" });
				expect((await log.read("lobby", { limit: 10 })).map(({ offset, id }) => [offset, id])).toEqual([
					[1, "m1"],
					[2, "m2"],
					[3, "m3"],
				]);
			});

			test("a body that is no JSON object, and a room that has no log, fail and leave nothing behind", async () => {
				for (const body of ["", "[]", '"text"', "{"]) {
					expect(await log.append("lobby", newEntry({ id: "m1", body }))).toMatchObject({ outcome: "failed", reason: "unavailable" });
				}
				expect(await log.append("nowhere", newEntry({ id: "m1" }))).toMatchObject({ outcome: "failed", reason: "unavailable" });
				expect(await log.open("nowhere", { create: false })).toBeNull();
				expect(await log.read("lobby", { limit: 10 })).toEqual([]);
			});

			test("every sign comes back as it went in: emoji, quotes, nulls, bidi, astral, 100,000 of them", async () => {
				const texts = [
					"👩‍👩‍👧‍👦🇨🇳 é e\u0301",
					'"\\\u0000\n\u2028',
					"\u202eabc\u202c",
					"𠮷𝒳",
					"长".repeat(100_000),
					"'; DROP TABLE events; --",
				];
				const appended = await Promise.all(
					texts.map((text, index) =>
						log.append("lobby", newEntry({ id: `${text.slice(0, 8)}${index}`, author: text.slice(0, 5), key: text.slice(0, 9), text })),
					),
				);
				const read = await log.read("lobby", { limit: 10 });
				expect(read).toEqual(appended.map(entryOf));
				expect(read.map(textOf)).toEqual(texts);
				for (const [index, text] of texts.entries()) {
					expect(await log.find("lobby", { author: text.slice(0, 5), key: text.slice(0, 9) })).toEqual(read[index]!);
					expect(await log.find("lobby", { id: read[index]!.id })).toEqual(read[index]!);
				}
			});
		});

		describe("taking back", () => {
			beforeEach(async () => {
				await log.open("lobby", { create: true });
				await log.append("lobby", newEntry({ id: "m1", author: "ann", key: "k1", text: "a secret" }));
				await log.append("lobby", newEntry({ id: "m2", author: "bob", key: "k2", text: "harmless" }));
			});

			test("[SAY-5] the text is gone wherever the entry is read, and all else stays", async () => {
				await log.append("lobby", newEntry({ id: "d1", redacts: ["m1", "unknown"] }));
				const expected = { offset: 1, at: 1, kind: "message", id: "m1", text: "", deleted: true };
				const [read] = await log.read("lobby", { limit: 10 });
				expect(JSON.parse(read!.json)).toEqual(expected);
				expect(read!.json).toStartWith('{"offset":1,');
				expect(await log.find("lobby", { id: "m1" })).toEqual(read!);
				expect(await log.find("lobby", { author: "ann", key: "k1" })).toEqual(read!);
				const retried = await log.append("lobby", newEntry({ id: "m9", author: "ann", key: "k1", text: "a secret" }));
				expect(retried).toEqual({ outcome: "duplicate", entry: read! });
				const content = ["text", "kind"];
				const compared = await log.append("lobby", newEntry({ id: "m9", author: "ann", key: "k1", text: "a secret", content }));
				expect(compared).toEqual({ outcome: "duplicate", entry: read! });
				expect(textOf((await log.find("lobby", { id: "m2" }))!)).toBe("harmless");
			});

			test("[SAY-5] an entry of the same moment can be taken back, several at once, and twice", async () => {
				await Promise.all([
					log.append("lobby", newEntry({ id: "m3", text: "also" })),
					log.append("lobby", newEntry({ id: "d1", redacts: ["m3", "m1"] })),
					log.append("lobby", newEntry({ id: "d2", redacts: ["m3"] })),
				]);
				expect((await log.read("lobby", { limit: 3 })).map(({ id }) => id)).toEqual(["m3", "d1", "d2"]);
				expect(textOf((await log.find("lobby", { id: "m1" }))!)).toBe("");
				expect(textOf((await log.find("lobby", { id: "m3" }))!)).toBe("");
			});

			test("a retried taking-back takes nothing more back", async () => {
				await log.append("lobby", newEntry({ id: "d1", author: "mod", key: "k", redacts: ["m1"] }));
				const again = await log.append("lobby", newEntry({ id: "d2", author: "mod", key: "k", redacts: ["m2"] }));
				expect(again.outcome).toBe("duplicate");
				expect(textOf((await log.find("lobby", { id: "m2" }))!)).toBe("harmless");
			});

			test("an id of another room is not touched", async () => {
				await log.open("stage", { create: true });
				await log.append("stage", newEntry({ id: "d1", redacts: ["m1"] }));
				expect(textOf((await log.find("lobby", { id: "m1" }))!)).toBe("a secret");
			});
		});

		describe("reading", () => {
			beforeEach(async () => {
				await log.open("lobby", { create: true });
				// Two entries a minute from minute 1 on; the clock went back once, at offset 7.
				const minutes = [1, 1, 2, 2, 3, 3, 0, 4, 5, 5];
				await Promise.all(minutes.map((minute, index) => log.append("lobby", newEntry({ id: `m${index + 1}`, at: minute * 60_000 }))));
			});

			const cases: [string, Parameters<RoomLog["read"]>[1], number[]][] = [
				["after: the first of what follows", { after: 2, limit: 3 }, [3, 4, 5]],
				["after the start", { after: 0, limit: 2 }, [1, 2]],
				["after a negative offset", { after: -5, limit: 2 }, [1, 2]],
				["after the end", { after: 10, limit: 5 }, []],
				["after far beyond the end", { after: 1_000, limit: 5 }, []],
				["before: the last of what precedes", { before: 6, limit: 3 }, [3, 4, 5]],
				["before the first", { before: 1, limit: 3 }, []],
				["before far beyond the end", { before: 1_000, limit: 3 }, [8, 9, 10]],
				["both: the first between", { after: 3, before: 9, limit: 2 }, [4, 5]],
				["both, less than the limit", { after: 7, before: 10, limit: 100 }, [8, 9]],
				["both, with nothing between", { after: 5, before: 6, limit: 100 }, []],
				["both, the wrong way round", { after: 8, before: 3, limit: 100 }, []],
				["neither: the latest", { limit: 2 }, [9, 10]],
				["nothing asked", { after: 0, limit: 0 }, []],
				["since: from the first of that time on", { since: 120_000, limit: 3 }, [3, 4, 5]],
				["since a moment between two", { since: 120_001, limit: 3 }, [5, 6, 7]],
				["since a time that went back: as at the time before", { since: 180_000, limit: 10 }, [5, 6, 7, 8, 9, 10]],
				["since long ago", { since: -1, limit: 2 }, [1, 2]],
				["since a time to come", { since: 300_001, limit: 10 }, []],
				["since and before", { since: 180_000, before: 8, limit: 10 }, [5, 6, 7]],
				["since and after, of which the later holds", { since: 120_000, after: 8, limit: 10 }, [9, 10]],
				["since and after, the other way round", { since: 240_000, after: 2, limit: 2 }, [8, 9]],
			];
			test.each(cases)("%s", async (_words, range, offsets) => {
				const read = await log.read("lobby", range);
				expect(read.map(({ offset }) => offset)).toEqual(offsets);
				expect(read.map(({ id }) => id)).toEqual(offsets.map((offset) => `m${offset}`));
			});

			test("a room that does not exist reads as empty", async () => {
				expect(await log.read("nowhere", { limit: 10 })).toEqual([]);
				expect(await log.find("nowhere", { id: "m1" })).toBeNull();
			});

			test("a limit out of bounds is a mistake in the program", async () => {
				for (const limit of [-1, 1.5, Number.NaN, 10_001]) await expect(log.read("lobby", { limit })).rejects.toThrow(RangeError);
			});

			test("what is not there is not found", async () => {
				expect(await log.find("lobby", { id: "m11" })).toBeNull();
				expect(await log.find("lobby", { author: "ann", key: "never" })).toBeNull();
			});
		});

		changesContract(() => log);
		hearingContract(() => log);

		describe("closing", () => {
			test("what was taken in is finished first; afterwards nothing is taken and nothing is read", async () => {
				await log.open("lobby", { create: true });
				const appending = Array.from({ length: 50 }, (_, index) => log.append("lobby", newEntry({ id: `m${index}` })));
				await Promise.all([made.engine.close(), made.engine.close()]);
				expect((await Promise.all(appending)).map(offsetOf)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
				expect(await log.append("lobby", newEntry({ id: "late" }))).toMatchObject({ outcome: "failed", reason: "unavailable" });
				await expect(log.read("lobby", { limit: 1 })).rejects.toThrow(LogUnavailable);
				await expect(log.find("lobby", { id: "m1" })).rejects.toThrow(LogUnavailable);
				await expect(log.wipe(1)).rejects.toThrow(LogUnavailable);
				await expect(log.state("lobby")).rejects.toThrow(LogUnavailable);
				await expect(log.subscribe("lobby", {}, () => {})).rejects.toThrow(LogUnavailable);
				await expect(log.open("lobby", { create: true })).rejects.toThrow(LogUnavailable);
				expect(made.engine.stats()).toMatchObject({ waiting: 0, waitingUnits: 0, reading: 0, appended: 50 });
				await made.engine.close();
			});
		});
	});
	roomLogProperties(name, make);
}
