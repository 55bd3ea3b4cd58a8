import { describe, expect, test } from "bun:test";
import type { Downstream } from "@hubbub/protocol/downstream.ts";
import { say } from "../../test/live-room.ts";
import { type House, makeHouse, operatorKey, type Visitor } from "../../test/scripted-session.ts";
import { serverLimits } from "../runtime/limits.ts";

async function welcomed(house: House, hello: object = {}, room: string | null = "lobby"): Promise<Visitor> {
	const visitor = house.connect({ room });
	visitor.send({ type: "hello", ...hello });
	await house.clock.settle();
	return visitor;
}

const since = (visitor: Visitor, count: number) => visitor.frames().slice(count);

describe("every frame and its answer", () => {
	test("[DOWN-2] say, delete, settings, leave, join and ping are each answered once, with their ref", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house, { token: operatorKey });
		const before = visitor.frames().length;
		visitor.send({ type: "say", ref: "say", room: "lobby", key: "k", text: "hi" });
		await house.clock.settle();
		const [ack] = visitor.frame("ack");
		visitor.send({ type: "delete", ref: "delete", room: "lobby", id: ack?.id });
		visitor.send({ type: "settings", ref: "settings", room: "lobby", settings: { title: "T" } });
		visitor.send({ type: "ping", ref: "ping" });
		visitor.send({ type: "leave", ref: "leave", room: "lobby" });
		visitor.send({ type: "join", ref: "join", room: "lobby" });
		await house.clock.settle();
		const answers = since(visitor, before).flatMap((frame) => ("ref" in frame ? [`${frame.type} ${frame.ref}`] : []));
		expect(answers.sort()).toEqual(["ack delete", "ack say", "ack settings", "joined join", "left leave", "pong ping"]);
		expect(ack).toMatchObject({ fate: "shown", event: { kind: "message", text: "hi", offset: 1, from: { id: "operator" } } });
	});

	test("[UP-6] commands on a room one is not in are refused, and joining twice too", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		for (const type of ["say", "delete", "settings", "leave"])
			visitor.send({ type, ref: type, room: "stage", key: "k", text: "x", id: "m", settings: {} });
		visitor.send({ type: "join", ref: "join", room: "lobby" });
		await house.clock.settle();
		expect(visitor.frame("reject").map(({ ref, code, room }) => [ref, code, room])).toEqual([
			["say", "not_joined", "stage"],
			["delete", "not_joined", "stage"],
			["settings", "not_joined", "stage"],
			["leave", "not_joined", "stage"],
			["join", "already_joined", "lobby"],
		]);
	});

	test("[UP-6] a connection is in at most 32 rooms", async () => {
		const house = makeHouse();
		const names = Array.from({ length: 34 }, (_, index) => `r${index}`);
		for (const name of names) await house.room(name);
		const visitor = await welcomed(house, { rooms: names.slice(0, 31).map((room) => ({ room })) });
		for (const room of names.slice(31)) visitor.send({ type: "join", ref: room, room });
		visitor.send({ type: "leave", room: "r0" });
		visitor.send({ type: "join", ref: "again", room: "r33" });
		await house.clock.settle();
		expect(visitor.frame("reject").map(({ ref, code }) => `${ref} ${code}`)).toEqual(["r32 too_many_rooms", "r33 too_many_rooms"]);
		expect(visitor.frame("joined").map(({ ref }) => ref)).toContain("again");
	});

	test("[ROOM-3] one address makes at most 30 rooms a minute; rooms that are there may still be joined", async () => {
		const house = makeHouse();
		await house.room("old");
		const visitor = await welcomed(house, { rooms: Array.from({ length: 32 }, (_, index) => ({ room: `r${index}` })) });
		expect(visitor.frame("joined")).toHaveLength(30);
		expect(visitor.frame("reject")).toMatchObject([
			{ code: "rate_limited", room: "r30", retryAfterMs: 2_000 },
			{ code: "rate_limited", room: "r31" },
		]);
		visitor.send({ type: "join", room: "old" });
		await house.clock.settle();
		expect(visitor.frame("joined")).toHaveLength(31);
	});

	test("[UP-2] a bad frame is answered with its ref and changes nothing; the 21st ends the connection with 4010", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		for (let count = 1; count <= 20; count++) visitor.send(`{"type":"say","ref":${count}}`);
		visitor.send({ type: "ping", ref: "still here" });
		await house.clock.settle();
		expect(visitor.frame("reject").map(({ ref, code }) => `${ref} ${code}`)).toEqual(
			Array.from({ length: 20 }, (_, index) => `${index + 1} bad_frame`),
		);
		expect(visitor.frame("pong")).toHaveLength(1);
		visitor.send("{");
		expect(visitor.frames().at(-1)).toMatchObject({ type: "bye", code: "bad_frame" });
		expect(visitor.link.closed?.code).toBe(4010);
	});

	test("[UP-2] a program that is wrong now and then is told so each time, for as long as it is there", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		const wrong = { type: "settings", ref: "s", room: "lobby", settings: { slowModeSeconds: "5" } };
		for (let count = 1; count <= 80; count++) {
			visitor.send(wrong);
			await house.pass(30_000);
		}
		expect(visitor.link.closed).toBeNull();
		expect(visitor.frame("reject")).toHaveLength(80);
	});

	test("[UP-3] [UP-4] unknown types and bytes are refused and no more; unknown types may go on for ever", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		for (let count = 0; count < 100; count++) visitor.send({ type: "signal", ref: count });
		visitor.send(new Uint8Array([0x7b, 0x7d]));
		await house.clock.settle();
		const codes = visitor.frame("reject").map(({ code }) => code);
		expect(codes.filter((code) => code === "unknown_type")).toHaveLength(100);
		expect(codes.at(-1)).toBe("bad_frame");
		expect(visitor.link.closed).toBeNull();
	});

	test("[WS-7] a frame of more than 64 KiB, counted in bytes, ends the connection with 4009", async () => {
		const house = makeHouse();
		const [fits, large] = [await welcomed(house), await welcomed(house)];
		fits.send(JSON.stringify({ type: "ping", ref: 1, pad: "x".repeat(65_536 - 34) }));
		large.send(JSON.stringify({ type: "ping", pad: "好".repeat(22_000) }));
		expect(fits.frame("pong")).toHaveLength(1);
		expect(large.frames().at(-1)).toMatchObject({ type: "bye", code: "frame_too_large" });
		expect(large.link.closed).toEqual({ code: 4009, reason: "frame_too_large" });
	});

	test("[AUTH-4] a room called like a property of every object is a room like any other", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house, {}, "constructor");
		visitor.send({ type: "say", ref: 1, room: "constructor", key: "k", text: "hi" });
		await house.clock.settle();
		expect(visitor.frame("ack")).toHaveLength(1);
	});

	test("[WS-5] after bye nothing is said and nothing is heard", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		visitor.send({ type: "say", ref: 1, room: "lobby", key: "k", text: "x" });
		visitor.session.bye("draining");
		visitor.send({ type: "ping" });
		await say(await house.room(), "b", "hi");
		await house.clock.advance(100);
		expect(visitor.frames().at(-1)).toMatchObject({ type: "bye", code: "draining" });
		expect((visitor.frames().at(-1) as Downstream & { type: "bye" }).reconnectAfterMs).toBeLessThanOrEqual(2_000);
		expect(visitor.link.closed).toEqual({ code: 4100, reason: "draining" });
		visitor.session.onClosed();
		expect((await house.room()).viewers).toBe(0);
	});

	test("[WS-6] one that goes while a room is opened or read for it leaves nobody behind in the room", async () => {
		for (const phase of ["opening", "reading"] as const) {
			const house = makeHouse();
			const host = phase === "reading" ? await house.room() : null;
			if (host) for (let index = 0; index < serverLimits.recentEventsMax + 200; index++) await say(host, "speaker", `${index}`);
			await house.clock.advance(1_000);
			if (phase === "opening") {
				await say(await house.room(), "speaker", "something to be read");
				await house.clock.advance(serverLimits.roomIdleMs + 1);
				house.rooms.sweep();
			}
			let open = () => {};
			house.log.gate = new Promise((resolve) => {
				open = () => resolve();
			});
			const visitor = house.connect();
			visitor.send({ type: "hello", rooms: [{ room: "lobby", ...(host && { after: host.cursorAt(1) }) }] });
			await house.clock.settle();
			visitor.session.onClosed();
			open();
			house.log.gate = null;
			await house.clock.settle();
			expect((await house.room()).viewers).toBe(0);
			expect(visitor.frame("joined")).toEqual([]);
		}
	});

	test("a peer that never finishes the closing handshake is dropped", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		visitor.session.bye("draining");
		await house.pass(7_000);
		expect(visitor.link.terminated).toBe(true);
	});
});

