import { describe, expect, test } from "bun:test";
import { decodeCursor } from "@hubbub/protocol/wire/cursor.ts";
import { follow, makeRooms, person, say } from "../../test/live-room.ts";
import type { Outcome } from "./outcome.ts";

type Done = Outcome & { ok: true };

const host = person("host", "host");

describe("saying something twice", () => {
	test("[SAY-3] the same key of the same sender is one message, at once and later", async () => {
		const { clock, log, room } = makeRooms();
		const live = await room();
		const [first, second] = await Promise.all([say(live, "a", "one", "k"), say(live, "a", "one", "k")]);
		await clock.advance(1_000);
		// What cleaning makes the same is the same, as it was sent.
		expect(await say(live, "a", " one\u200b ", "k")).toEqual(first);
		expect(second).toEqual(first);
		const all = await log.read("lobby", { limit: 100 });
		expect(all).toHaveLength(1);
	});

	test("[SAY-3] with another text, answer or style it is a conflict, at once and later, and costs nobody their place", async () => {
		const { clock, log, room } = makeRooms({ rate: { burst: 2, perMs: 600_000 } });
		const live = await room();
		const conflict = { ok: false, code: "conflict" };
		const [first, second, third] = await Promise.all([say(live, "a", "one", "k"), say(live, "a", "two", "k"), say(live, "a", "one", "k")]);
		expect(second).toMatchObject(conflict);
		expect(third).toEqual(first);
		await clock.advance(1_000);
		expect(await say(live, "a", "two", "k")).toMatchObject(conflict);
		const actor = person("a");
		const style = { mode: 1, color: 255 } as const;
		expect(await live.submit({ type: "say", actor, key: "k", text: "one", style })).toMatchObject(conflict);
		expect(await live.submit({ type: "say", actor, key: "k", text: "one", replyTo: "m" })).toMatchObject(conflict);
		expect(await say(live, "a", "two", "k2")).toMatchObject({ ok: true });
		// The rate refuses everything new by now; what is known is told apart all the same.
		expect(await say(live, "a", "three", "k3")).toMatchObject({ ok: false, code: "rate_limited" });
		expect(await say(live, "a", "one", "k")).toEqual(first);
		expect(await say(live, "a", "two", "k")).toMatchObject(conflict);
		expect(await log.read("lobby", { limit: 100 })).toHaveLength(2);
	});

	test("[SAY-3] what failed under a key leaves it to another text", async () => {
		const { log, room } = makeRooms();
		const live = await room();
		log.appends = "fail";
		const failing = say(live, "a", "one", "k");
		expect(await failing).toMatchObject({ ok: false, code: "unavailable" });
		log.appends = "work";
		expect(await say(live, "a", "two", "k")).toMatchObject({ ok: true });
	});

	test("[SAY-3] a message that was taken back has no text to be told apart by: a retry is answered as ever", async () => {
		const { room } = makeRooms();
		const live = await room();
		const first = (await say(live, "a", "one", "k")) as Done;
		await live.submit({ type: "delete", actor: person("a"), id: first.id });
		expect(await say(live, "a", "one", "k")).toMatchObject({ ok: true, id: first.id });
	});

	test("[SAY-3] the same key of another sender, or in another room, is another message", async () => {
		const { room } = makeRooms();
		const [live, other] = [await room(), await room("stage")];
		const outcomes = await Promise.all([say(live, "a", "x", "k"), say(live, "b", "x", "k"), say(other, "a", "x", "k")]);
		expect(new Set(outcomes.map((outcome) => (outcome as Done).id)).size).toBe(3);
		const tricky = await Promise.all([say(live, "a", "x", "b\nk"), say(live, "a\nb", "x", "k")]);
		expect(new Set(tricky.map((outcome) => (outcome as Done).id)).size).toBe(2);
	});

	test("[SAY-3] a retry is answered although slow mode and the rate would refuse it now, also after the room was put away", async () => {
		const { clock, rooms, room } = makeRooms({ rate: { burst: 1, perMs: 600_000 } });
		const live = await room();
		await live.submit({ type: "settings", actor: host, settings: { slowModeSeconds: 300 } });
		const first = await say(live, "a", "one", "k");
		expect(await say(live, "a", "two")).toMatchObject({ ok: false, code: "slow_mode" });
		expect(await say(live, "a", "one", "k")).toEqual(first);
		await clock.advance(61_000);
		rooms.sweep();
		expect(rooms.size).toBe(0);
		const again = await room();
		expect(again).not.toBe(live);
		expect(await say(again, "a", "one", "k")).toEqual(first);
	});

	test("[SAY-6] a message that could not be kept gives its place back and may be said again with its key", async () => {
		const { log, room } = makeRooms({ rate: { burst: 1, perMs: 600_000 } });
		const live = await room();
		await live.submit({ type: "settings", actor: host, settings: { slowModeSeconds: 60 } });
		log.appends = "fail";
		expect(await say(live, "a", "one", "k")).toMatchObject({ ok: false, code: "unavailable", retryAfterMs: 1_000 });
		log.appends = "work";
		expect(await say(live, "a", "one", "k")).toMatchObject({ ok: true });
		expect(await say(live, "a", "two")).toMatchObject({ ok: false, code: "slow_mode" });
	});

	test("[RATE-4] a failed command that took no place gives none back", async () => {
		const { log, room } = makeRooms({ rate: { burst: 1, perMs: 600_000 } });
		const live = await room();
		const { id } = (await say(live, "a", "one")) as Done;
		log.appends = "fail";
		expect(await live.submit({ type: "delete", actor: person("a"), id })).toMatchObject({ ok: false, code: "unavailable" });
		log.appends = "work";
		expect(await say(live, "a", "two")).toMatchObject({ ok: false, code: "rate_limited" });
	});

	test("[RATE-2] of many said in one breath no more pass than the rate lets", async () => {
		const { room } = makeRooms({ rate: { burst: 3, perMs: 60_000 } });
		const live = await room();
		const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => say(live, "a", `${index}`)));
		expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(3);
		expect(outcomes.slice(0, 3).every((outcome) => outcome.ok)).toBe(true);
	});
});

