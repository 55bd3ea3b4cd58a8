import { describe, expect, test } from "bun:test";
import { follow, makeRooms, person, say } from "../../test/live-room.ts";
import { serverLimits } from "../runtime/limits.ts";
import { Recent } from "./recent.ts";
import type { RoomHost } from "./room-host.ts";

describe("the live rooms", () => {
	test("[ROOM-2] a room that is not there is made only for whoever may make it, however many ask at once", async () => {
		const { rooms } = makeRooms();
		expect(await rooms.get("lobby", { create: false })).toBe("room_not_found");
		const asked = await Promise.all([
			rooms.get("lobby", { create: false }),
			rooms.get("lobby", { create: true }),
			rooms.get("lobby", { create: true }),
		]);
		expect(asked[0]).toBe("room_not_found");
		expect(typeof asked[1]).toBe("object");
		expect(asked[2]).toBe(asked[1] as RoomHost);
		expect(await rooms.get("lobby", { create: false })).toBe(asked[1] as RoomHost);
	});

	test.each([
		["none", 0],
		["few", 10],
		["more than are in memory", serverLimits.recentEventsMax + 100],
	])("what a room was set to long ago holds when it is opened again, after messages: %s", async (_what, messages) => {
		const { clock, rooms, room } = makeRooms();
		const live = await room();
		const host = person("host", "host");
		await live.submit({ type: "settings", actor: host, settings: { title: "old", slowModeSeconds: 7 } });
		await live.submit({ type: "settings", actor: host, settings: { title: "new" } });
		// One each, or they would be too fast.
		for (let index = 0; index < messages; index++) expect(await say(live, `a${index}`, `${index}`)).toMatchObject({ ok: true });
		await clock.advance(61_000);
		rooms.sweep();
		const again = await room();
		expect(again).not.toBe(live);
		expect(again.settings).toMatchObject({ title: "new", slowModeSeconds: 7, write: "everyone" });
	});

	test("[RATE-3] slow mode holds when the room is opened again", async () => {
		const { clock, rooms, room } = makeRooms();
		const live = await room();
		await live.submit({ type: "settings", actor: person("host", "host"), settings: { slowModeSeconds: 120 } });
		await say(live, "a", "one");
		await clock.advance(70_000);
		rooms.sweep();
		expect(rooms.size).toBe(0);
		expect(await say(await room(), "a", "two")).toMatchObject({ ok: false, code: "slow_mode", retryAfterMs: 50_000 });
	});

	test("a room is put away within a minute without anybody, not sooner than it may be, and never with somebody in it", async () => {
		expect(serverLimits.roomIdleMs + serverLimits.roomSweepMs).toBeLessThan(60_000);
		const { clock, rooms, room } = makeRooms();
		const [, watched] = [await room("empty"), await room("watched")];
		const viewer = follow(watched);
		await clock.advance(serverLimits.roomIdleMs - 1);
		expect(rooms.sweep()).toBe(0);
		expect([...rooms.hosts()].map((host) => host.room).sort()).toEqual(["empty", "watched"]);
		await clock.advance(10);
		expect(rooms.sweep()).toBe(1);
		expect([...rooms.hosts()].map((host) => host.room)).toEqual(["watched"]);
		viewer.leave();
		await clock.advance(serverLimits.roomIdleMs + 1);
		rooms.sweep();
		expect(rooms.size).toBe(0);
	});

	test("a room that somebody is just entering is not put away under them", async () => {
		const { clock, rooms, room } = makeRooms();
		await room();
		await clock.advance(serverLimits.roomIdleMs + 1_000);
		const entering = await room();
		rooms.sweep();
		const viewer = follow(entering);
		await say(await room(), "a", "hello");
		await clock.advance(100);
		expect(viewer.events().map(({ text }) => text)).toEqual(["hello"]);
	});

	test("what is said while a room is being opened is not missed", async () => {
		const { clock, log, rooms, room } = makeRooms();
		await say(await room(), "a", "before");
		await clock.advance(serverLimits.roomIdleMs + 1);
		rooms.sweep();
		let open = () => {};
		log.gate = new Promise((resolve) => {
			open = () => resolve();
		});
		const opening = room();
		await clock.settle();
		const body = JSON.stringify({ kind: "message", at: 0, id: "m2", from: person("b"), text: "meanwhile" });
		await log.append("lobby", { id: "m2", kind: "message", author: "b", at: 0, key: null, body });
		log.gate = null;
		open();
		const page = await (await opening).history(null, 10);
		expect(page.events.map((json) => JSON.parse(json).text)).toEqual(["before", "meanwhile"]);
	});

	test("[SAY-6] a room that cannot be opened is `unavailable`, and is opened at the next asking", async () => {
		const { log, rooms } = makeRooms();
		log.reads = "fail";
		expect(await rooms.get("lobby", { create: true })).toBe("unavailable");
		expect(rooms.size).toBe(0);
		log.reads = "work";
		expect(typeof (await rooms.get("lobby", { create: true }))).toBe("object");
	});
});

describe("the latest events", () => {
	const logged = (offset: number, text: string) => {
		const event = { kind: "message" as const, offset, at: 0, id: `m${offset}`, from: person("a"), text };
		return { event, json: JSON.stringify(event) };
	};

	test("are kept within count and size, taken back ones too, and answer only ranges without holes", () => {
		const recent = new Recent({ eventsMax: 50, unitsMax: 20_000 });
		for (let offset = 1; offset <= 500; offset++) {
			recent.push(logged(offset, "x".repeat(300)));
			recent.redact(`m${offset}`);
		}
		expect(recent.size).toBe(50);
		expect(recent.between(450, 500, 10)?.map(({ event }) => event.offset)).toEqual([451, 452, 453, 454, 455, 456, 457, 458, 459, 460]);
		expect(recent.between(449, 500, 10)).toBeNull();
		expect(recent.between(500, 500, 10)).toEqual([]);
		for (let offset = 501; offset <= 550; offset++) recent.push(logged(offset, "y".repeat(1_000)));
		expect(recent.size).toBeLessThan(20);
		expect(recent.find("m550")?.event.offset).toBe(550);
		expect(recent.find("m1")).toBeNull();
	});

	test("[SAY-5] what was taken back has no text any more", () => {
		const recent = new Recent({ eventsMax: 10, unitsMax: 10_000 });
		recent.push(logged(1, "secret"));
		recent.redact("m1");
		recent.redact("unknown");
		expect(JSON.parse(recent.between(0, 1, 1)?.[0]?.json as string)).toMatchObject({ offset: 1, id: "m1", text: "", deleted: true });
	});
});
