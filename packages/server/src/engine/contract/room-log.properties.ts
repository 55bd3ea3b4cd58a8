import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Appended, AppendOptions, Entry, LogName, NewEntry, ReadRange } from "../log.ts";
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
						for (const room of Object.values(rooms)) await engine.log.open(room, { create: true });
						const heard: Record<string, string[]> = {};
						for (const [room, log] of logs) {
							const name = `${room} ${log}`;
							heard[name] = [];
							await engine.log.subscribe(rooms[room], { log }, (entries) => heard[name]?.push(...entries.map(nameOf)));
						}
						for (const { appends, reads } of rounds) {
							const expected = appends.map(({ room, entries, options }) => models[room].append(entries, options));
							const answers = await Promise.all(
								appends.map(({ room, entries, options }) => engine.log.append(rooms[room], entries, options)),
							);
							expect(answers.map(withoutDetail)).toEqual(expected);
							for (const { room, range } of reads) expect(await engine.log.read(rooms[room], range)).toEqual(models[room].read(range));
							for (const [room, log] of logs) expect(await engine.log.state(rooms[room], log)).toEqual(models[room].state(log));
							for (const { room, entries } of appends) {
								for (const { log = "public", id, author, key } of entries) {
									expect(await engine.log.find(rooms[room], { log, id })).toEqual(models[room].find(log, (stored) => stored.id === id));
									if (key === null) continue;
									const found = await engine.log.find(rooms[room], { log, author, key });
									expect(found).toEqual(models[room].find(log, (stored) => stored.author === author && stored.key === key));
								}
							}
						}
						for (const [room, log] of logs) {
							expect(heard[`${room} ${log}`]).toEqual(models[room].logs[log].map(({ id }, index) => `${index + 1} ${id}`));
						}
						for (const room of ["a", "b"] as const)
							expect((await engine.log.open(rooms[room], { create: false }))?.offset).toBe(models[room].logs.public.length);
					}),
					{ numRuns: 60 },
				);
			} finally {
				await dispose();
			}
		}, 60_000);
	});
}

const logs = [
	["a", "public"],
	["a", "staff"],
	["b", "public"],
	["b", "staff"],
] as const satisfies (readonly ["a" | "b", LogName])[];

function nameOf({ offset, id }: Entry): string {
	return `${offset} ${id}`;
}

/** A room's two logs as one would write them without a thought for speed or disks. */
class Model {
	readonly logs: Record<LogName, NewEntry[]> = { public: [], staff: [] };

	append(entries: readonly NewEntry[], { expect: expected = {} }: AppendOptions): Appended {
		const failed: Appended = { outcome: "failed", reason: "unavailable", detail: "" };
		if (entries.length === 0) return failed;
		for (const entry of entries) {
			const log = this.logs[entry.log ?? "public"];
			const first = entry.key === null ? -1 : log.findIndex(({ author, key }) => author === entry.author && key === entry.key);
			if (first < 0) continue;
			return isRetry(log[first]!, entry) ? { outcome: "duplicate", entry: asEntry(log[first]!, first) } : { outcome: "conflict" };
		}
		for (const [key, offset] of Object.entries(expected)) {
			const holds = this.logs.public.findLastIndex(({ stateKey }) => stateKey === key) + 1;
			if (holds !== offset) return { outcome: "moved", offset: holds };
		}
		const names = entries.flatMap(({ log = "public", id, author, key }) => [`${log} ${id}`, ...(key ? [`${log} ${author} ${key}`] : [])]);
		if (new Set(names).size < names.length) return failed;
		if (entries.some(({ log = "public", id }) => this.logs[log].some((stored) => stored.id === id))) return failed;
		const [entry, ...rest] = entries.map((entry) => this.#add(entry, entries));
		return rest.length > 0 ? { outcome: "appended", entry: entry!, rest } : { outcome: "appended", entry: entry! };
	}

	read(range: ReadRange): Entry[] {
		const log = this.logs[range.log ?? "public"];
		let at = 0;
		const times = log.map((entry) => (at = Math.max(at, entry.at)));
		const first = times.findIndex((time) => time >= (range.since ?? 0));
		const all = log
			.map(asEntry)
			.filter(({ offset }) => offset > (range.after ?? 0) && offset < (range.before ?? Infinity))
			.filter(({ offset }) => range.since === undefined || (first >= 0 && offset > first));
		if (range.after !== undefined || range.since !== undefined) return all.slice(0, range.limit);
		return range.limit === 0 ? [] : all.slice(-range.limit);
	}

	state(name: LogName): Entry[] {
		const log = this.logs[name];
		const holds = ({ stateKey }: NewEntry, index: number) =>
			stateKey !== undefined && !log.some((later, at) => at > index && later.stateKey === stateKey);
		return log.map(asEntry).filter((_, index) => holds(log[index]!, index));
	}

	find(log: LogName, test: (entry: NewEntry) => boolean): Entry | null {
		const index = this.logs[log].findIndex(test);
		return index < 0 ? null : asEntry(this.logs[log][index]!, index);
	}

	#add(entry: NewEntry, together: readonly NewEntry[]): Entry {
		const log = this.logs[entry.log ?? "public"];
		for (const [index, target] of log.entries()) {
			if (!entry.redacts?.includes(target.id) || together.some(({ id }) => id === target.id)) continue;
			log[index] = { ...target, body: JSON.stringify({ ...JSON.parse(target.body), text: "", deleted: true }) };
		}
		return asEntry(entry, log.push(entry) - 1);
	}
}

