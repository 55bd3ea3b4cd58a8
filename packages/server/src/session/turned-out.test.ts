import { describe, expect, test } from "bun:test";
import { person, say } from "../../test/live-room.ts";
import { makeHouse } from "../../test/scripted-session.ts";

const host = person("host", "host");

describe("a room that stops letting guests in", () => {
	test("[ROOM-4] guests who are in are told, and hear nothing more", async () => {
		const house = makeHouse();
		const room = await house.room();
		const guest = house.connect({ room: "lobby" });
		guest.send({ type: "hello", rooms: [{ room: "lobby" }] });
		await house.clock.settle();
		await room.submit({ kind: "settings", actor: host, settings: { guests: false } });
		await house.clock.advance(1_000);
		expect(guest.frame("reject")).toMatchObject([{ code: "guests_not_allowed", room: "lobby" }]);
		expect(guest.frame("left")).toMatchObject([{ room: "lobby" }]);
		await say(room, "host", "for members only");
		await house.clock.advance(1_000);
		expect(JSON.stringify(guest.frame("batch"))).not.toContain("for members only");
		expect(room.viewers).toBe(0);
	});
});

describe("a process that was paused", () => {
	test("[WS-6] lets nobody go for what it did not hear meanwhile", async () => {
		const house = makeHouse();
		const visitor = house.connect({ room: "lobby" });
		visitor.send({ type: "hello", rooms: [] });
		await house.clock.settle();
		await house.pass(10_000);
		await house.clock.advance(120_000);
		house.table.tick();
		await house.clock.settle();
		expect(visitor.frame("bye")).toEqual([]);
		await house.pass(60_000);
		expect(visitor.frame("bye")).toMatchObject([{ code: "silent" }]);
	});
});
