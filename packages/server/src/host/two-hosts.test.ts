import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { FakeClock } from "../../test/fake-clock.ts";
import { follow, type LiveRooms, makeRooms, person, say } from "../../test/live-room.ts";
import type { Engine } from "../engine/engine.ts";
import { openMemoryEngine } from "../engine/memory/memory-engine.ts";
import { openIn, temporaryFolder } from "../engine/sqlite/faults/fixture.ts";
import { systemRandom } from "../runtime/random.ts";
import type { Outcome } from "./outcome.ts";
import type { RoomHost } from "./room-host.ts";

const host = person("host", "host");

/** A node of its own on a log that others are on too: its own clock, which began at another moment. */
function node(engine: Engine, name: "a" | "b" | "late", deliveryBudget: number): LiveRooms {
	const clock = new FakeClock({ nowMs: { a: 1_000, b: 77_777, late: 5 }[name] });
	return makeRooms({ shared: engine.log, clock, deliveryBudget });
}

/** What somebody saw who read all that a host showed: events by offset, what was left out, and what was counted elsewhere. */
function watch(room: RoomHost) {
	const viewer = follow(room);
	const sums = () => {
		const batches = viewer.batches as unknown as { omitted?: number; repeats?: { id: string; count: number }[] }[];
		const repeats: Record<string, number> = {};
		for (const { id, count } of batches.flatMap((batch) => batch.repeats ?? [])) repeats[id] = (repeats[id] ?? 0) + count;
		return { repeats, omitted: batches.reduce((sum, { omitted = 0 }) => sum + omitted, 0) };
	};
	/** A message that is taken back was shown with its text by a host that had come to it, and without it by one that had not. */
	const events = () => {
		const all = viewer.events() as { kind: string; id?: string; target?: string }[];
		const takenBack = new Set(all.flatMap(({ kind, target }) => (kind === "delete" ? [target] : [])));
		return all.map((event) => (takenBack.has(event.id) ? { ...event, text: "", deleted: true } : event));
	};
	return { saw: () => ({ events: events(), ...sums() }), offsets: () => viewer.events().map(({ offset }) => offset) };
}

const action = fc.record({
	on: fc.constantFrom("a" as const, "b" as const),
	what: fc.oneof(
		{
			weight: 12,
			arbitrary: fc.record({ do: fc.constant("say" as const), who: fc.nat(7), text: fc.constantFrom("666", "哈哈", "x", "y", "z") }),
		},
		{ weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), which: fc.nat(30) }) },
		{ weight: 1, arbitrary: fc.record({ do: fc.constant("budget" as const), budget: fc.integer({ min: 1, max: 12 }) }) },
		{ weight: 1, arbitrary: fc.record({ do: fc.constant("title" as const), title: fc.string({ maxLength: 5 }) }) },
	),
	pauseMs: fc.constantFrom(0, 0, 0, 1, 20, 150, 900),
});

/** Does one thing by one host; answers the id of what was said. */
async function carryOut(
	room: RoomHost,
	what: (typeof action extends fc.Arbitrary<infer T> ? T : never)["what"],
	said: string[],
): Promise<void> {
	if (what.do === "say") {
		const outcome = await say(room, `p${what.who}`, what.text);
		if (outcome.ok) said.push(outcome.id);
	} else if (what.do === "delete") {
		const id = said[what.which % Math.max(1, said.length)];
		if (id) await room.submit({ type: "delete", actor: host, id });
	} else {
		const settings = what.do === "budget" ? { deliveryBudget: what.budget } : { title: what.title };
		expect(await room.submit({ type: "settings", actor: host, settings })).toMatchObject({ ok: true });
	}
}