describe("the connection's own limits", () => {
	test("[WS-6] one that is not heard from is pinged after 25 s and let go with 4102 after 50", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		await house.pass(20_000);
		visitor.session.heard();
		await house.pass(24_000);
		expect(visitor.link.pings).toBe(0);
		await house.pass(3_000);
		expect(visitor.link.pings).toBe(1);
		await house.pass(21_000);
		expect(visitor.link.closed).toBeNull();
		await house.pass(6_000);
		expect(visitor.link.closed?.code).toBe(4102);
	});

	test("[WS-6] a pong is a sign of life", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		for (let seconds = 0; seconds < 200; seconds++) {
			const { pings } = visitor.link;
			await house.pass(1_000);
			if (visitor.link.pings > pings) visitor.session.heard();
		}
		expect(visitor.link.closed).toBeNull();
		expect(visitor.link.pings).toBeGreaterThanOrEqual(7);
	});

	test("[WS-8] frames above the rate are thrown away, answered once, and after 1,000 of them it is 4104, however steadily they come", async () => {
		const house = makeHouse({ frameRate: serverLimits.frames });
		const visitor = await welcomed(house);
		for (let count = 0; count < 250; count++) visitor.send({ type: "like", room: "lobby", count: 1 });
		expect(visitor.frame("reject")).toMatchObject([{ code: "rate_limited", retryAfterMs: expect.any(Number) }]);
		for (let count = 0; count < 20 && !visitor.link.closed; count++) {
			await house.clock.advance(100);
			for (let frame = 0; frame < 100; frame++) visitor.send({ type: "like", room: "lobby", count: 1 });
		}
		expect(visitor.frame("reject")).toHaveLength(1);
		expect(visitor.frames().at(-1)).toMatchObject({ type: "bye", code: "flooding" });
		expect(visitor.link.closed?.code).toBe(4104);
	});

	test("[WS-8] pings count as frames; a flood that ended is forgotten", async () => {
		const house = makeHouse({ frameRate: serverLimits.frames });
		const visitor = await welcomed(house);
		for (let round = 0; round < 5; round++) {
			for (let count = 0; count < 700; count++) visitor.session.heardPing();
			await house.clock.advance(5_000);
		}
		expect(visitor.link.closed).toBeNull();
		for (let count = 0; count < 1_300; count++) visitor.session.heardPing();
		expect(visitor.link.closed?.code).toBe(4104);
	});

	test("frames that wait behind a slow join are bounded, and each gets an answer", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		let open = () => {};
		house.log.gate = new Promise((resolve) => {
			open = () => resolve();
		});
		visitor.send({ type: "join", room: "slow" });
		for (let ref = 0; ref < 100; ref++) visitor.send({ type: "ping", ref });
		await house.clock.settle();
		expect(visitor.frame("reject").every(({ code }) => code === "rate_limited")).toBe(true);
		open();
		house.log.gate = null;
		await house.clock.settle();
		const answered = [...visitor.frame("reject"), ...visitor.frame("pong")].map(({ ref }) => ref as number);
		expect(answered.sort((one, other) => one - other)).toEqual(Array.from({ length: 100 }, (_, index) => index));
		expect(visitor.frame("pong")).toHaveLength(serverLimits.inboundFramesMax);
	});

	test("[SEC-4] connections are counted by address, and freed when they end", async () => {
		const house = makeHouse();
		const visitors = Array.from({ length: 3 }, () => house.connect({ address: "203.0.113.9" }));
		expect(house.table.connectionsFrom("203.0.113.9")).toBe(3);
		for (const { session } of visitors) {
			session.onClosed();
			session.onClosed();
		}
		expect(house.table.connectionsFrom("203.0.113.9")).toBe(0);
		expect(house.table.size).toBe(0);
	});
});
