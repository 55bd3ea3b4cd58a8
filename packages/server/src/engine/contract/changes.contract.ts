import { beforeEach, describe, expect, test } from "bun:test";
import type { RoomLog } from "../log.ts";
import { entryOf, newEntry, offsetOf, textOf } from "./entries.ts";

/** What `append` promises of several entries, and of what holds in a room. `log` answers a fresh log for each test. */
export function changesContract(log: () => RoomLog): void {
	describe("several entries at once", () => {
		beforeEach(async () => {
			await log().open("lobby", { create: true });
		});

		test("are kept together, in the order given, each in the log it is for", async () => {
			await log().append("lobby", newEntry({ id: "m1", text: "a secret" }));
			const appended = await log().append("lobby", [
				newEntry({ id: "d1", kind: "delete", text: "", redacts: ["m1"] }),
				newEntry({ id: "d1", log: "staff", kind: "delete", text: "a secret" }),
				newEntry({ id: "m2", text: "next" }),
			]);
			expect(appended).toMatchObject({
				entry: { offset: 2, id: "d1" },
				rest: [
					{ offset: 1, id: "d1" },
					{ offset: 3, id: "m2" },
				],
			});
			expect((await log().read("lobby", { limit: 10 })).map(textOf)).toEqual(["", "", "next"]);
			expect((await log().read("lobby", { log: "staff", limit: 10 })).map(textOf)).toEqual(["a secret"]);
			expect(textOf((await log().find("lobby", { id: "d1" }))!)).toBe("");
			expect(textOf((await log().find("lobby", { log: "staff", id: "d1" }))!)).toBe("a secret");
			expect(await log().find("lobby", { log: "staff", id: "m2" })).toBeNull();
			expect((await log().open("lobby", { create: false }))?.offset).toBe(3);
		});

		test("are none where one of them cannot be kept", async () => {
			await log().append("lobby", newEntry({ id: "m1", text: "kept" }));
			const good = newEntry({ id: "m2", redacts: ["m1"] });
			const bad = [
				[good, newEntry({ id: "m1" })],
				[good, newEntry({ id: "m3", body: "[]" })],
				[newEntry({ id: "m3", author: "bob", key: "k" }), newEntry({ id: "m4", author: "bob", key: "k" })],
				[good, newEntry({ id: "m2" })],
				[],
			];
			const answers = await Promise.all(bad.map((entries) => log().append("lobby", entries)));
			expect(answers.map(({ outcome }) => outcome)).toEqual(Array(5).fill("failed"));
			expect((await log().read("lobby", { limit: 10 })).map(textOf)).toEqual(["kept"]);
			expect(await log().read("lobby", { log: "staff", limit: 10 })).toEqual([]);
		});

		test("[SAY-3] are one thing under the key of any of them, sent again too", async () => {
			const entries = (run: string) => [newEntry({ id: `s${run}`, log: "staff" }), newEntry({ id: `m${run}`, author: "ann", key: "k" })];
			const first = await log().append("lobby", entries("1"));
			const again = await log().append("lobby", entries("2"));
			expect(again).toEqual({ outcome: "duplicate", entry: "rest" in first ? first.rest![0]! : entryOf(first) });
			expect(await log().read("lobby", { log: "staff", limit: 10 })).toHaveLength(1);
			const other = await log().append("lobby", [newEntry({ id: "m3", author: "ann", key: "k", kind: "app" }), newEntry({ id: "m4" })]);
			expect(other).toEqual({ outcome: "conflict" });
		});

		test("a key and an id are those of one log", async () => {
			const said = { id: "m1", author: "ann", key: "k" };
			const appended = await Promise.all([
				log().append("lobby", newEntry(said)),
				log().append("lobby", newEntry({ ...said, log: "staff" })),
			]);
			expect(appended.map(offsetOf)).toEqual([1, 1]);
			await log().append("lobby", newEntry({ id: "d1", log: "staff", text: "", redacts: ["m1"] }));
			expect(textOf((await log().find("lobby", { author: "ann", key: "k" }))!)).toBe("hello");
			expect(textOf((await log().find("lobby", { log: "staff", author: "ann", key: "k" }))!)).toBe("");
		});
	});

	describe("what holds", () => {
		beforeEach(async () => {
			await log().open("lobby", { create: true });
		});
		const set = (id: string, stateKey: string, fields: object = {}) => newEntry({ id, stateKey, ...fields });

		test("is the latest entry of each state key, of one log, in their order", async () => {
			expect(await log().state("lobby")).toEqual([]);
			await Promise.all([
				log().append("lobby", set("s1", "settings")),
				log().append("lobby", set("p1", "pin")),
				log().append("lobby", newEntry({ id: "m1" })),
				log().append("lobby", set("s2", "settings")),
				log().append("lobby", set("x1", "settings", { log: "staff" })),
				log().append("lobby", set("b1", "ban:ann")),
				log().append("lobby", set("b2", "ban:bob")),
			]);
			expect((await log().state("lobby")).map(({ offset, id }) => [offset, id])).toEqual([
				[2, "p1"],
				[4, "s2"],
				[5, "b1"],
				[6, "b2"],
			]);
			expect((await log().state("lobby", "staff")).map(({ id }) => id)).toEqual(["x1"]);
			expect(await log().state("nowhere")).toEqual([]);
		});

		test("is found as what it is, however much was said before and after", async () => {
			for (let round = 0; round < 5; round++) {
				await log().append("lobby", set(`s${round}`, "settings", { text: `round ${round}` }));
				await Promise.all(Array.from({ length: 100 }, (_, index) => log().append("lobby", newEntry({ id: `m${round}-${index}` }))));
			}
			expect((await log().state("lobby")).map(textOf)).toEqual(["round 4"]);
		});

		test("is appended to only where it is what was expected", async () => {
			const first = await log().append("lobby", set("s1", "settings"), { expect: { settings: 0 } });
			expect(first.outcome).toBe("appended");
			const chat = await log().append("lobby", newEntry({ id: "m1" }), { expect: { settings: 1, pin: 0 } });
			expect(chat.outcome).toBe("appended");
			expect(await log().append("lobby", set("s2", "settings"), { expect: { settings: 0 } })).toEqual({ outcome: "moved", offset: 1 });
			expect(await log().append("lobby", set("s3", "settings"), { expect: { pin: 2 } })).toEqual({ outcome: "moved", offset: 0 });
			expect(await log().read("lobby", { limit: 10 })).toHaveLength(2);
		});

		test("of two who decided by the same state, one is kept and the other learns of it", async () => {
			const heard: number[] = [];
			await log().subscribe("lobby", {}, (entries) => heard.push(...entries.map(({ offset }) => offset)));
			const both = ["s1", "s2"].map(async (id) => {
				const answer = await log().append("lobby", set(id, "settings"), { expect: { settings: 0 } });
				// Whoever lost has heard by now of what won, and can decide anew.
				return { answer, heard: [...heard] };
			});
			const [first, second] = await Promise.all(both);
			expect(first!.answer.outcome).toBe("appended");
			expect(second).toEqual({ answer: { outcome: "moved", offset: 1 }, heard: [1] });
		});

		test("[SAY-3] a retry is answered as one, whatever holds by now", async () => {
			const keyed = { author: "ann", key: "k" };
			const first = await log().append("lobby", set("s1", "settings", keyed), { expect: { settings: 0 } });
			const again = await log().append("lobby", set("s2", "settings", keyed), { expect: { settings: 0 } });
			expect(again).toEqual({ outcome: "duplicate", entry: entryOf(first) });
		});
	});

	describe("removed texts", () => {
		const removed = (id: string, at: number, fields: object = {}) =>
			newEntry({ id, at, log: "staff", kind: "delete", text: `text of ${id}`, isRemoved: true, ...fields });
		const textsOf = async (room: string) => (await log().read(room, { log: "staff", limit: 10 })).map(textOf);
		beforeEach(async () => {
			for (const room of ["lobby", "stage"]) await log().open(room, { create: true });
		});

		test("[SAY-7] are wiped once they are old enough, in whatever room, and nothing else is", async () => {
			await log().append("lobby", [removed("r1", 1_000), removed("r2", 2_000), removed("r3", 3_000, { isRemoved: false })]);
			await log().append("stage", removed("r4", 1_999));
			await log().append("lobby", newEntry({ id: "m1", at: 1 }));
			expect(await log().wipe(1_000)).toBe(0);
			expect(await log().wipe(2_000)).toBe(2);
			expect(await textsOf("lobby")).toEqual(["", "text of r2", "text of r3"]);
			expect(await textsOf("stage")).toEqual([""]);
			expect(JSON.parse((await log().find("lobby", { log: "staff", id: "r1" }))!.json)).toMatchObject({
				offset: 1,
				deleted: true,
				id: "r1",
			});
			expect(await log().wipe(2_000)).toBe(0);
			expect(await log().wipe(10_000)).toBe(1);
			expect(await textsOf("lobby")).toEqual(["", "", "text of r3"]);
			expect((await log().read("lobby", { limit: 10 })).map(textOf)).toEqual(["hello"]);
		});

		test("[SAY-7] however many: some at a time, until there are none", async () => {
			const many = Array.from({ length: 1_200 }, (_, index) => removed(`r${index}`, 1));
			await Promise.all(many.map((entry) => log().append("lobby", entry)));
			let [wiped, calls] = [0, 0];
			for (let count = await log().wipe(2); count > 0; count = await log().wipe(2)) {
				wiped += count;
				calls++;
			}
			expect(wiped).toBe(1_200);
			expect(calls).toBeGreaterThan(1);
			expect((await log().read("lobby", { log: "staff", limit: 2_000 })).every((entry) => textOf(entry) === "")).toBe(true);
		});
	});
}
