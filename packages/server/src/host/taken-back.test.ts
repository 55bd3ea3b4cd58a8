import { expect, test } from "bun:test";
import { decodeCursor } from "@hubbub/protocol/wire/cursor.ts";
import { makeRooms, person, say } from "../../test/live-room.ts";
import type { Outcome } from "./outcome.ts";

test("[SAY-5] a text that was taken back is in nothing that is still to be read: not in a poll's answer, not in a slow reader's batch", async () => {
	const { clock, room } = makeRooms();
	const live = await room();
	const window = live.channel("all").window;
	const before = decodeCursor(live.cursorAt(0));
	const said = (await say(live, "a", "a secret")) as Outcome & { ok: true };
	await clock.advance(300);
	expect((await live.answers("all").now(before, clock.wallMs())).json).toContain("a secret");

	const taken = await live.submit({ type: "delete", actor: person("a"), id: said.id });
	expect(taken).toMatchObject({ ok: true });
	await clock.advance(300);
	const answer = await live.answers("all").now(before, clock.wallMs());
	expect(answer.json).not.toContain("a secret");
	expect(answer.json).toContain('"deleted":true');
	for (let sequence = window.oldest; sequence < window.next; sequence++)
		for (const codec of ["json", "text"] as const) expect(JSON.stringify(window.at(sequence)?.payload(codec))).not.toContain("a secret");
});

test("[SAY-5] nor where it had not been shown to anybody yet", async () => {
	const { clock, room } = makeRooms();
	const live = await room();
	await say(live, "a", "first");
	await clock.advance(1);
	const said = (await say(live, "a", "a secret")) as Outcome & { ok: true };
	await live.submit({ type: "delete", actor: person("a"), id: said.id });
	await clock.advance(1_000);
	const answer = await live.answers("all").now(decodeCursor(live.cursorAt(0)), clock.wallMs());
	expect(answer.json).not.toContain("a secret");
});

test("[POLL-1] an answer is cut to one page, and the next one goes on from its cursor", async () => {
	const { clock, room } = makeRooms();
	const live = await room();
	for (let count = 0; count < 400; count++) {
		await say(live, "a", `${count} ${"x".repeat(480)}`);
		await clock.advance(20);
	}
	await clock.advance(1_000);
	const seen: number[] = [];
	for (let cursor = live.cursorAt(0), rounds = 0; rounds < 50; rounds++) {
		const answer = await live.answers("all").now(decodeCursor(cursor), clock.wallMs());
		expect(answer.json.length).toBeLessThan(200_000);
		const { events } = JSON.parse(answer.json) as { events: { offset: number }[] };
		seen.push(...events.map(({ offset }) => offset));
		if (answer.cursor === cursor) break;
		cursor = answer.cursor;
	}
	expect(seen).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
});

test("[LOG-3] a room is not put away while somebody waits for its log", async () => {
	const { clock, log, rooms, room } = makeRooms();
	const live = await room();
	for (let count = 0; count < 1_200; count++) await say(live, "a", `${count}`);
	await clock.advance(1_000);
	let open = () => {};
	log.gate = new Promise((resolve) => {
		open = resolve;
	});
	const placing = live.place(decodeCursor(live.cursorAt(1)), live.channel("all").window.through);
	await clock.advance(120_000);
	rooms.sweep();
	expect(rooms.size).toBe(1);
	open();
	await placing;
	await clock.advance(61_000);
	rooms.sweep();
	expect(rooms.size).toBe(0);
});
