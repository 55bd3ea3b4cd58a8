import { beforeEach, describe, expect, test } from "bun:test";
import type { Entry, RoomLog } from "../log.ts";
import { entryOf, newEntry } from "./entries.ts";

/** What `subscribe` promises. `log` answers a fresh log for each test. */
export function hearingContract(log: () => RoomLog): void {
	describe("hearing", () => {
		let heard: Record<string, Entry[]>;
		const into = (name: string) => (entries: readonly Entry[]) => {
			heard[name] = [...(heard[name] ?? []), ...entries];
		};
		const idsOf = (name: string) => heard[name]?.map(({ id }) => id) ?? [];
		beforeEach(() => {
			heard = {};
		});

		test("[LOG-3] every entry of a log is heard once, in the order of offsets, before its author hears", async () => {
			await log().subscribe("lobby", { create: true }, into("lobby"));
			await log().subscribe("stage", { create: true }, into("stage"));
			const heardAtAnswer: boolean[] = [];
			const appended = await Promise.all(
				Array.from({ length: 200 }, async (_, index) => {
					const room = index % 3 === 0 ? "stage" : "lobby";
					const answer = await log().append(room, newEntry({ id: `m${index}` }));
					heardAtAnswer.push(idsOf(room).includes(`m${index}`));
					return answer;
				}),
			);
			expect(heardAtAnswer).toEqual(Array(200).fill(true));
			for (const room of ["lobby", "stage"]) {
				const own = appended.filter((_, index) => (index % 3 === 0) === (room === "stage")).map(entryOf);
				expect(heard[room]).toEqual(own);
			}
		});

		test("begins at the end that is answered: nothing is missed, and nothing heard twice, whatever is being appended meanwhile", async () => {
			await log().open("lobby", { create: true });
			const appending: Promise<unknown>[] = [];
			const subscribing: Promise<{ name: string; offset: number }>[] = [];
			for (let index = 1; index <= 100; index++) {
				appending.push(log().append("lobby", newEntry({ id: `m${index}` })));
				if (index % 10 !== 0) continue;
				const name = `${index}`;
				const subscribed = log().subscribe("lobby", {}, into(name));
				subscribing.push(subscribed.then((subscription) => ({ name, offset: subscription!.offset })));
				if (index % 30 === 0) await appending.at(-1);
			}
			await Promise.all(appending);
			for (const { name, offset } of await Promise.all(subscribing)) {
				expect(offset).toBeGreaterThanOrEqual(Number(name));
				expect(heard[name]?.map((entry) => entry.offset) ?? []).toEqual(Array.from({ length: 100 - offset }, (_, at) => offset + 1 + at));
			}
		});

		test("begins behind an offset: what was said since is heard first, in order, without a hole to what is said now", async () => {
			await log().open("lobby", { create: true });
			await Promise.all(Array.from({ length: 2_500 }, (_, index) => log().append("lobby", newEntry({ id: `m${index + 1}` }))));
			const done = Promise.withResolvers<void>();
			const subscription = await log().subscribe("lobby", { after: 10 }, (entries) => {
				into("lobby")(entries);
				if (entries.at(-1)?.offset === 2_600) done.resolve();
			});
			expect(subscription?.offset).toBe(2_500);
			await Promise.all(Array.from({ length: 100 }, (_, index) => log().append("lobby", newEntry({ id: `n${index + 1}` }))));
			await done.promise;
			expect(heard.lobby?.map(({ offset }) => offset)).toEqual(Array.from({ length: 2_590 }, (_, index) => 11 + index));
		});

		test("is of one room and one log", async () => {
			const [room, staff] = [
				await log().subscribe("lobby", { create: true }, into("public")),
				await log().subscribe("lobby", { log: "staff" }, into("staff")),
			];
			await log().open("stage", { create: true });
			await log().append("stage", newEntry({ id: "elsewhere" }));
			await log().append("lobby", [newEntry({ id: "d1" }), newEntry({ id: "s1", log: "staff" }), newEntry({ id: "d2" })]);
			expect([idsOf("public"), idsOf("staff")]).toEqual([["d1", "d2"], ["s1"]]);
			expect([room!.epoch, staff!.offset]).toEqual([staff!.epoch, 0]);
		});

		test("a room that does not exist is null until it is made", async () => {
			expect(await log().subscribe("lobby", {}, into("lobby"))).toBeNull();
			const made = await log().subscribe("lobby", { create: true }, into("lobby"));
			expect({ epoch: made!.epoch, offset: made!.offset }).toEqual((await log().open("lobby", { create: false }))!);
		});

		test("duplicates and failures are not heard", async () => {
			await log().subscribe("lobby", { create: true }, into("lobby"));
			await log().append("lobby", newEntry({ id: "m1", author: "ann", key: "k" }));
			await log().append("lobby", newEntry({ id: "m2", author: "ann", key: "k" }));
			await log().append("lobby", newEntry({ id: "m1", key: null }));
			expect(idsOf("lobby")).toEqual(["m1"]);
		});

		test("nobody hears within the call of append", async () => {
			await log().subscribe("lobby", { create: true }, into("lobby"));
			const appending = log().append("lobby", newEntry({ id: "m1" }));
			expect(idsOf("lobby")).toEqual([]);
			await appending;
			expect(idsOf("lobby")).toEqual(["m1"]);
		});

		test("one that throws or stops takes nothing from the others", async () => {
			await log().subscribe("lobby", { create: true }, () => {
				throw new Error("a bug in a listener");
			});
			const stopped = await log().subscribe("lobby", {}, into("stopped"));
			await log().subscribe("lobby", {}, into("late"));
			await log().append("lobby", newEntry({ id: "m1" }));
			stopped!.stop();
			await log().append("lobby", newEntry({ id: "m2" }));
			expect(idsOf("stopped")).toEqual(["m1"]);
			expect(idsOf("late")).toEqual(["m1", "m2"]);
		});
	});
}