describe("taking back", () => {
	test("[SAY-5] the text leaves what joins, pages and retries are told, and the delete event goes to all", async () => {
		const { clock, room } = makeRooms();
		const live = await room();
		const viewer = follow(live);
		const said = (await say(live, "a", "secret", "k")) as Done;
		expect(await live.submit({ type: "delete", actor: person("a"), id: said.id })).toMatchObject({ ok: true });
		await clock.advance(1_000);
		const told = [
			...(await live.place(null, live.channel("all").window.through)).events.map((entry) => entry.json),
			...(await live.history(null, 50)).events,
			((await say(live, "a", "secret", "k")) as Done).json,
		];
		expect(told.join()).not.toContain("secret");
		expect(told.join()).toContain('"deleted":true');
		expect(viewer.events().map(({ kind }) => kind)).toEqual(["message", "delete"]);
		for (const id of [said.id, "nothing"])
			expect(await live.submit({ type: "delete", actor: person("a"), id })).toMatchObject({ ok: false, code: "message_not_found" });
	});
});

describe("what viewers get", () => {
	test("[FAN-2] a large audience takes turns: fewer frames than flushes for each, and each has everything though nothing more comes", async () => {
		const { clock, room, services } = makeRooms();
		const live = await room();
		// A round takes 30 ms.
		const viewers = Array.from({ length: 3_000 }, () => follow(live, { written: () => clock.spend(0.01) }));
		await clock.advance(5_000);
		await say(live, "a", "alone");
		await clock.settle();
		expect(viewers.filter(({ events }) => events().length === 1)).toHaveLength(3_000);
		// What was saved up in the quiet is spent first.
		await talk(40);
		const frames = () => viewers.map(({ payloads }) => payloads.length);
		const before = { nowMs: clock.monotonicMs(), frames: frames(), flushes: live.channel("all").window.next, encodings: await encodings() };
		await talk(100);
		await clock.advance(250);
		for (const { events } of viewers) expect(events()).toHaveLength(141);
		const most = Math.max(...frames().map((count, index) => count - (before.frames[index] ?? 0)));
		const flushes = live.channel("all").window.next - before.flushes;
		const seconds = (clock.monotonicMs() - before.nowMs) / 1_000;
		// Rounds of 30 ms in a share of 0.6: one each 50 ms, in eight steps.
		expect(most).toBeLessThanOrEqual(seconds * 22);
		expect(flushes).toBeGreaterThan(2 * most);
		expect((await encodings()) - before.encodings).toBeLessThanOrEqual(2 * flushes);

		async function talk(messages: number): Promise<void> {
			for (let count = 0; count < messages; count++) {
				await say(live, "a", `message ${count}`);
				await clock.advance(10);
			}
		}

		async function encodings(): Promise<number> {
			return (await services.metrics.encodes.get()).values.reduce((sum, { value }) => sum + value, 0);
		}
	});

	test("[FAN-4] a batch is encoded once a codec, however many read it", async () => {
		const { clock, room, services } = makeRooms();
		const live = await room();
		const viewers = Array.from({ length: 300 }, (_, index) => follow(live, { codec: (["json", "deflate", "text"] as const)[index % 3] }));
		await clock.advance(2_000);
		const before = await encodes();
		for (let index = 0; index < 10; index++) {
			await say(live, "a", `message ${index}`);
			await clock.advance(500);
		}
		const after = await encodes();
		for (const codec of ["json", "deflate", "text"]) expect((after.get(codec) ?? 0) - (before.get(codec) ?? 0)).toBe(10);
		expect(viewers[0]?.events()).toHaveLength(10);
		expect(viewers[2]?.payloads).toContain("a: message 9");

		async function encodes(): Promise<Map<string | number | undefined, number>> {
			const { values } = await services.metrics.encodes.get();
			return new Map(values.map(({ labels, value }) => [labels.codec, value]));
		}
	});

	test("[FAN-1] [FAN-2] the first event goes at once, and what comes while the window is open goes together", async () => {
		const { clock, room } = makeRooms();
		const live = await room();
		const viewer = follow(live);
		await clock.advance(5_000);
		const quiet = viewer.batches.length;
		for (let index = 0; index < 5; index++) {
			await say(live, "a", `${index}`);
			await clock.settle();
		}
		expect(viewer.batches.slice(quiet).map(({ events }) => events.length)).toEqual([1]);
		await clock.advance(10);
		expect(viewer.batches.slice(quiet).map(({ events }) => events.length)).toEqual([1, 4]);
	});

	test("[FAN-3] viewers and likes come at most once a second, the latest only, and nothing else does in a quiet room", async () => {
		const { clock, room } = makeRooms();
		const live = await room();
		const viewer = follow(live);
		const others = [follow(live), follow(live)];
		for (let count = 0; count < 10; count++) live.like(3);
		others[0]?.leave();
		await clock.advance(1_100);
		expect(viewer.batches.map(({ ambient }) => ambient)).toEqual([{ viewers: 2, likes: 30 }]);
		await clock.advance(60_000);
		expect(viewer.batches).toHaveLength(1);
	});

	test("[FAN-3] figures of an empty room are no news to whoever comes next", async () => {
		const { clock, room } = makeRooms();
		const live = await room();
		follow(live).leave();
		await clock.advance(5_000);
		const viewer = follow(live);
		await say(live, "a", "hi");
		await clock.advance(50);
		expect(viewer.batches[0]?.ambient).toBeUndefined();
	});

	test("[LOG-3] nobody is shown what could not be kept", async () => {
		const { clock, log, room } = makeRooms();
		const live = await room();
		const viewer = follow(live);
		log.appends = "fail";
		await say(live, "a", "lost");
		await clock.advance(1_000);
		expect(viewer.events()).toEqual([]);
		expect((await live.history(null, 10)).events).toEqual([]);
	});
});