function isRetry(kept: NewEntry, entry: NewEntry): boolean {
	const [before, now] = [JSON.parse(kept.body), JSON.parse(entry.body)];
	return kept.kind === entry.kind && (!entry.content || before.deleted || before.text === now.text);
}

function asEntry({ id, body }: NewEntry, index: number): Entry {
	return { offset: index + 1, id, json: JSON.stringify({ offset: index + 1, ...JSON.parse(body) }) };
}

const room = fc.constantFrom("a" as const, "b" as const);
const log = fc.constantFrom("public" as const, "public" as const, "staff" as const);
const id = fc.integer({ min: 0, max: 25 }).map((number) => `m${number}`);
const entry = fc
	.record({
		log: fc.option(log, { nil: undefined }),
		at: fc.integer({ min: 0, max: 30 }),
		id,
		author: fc.constantFrom("ann", "bob"),
		key: fc.option(fc.constantFrom("k1", "k2", "k3", "k4", "k5"), { freq: 2 }),
		stateKey: fc.constantFrom(undefined, undefined, "one", "two"),
		kind: fc.constantFrom("message", "message", "message", "app"),
		text: fc.oneof(fc.constantFrom("one", "two"), fc.string({ unit: "grapheme", maxLength: 12 })),
		content: fc.constantFrom(undefined, ["text"]),
		redacts: fc.option(fc.array(id, { maxLength: 3 }), { nil: undefined }),
	})
	.map(newEntry);
const entries = fc.oneof({ weight: 3, arbitrary: entry.map((one) => [one]) }, { weight: 1, arbitrary: fc.array(entry, { maxLength: 3 }) });
const options: fc.Arbitrary<AppendOptions> = fc.oneof(
	{ weight: 3, arbitrary: fc.constant({}) },
	{
		weight: 1,
		arbitrary: fc.record({ expect: fc.constantFrom<Record<string, number>[]>({ one: 0 }, { one: 1 }, { two: 0, one: 0 }, {}) }),
	},
);
const range: fc.Arbitrary<ReadRange> = fc.record(
	{
		log,
		after: fc.integer({ min: -1, max: 30 }),
		before: fc.integer({ min: -1, max: 30 }),
		since: fc.integer({ min: -1, max: 31 }),
		limit: fc.integer({ min: 0, max: 12 }),
	},
	{ requiredKeys: ["limit"] },
);
const round = fc.record({
	appends: fc.array(fc.record({ room, entries, options }), { maxLength: 12 }),
	reads: fc.array(fc.record({ room, range }), { maxLength: 4 }),
});

function withoutDetail(appended: Appended): Appended {
	return appended.outcome === "failed" ? { ...appended, detail: "" } : appended;
}
