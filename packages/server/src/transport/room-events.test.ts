import { expect, test } from "bun:test";
import { SignJWT } from "jose";
import { say } from "../../test/live-room.ts";
import { jwtSecret, makeHouse } from "../../test/scripted-session.ts";
import type { Reader } from "../host/reader.ts";
import { createRoomEvents } from "./room-events.ts";

test("[ROOM-4] who holds a poll is a guest by their roles in this room, as on every other transport", async () => {
	const house = makeHouse();
	const room = await house.room();
	await say(room, "a", "one");
	await house.clock.advance(1_000);
	const admitted: Reader[] = [];
	const admit = room.admit.bind(room);
	room.admit = (reader, view) => {
		admitted.push(reader);
		admit(reader, view);
	};
	const answer = createRoomEvents(house.sessionServices, { streamLeft() {}, pollCut() {} });
	for (const role of ["guest", "member"] as const) {
		const claims = { sub: `u-${role}`, name: role, exp: Math.floor(house.clock.wallMs() / 1_000) + 600, roles: { lobby: [role] } };
		const token = await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(jwtSecret));
		const leaving = new AbortController();
		const held = answer({
			room: "lobby",
			query: new URLSearchParams({ wait: "25", after: room.cursorAt(1) }),
			headers: new Headers({ authorization: `Bearer ${token}` }),
			isHead: false,
			address: "192.0.2.1",
			signal: leaving.signal,
			limitQuiet() {},
		});
		while (admitted.length === 0) await Bun.sleep(1);
		expect(admitted.splice(0)).toMatchObject([{ actor: { id: `u-${role}`, roles: [role] } }]);
		leaving.abort();
		await held;
	}
});