function twoHosts(on: string, runs: number, make: () => Promise<{ engine: Engine; dispose(): Promise<void> }>): void {
	describe(`two hosts on one log ${on}`, () => {
		let engine: Engine;
		let dispose: () => Promise<void>;
		beforeEach(async () => {
			({ engine, dispose } = await make());
		});
		afterEach(() => dispose());

		test("[LOG-1] [FAN-7] show the same events in the same order, leave out the same, and come to the same state, one that is opened later too", async () => {
			let [run, leftOut] = [0, 0];
			await fc.assert(
				fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 120 }), fc.nat(100), async (actions, lateAt) => {
					const name = `room-${run++}`;
					const nodes = { a: node(engine, "a", 4), b: node(engine, "b", 4) };
					const [a, b] = [await nodes.a.room(name), await nodes.b.room(name)];
					const seen = { a: watch(a), b: watch(b) };
					let late: { made: LiveRooms; room: RoomHost; seen: ReturnType<typeof watch>; after: number } | null = null;
					const said: string[] = [];
					for (const [index, { on, what, pauseMs }] of actions.entries()) {
						if (index === Math.min(lateAt, actions.length - 1)) {
							const made = node(engine, "late", 4);
							await made.clock.advance(nodes.a.clock.wallMs() - made.clock.wallMs());
							const room = await made.room(name);
							late = {
								made,
								room,
								seen: watch(room),
								after: seen.a.offsets().length > 0 ? Number((await engine.log.open(name, { create: false }))?.offset) : 0,
							};
						}
						await carryOut(on === "a" ? a : b, what, said);
						// Their clocks do not go alike.
						await nodes.a.clock.advance(pauseMs);
						await nodes.b.clock.advance(Math.round(pauseMs * 0.9));
						await late?.made.clock.advance(pauseMs * 3);
					}
					for (const made of [nodes.a, nodes.b, late!.made]) await made.clock.advance(5_000);
					expect(seen.b.saw()).toEqual(seen.a.saw());
					leftOut += seen.a.saw().omitted;
					expect(b.settings).toEqual(a.settings);
					expect(late!.room.settings).toEqual(a.settings);
					expect(await b.history(null, 200)).toEqual(await a.history(null, 200));
					const since = (offsets: readonly number[]) => offsets.filter((offset) => offset > late!.after);
					expect(since(late!.seen.offsets())).toEqual(since(seen.a.offsets()));
				}),
				{ numRuns: runs },
			);
			expect(leftOut).toBeGreaterThan(0);
		}, 300_000);

		test("[RATE-3] hold a person to slow mode who turns from one to the other", async () => {
			const nodes = { a: node(engine, "a", 0), b: node(engine, "b", 0) };
			const [a, b] = [await nodes.a.room(), await nodes.b.room()];
			await a.submit({ type: "settings", actor: host, settings: { slowModeSeconds: 60 } });
			expect(await say(a, "ann", "one")).toMatchObject({ ok: true });
			expect(await say(b, "ann", "two")).toMatchObject({ ok: false, code: "slow_mode" });
		});

		test("[SAY-3] answer a key that was used at the other with the first message, or as a conflict", async () => {
			const nodes = { a: node(engine, "a", 0), b: node(engine, "b", 0) };
			const [a, b] = [await nodes.a.room(), await nodes.b.room()];
			const [first, again] = await Promise.all([say(a, "ann", "one", "k"), say(b, "ann", "one", "k")]);
			expect(again).toEqual(first);
			expect(await say(b, "ann", "two", "k")).toMatchObject({ ok: false, code: "conflict" });
		});

		test("[SET-2] change different settings at once, and have both", async () => {
			const nodes = { a: node(engine, "a", 0), b: node(engine, "b", 0) };
			const [a, b] = [await nodes.a.room(), await nodes.b.room()];
			const changes = [a.submit({ type: "settings", actor: host, settings: { title: "new" } })];
			changes.push(b.submit({ type: "settings", actor: host, settings: { slowModeSeconds: 9 } }));
			expect((await Promise.all(changes)).map((outcome: Outcome) => outcome.ok)).toEqual([true, true]);
			for (const { settings } of [a, b]) expect(settings).toMatchObject({ title: "new", slowModeSeconds: 9 });
		});
	});
}

twoHosts("in memory", 25, async () => {
	const engine = openMemoryEngine({ random: systemRandom });
	return { engine, dispose: () => engine.close() };
});

twoHosts("on SQLite", 3, async () => {
	const folder = temporaryFolder();
	const { engine } = await openIn(folder.path);
	return {
		engine,
		async dispose() {
			await engine.close();
			folder.remove();
		},
	};
});