describe("changing the settings", () => {
	test("[SET-2] two who change different ones in the same moment both have it, and the log says what holds in one event", async () => {
		const { log, room } = makeRooms();
		const live = await room();
		const [title, slow] = await Promise.all([
			live.submit({ type: "settings", actor: host, settings: { title: "new" } }),
			live.submit({ type: "settings", actor: person("mod", "moderator"), settings: { slowModeSeconds: 9 } }),
		]);
		expect([title.ok, slow.ok]).toEqual([true, true]);
		expect(live.settings).toMatchObject({ title: "new", slowModeSeconds: 9 });
		const [held, ...others] = await log.state("lobby");
		expect(others).toEqual([]);
		expect(JSON.parse(held!.json).all).toEqual({ title: "new", slowModeSeconds: 9 });
	});

	test("[SET-2] what another node changed meanwhile is read before it is decided anew", async () => {
		const { log, room } = makeRooms();
		const live = await room();
		log.hearing = "late";
		const all = { title: "theirs", write: "staff" };
		const body = JSON.stringify({ kind: "settings", at: 0, settings: all, all });
		await log.append("lobby", { at: 0, id: "theirs", kind: "settings", author: "b", key: null, stateKey: "settings", body });
		expect(live.settings.title).toBe("lobby");
		expect(await live.submit({ type: "settings", actor: host, settings: { title: "ours" } })).toMatchObject({ ok: true });
		const [held] = await log.state("lobby");
		expect(JSON.parse(held!.json)).toMatchObject({ settings: { title: "ours" }, all: { title: "ours", write: "staff" } });
		log.hearLate();
		expect(live.settings).toMatchObject({ title: "ours", write: "staff" });
	});
});

