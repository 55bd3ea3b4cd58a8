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
		await room.submit({ type: "settings", actor: host, settings: { guests: false } });
		await house.clock.advance(1_000);
		expect(guest.frame("reject")).toMatchObject([{ code: "guests_not_allowed", room: "lobby" }]);
		expect(guest.frame("left")).toMatchObject([{ room: "lobby" }]);
		await say(room, "host", "for members only");
		await house.clock.advance(1_000);
		expect(JSON.stringify(guest.frame("batch"))).not.toContain("for members only");
		expect(room.viewers).toBe(0);
	});

	test("[ROOM-4] a guest who comes in while it stops is told as well, and is told nothing of the room", async () => {
		const house = makeHouse();
		const room = await house.room();
		const place = room.place.bind(room);
		// The room stops letting guests in after the door has said yes, and before the reader is in.
		room.place = async (...position) => {
			await room.submit({ type: "settings", actor: host, settings: { guests: false } });
			return place(...position);
		};
		const guest = house.connect({ room: "lobby" });
		guest.send({ type: "hello", rooms: [{ room: "lobby" }] });
		await house.clock.settle();
		await house.clock.advance(1_000);
		expect(guest.frame("joined")).toEqual([]);
		expect(guest.frame("reject")).toMatchObject([{ code: "guests_not_allowed", room: "lobby" }]);
		expect(room.viewers).toBe(0);
	});

	test("[ROOM-4] members are asked for their roles when it stops, and not at every message afterwards", async () => {
		const house = makeHouse();
		const room = await house.room();
		let asked = 0;
		const reader = {
			codec: "json" as const,
			get actor() {
				asked++;
				return { id: "m", name: "m", roles: ["member" as const] };
			},
			evict() {},
			wake() {},
		};
		room.admit(reader, "all");
		await room.submit({ type: "settings", actor: host, settings: { guests: false } });
		expect(asked).toBeGreaterThan(0);
		asked = 0;
		for (let count = 0; count < 20; count++) await say(room, "host", `message ${count}`);
		await room.submit({ type: "settings", actor: host, settings: { title: "Members" } });
		await house.clock.advance(1_000);
		expect(asked).toBe(0);
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
