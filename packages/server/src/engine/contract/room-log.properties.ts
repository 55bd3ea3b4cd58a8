import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Appended, Entry, NewEntry, ReadRange } from "../log.ts";
import { newEntry } from "./entries.ts";
import type { MakeEngine } from "./make-engine.ts";

/** Random sequences of calls, compared with a model of 40 lines. A failure prints its seed. */
export function roomLogProperties(name: string, make: MakeEngine): void {
	describe(`the room log ${name}, under random use`, () => {
		test("answers what a simple model answers, whatever overlaps", async () => {
			const { engine, dispose } = await make();
			let run = 0;
			try {
				await fc.assert(
					fc.asyncProperty(fc.array(round, { maxLength: 6 }), async (rounds) => {
						// A room of its own for each run, in one engine: opening a database 60 times would be most of the time.
						const rooms = { a: `a${++run}`, b: `b${run}` };
						const models = { a: new Model(), b: new Model() };
						const heard: Record<string, Entry[]> = { [rooms.a]: [], [rooms.b]: [] };
						const stop = engine.log.follow((room, entries) => heard[room]?.push(...entries));
						for (const room of Object.values(rooms)) await engine.log.open(room, { create: true });
						for (const { appends, reads } of rounds) {
							const expected = appends.map(({ room, entry }) => models[room].append(entry));
							const answers = await Promise.all(appends.map(({ room, entry }) => engine.log.append(rooms[room], entry)));
							expect(answers.map(withoutDetail)).toEqual(expected);
							for (const { room, range } of reads) expect(await engine.log.read(rooms[room], range)).toEqual(models[room].read(range));
							for (const { room, entry } of appends) {
								expect(await engine.log.find(rooms[room], { id: entry.id })).toEqual(models[room].find((stored) => stored.id === entry.id));
								const { author, key } = entry;
								if (key === null) continue;
								const found = await engine.log.find(rooms[room], { author, key });
								expect(found).toEqual(models[room].find((stored) => stored.author === author && stored.key === key));
							}
						}
						stop();
						for (const room of ["a", "b"] as const) {
							expect(heard[rooms[room]]?.map(({ offset, id }) => [offset, id])).toEqual(
								models[room].entries.map(({ id }, index) => [index + 1, id]),
							);
							expect((await engine.log.open(rooms[room], { create: false }))?.offset).toBe(models[room].entries.length);
						}
					}),
					{ numRuns: 60 },
				);
			} finally {
				await dispose();
			}
		}, 60_000);
	});
}

/** The log as one would write it without a thought for speed or disks. */
class Model {
	readonly entries: NewEntry[] = [];

	append(entry: NewEntry): Appended {
		const first = entry.key === null ? -1 : this.entries.findIndex(({ author, key }) => author === entry.author && key === entry.key);
		if (first >= 0) return { outcome: "duplicate", entry: this.#entry(first) };
		if (this.entries.some(({ id }) => id === entry.id)) return { outcome: "failed", reason: "unavailable", detail: "" };
		for (const [index, target] of this.entries.entries()) {
			if (!entry.redacts?.includes(target.id)) continue;
			this.entries[index] = { ...target, body: JSON.stringify({ ...JSON.parse(target.body), text: "", deleted: true }) };
		}
		return { outcome: "appended", entry: this.#entry(this.entries.push(entry) - 1) };
	}

	read(range: ReadRange): Entry[] {
		const all = this.entries
			.map((entry, index) => ({ control: entry.control, entry: this.#entry(index) }))
			.filter(
				({ control, entry: { offset } }) =>
					offset > (range.after ?? 0) && offset < (range.before ?? Infinity) && (control || !range.controlOnly),
			)
			.map(({ entry }) => entry);
		if (range.after !== undefined) return all.slice(0, range.limit);
		return range.limit === 0 ? [] : all.slice(-range.limit);
	}

	find(test: (entry: NewEntry) => boolean): Entry | null {
		const index = this.entries.findIndex(test);
		return index < 0 ? null : this.#entry(index);
	}

	#entry(index: number): Entry {
		const { id, body } = this.entries[index]!;
		return { offset: index + 1, id, json: JSON.stringify({ offset: index + 1, ...JSON.parse(body) }) };
	}
}

const room = fc.constantFrom("a" as const, "b" as const);
const id = fc.integer({ min: 0, max: 25 }).map((number) => `m${number}`);
const entry = fc
	.record({
		id,
		author: fc.constantFrom("ann", "bob"),
		key: fc.option(fc.constantFrom("k1", "k2", "k3", "k4", "k5"), { freq: 2 }),
		control: fc.boolean(),
		text: fc.string({ unit: "grapheme", maxLength: 12 }),
		redacts: fc.option(fc.array(id, { maxLength: 3 }), { nil: undefined }),
	})
	.map(newEntry);
const range: fc.Arbitrary<ReadRange> = fc.record(
	{
		after: fc.integer({ min: -1, max: 30 }),
		before: fc.integer({ min: -1, max: 30 }),
		limit: fc.integer({ min: 0, max: 12 }),
		controlOnly: fc.boolean(),
	},
	{ requiredKeys: ["limit"] },
);
const round = fc.record({
	appends: fc.array(fc.record({ room, entry }), { maxLength: 12 }),
	reads: fc.array(fc.record({ room, range }), { maxLength: 4 }),
});

function withoutDetail(appended: Appended): Appended {
	return appended.outcome === "failed" ? { ...appended, detail: "" } : appended;
}