describe("where a reader starts", () => {
	async function withMessages(count: number) {
		const made = makeRooms();
		const live = await made.room();
		live.channel("all");
		for (let index = 1; index <= count; index++) {
			await say(live, "a", `${index}`);
			if (index % 200 === 0) await made.clock.advance(20);
		}
		await made.clock.advance(1_000);
		const through = () => live.channel("all").window.through;
		const epoch = decodeCursor(live.cursorAt(0))?.epoch as string;
		return {
			...made,
			live,
			through,
			epoch,
			offsets: (events: readonly { event: { offset: number } }[]) => events.map((e) => e.event.offset),
		};
	}
	const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

	test("[LOG-5] without a cursor, with one of another epoch or from beyond the end: over again with the latest 50", async () => {
		const { live, through, epoch, offsets } = await withMessages(120);
		for (const after of [null, { epoch: "other", offset: 100 }, { epoch, offset: 121 }, { epoch, offset: 1e12 }]) {
			const placed = await live.place(after, through());
			expect(placed.recovered).toBe(false);
			expect(placed.through).toBe(120);
			expect(offsets(placed.events)).toEqual(range(71, 120));
		}
	});

	test("[LOG-6] pages of what was missed end at the same places for all who read them, and are read and encoded once", async () => {
		const { live, through, offsets } = await withMessages(1_700);
		const read = async (after: number) => {
			const page = await live.backlog(after, through());
			const payload = page?.payload("json");
			if (payload?.kind !== "text") throw new Error("There is no such page.");
			expect(page?.to).toBe(JSON.parse(payload.data).events.at(-1).offset);
			return { payload, events: offsets(JSON.parse(payload.data).events.map((event: { offset: number }) => ({ event }))) };
		};
		expect((await read(3)).events).toEqual(range(4, 128));
		expect((await read(128)).events).toEqual(range(129, 256));
		expect((await read(1_664)).events).toEqual(range(1_665, 1_700));
		expect((await read(128)).payload).toBe((await read(128)).payload);
		expect(await live.backlog(1_700, through())).toBeNull();
	});

	test("[SAY-5] what was taken back is in no page that is read afterwards", async () => {
		const { live, through } = await withMessages(1_700);
		const { id } = JSON.parse((await live.history(decodeCursor(live.cursorAt(6)), 1)).events[0] as string);
		const text = async () => JSON.stringify((await live.backlog(0, through()))?.payload("json"));
		expect(await text()).toContain('\\"text\\":\\"5\\"');
		expect(await live.submit({ type: "delete", actor: host, id })).toMatchObject({ ok: true });
		expect(await text()).not.toContain('\\"text\\":\\"5\\"');
	});

	test("[LOG-6] those who come without a cursor between two flushes share one history, in which nothing stands that was taken back", async () => {
		const { live, through } = await withMessages(60);
		const first = await live.place(null, through());
		expect(await live.place(null, through())).toBe(first);
		expect(JSON.parse(first.json)).toEqual(first.events.map(({ json }) => JSON.parse(json)));
		const last = first.events.at(-1)?.event as { id: string; text: string };
		expect(first.json).toContain(`"text":"${last.text}"`);
		await live.submit({ type: "delete", actor: host, id: last.id });
		expect((await live.place(null, first.through)).json).not.toContain(`"text":"${last.text}"`);
	});

	test("[LOG-6] with a cursor: the first 500 that were missed", async () => {
		const { live, through, epoch, offsets } = await withMessages(1_700);
		const placed = await live.place({ epoch, offset: 3 }, through());
		expect(placed).toMatchObject({ recovered: true, through: 503 });
		expect(offsets(placed.events)).toEqual(range(4, 503));
		expect(await live.place({ epoch, offset: 1_700 }, through())).toMatchObject({ recovered: true, events: [], through: 1_700 });
		expect(await live.place({ epoch, offset: 0 }, through())).toMatchObject({ recovered: true, through: 500 });
	});

	test("[LOG-6] further back than 10,000 events: over again", async () => {
		const { live, epoch } = await withMessages(60);
		expect(await live.place({ epoch, offset: 1 }, 10_001)).toMatchObject({ recovered: true });
		expect(await live.place({ epoch, offset: 0 }, 10_001)).toMatchObject({ recovered: false });
	});

	test("[LOG-8] the archive is read backwards, page by page, to the first event, each event once", async () => {
		const { live } = await withMessages(1_234);
		const seen: number[] = [];
		let before: string | null = null;
		do {
			const page: Awaited<ReturnType<typeof live.history>> = await live.history(before === null ? null : decodeCursor(before), 200);
			seen.unshift(...page.events.map((json) => JSON.parse(json).offset));
			before = page.before;
		} while (before !== null);
		expect(seen).toEqual(range(1, 1_234));
	});

	test("[LOG-8] a page before a position that is not of this log is the newest one", async () => {
		const { live, epoch } = await withMessages(10);
		for (const before of [
			{ epoch, offset: 1_000_000 },
			{ epoch: "other", offset: 3 },
		]) {
			const page = await live.history(before, 3);
			expect(page.events.map((json) => JSON.parse(json).offset)).toEqual([8, 9, 10]);
			expect(decodeCursor(page.before as string)?.offset).toBe(8);
		}
		expect(await live.history({ epoch, offset: 0 }, 3)).toEqual({ events: [], before: null });
		expect(await live.history({ epoch, offset: 1 }, 3)).toEqual({ events: [], before: null });
	});

	test("[SAY-6] a log that cannot be read is said so, and holds up nothing else", async () => {
		const { live, log, epoch, through } = await withMessages(1_100);
		log.reads = "fail";
		await expect(live.place({ epoch, offset: 1 }, through())).rejects.toThrow();
		await expect(live.history({ epoch, offset: 20 }, 10)).rejects.toThrow();
		expect((await live.place(null, through())).events).toHaveLength(50);
		expect(await say(live, "a", "still")).toMatchObject({ ok: true });
	});
});
