import { expect, test } from "bun:test";
import { decodeCursor } from "@hubbub/protocol/wire/cursor.ts";
import { follow, makeRooms, person, say } from "../../test/live-room.ts";
import type { Outcome } from "./outcome.ts";
import type { RoomHost } from "./room-host.ts";

type Done = Outcome & { ok: true };
const host = person("host", "host");
const pin = (live: RoomHost, what: { id?: string | null; text?: string; until?: number; key?: string }) =>
	live.submit({ type: "pin", actor: host, ...what });

/** All that the room would tell anybody: who joins, polls, reads the archive or the state. */
async function told(live: RoomHost, wallMs: number): Promise<string> {
	const { window } = live.channel("all");
	return [
		JSON.stringify(live.publicState),
		(await live.place(null, window.through)).json,
		...(await live.history(null, 200)).events,
		(await live.answers("all").now(decodeCursor(live.cursorAt(0)), wallMs)).json,
		...Array.from({ length: window.next - window.oldest }, (_, index) => JSON.stringify(window.at(window.oldest + index)?.payload("json"))),
	].join("\n");
}

test("[PIN-4] whatever was pinned, however often, the text of a message that is taken back is nowhere any more", async () => {
	const { clock, room, log } = makeRooms();
	const live = await room();
	const viewer = follow(live);
	const { id } = (await say(live, "a", "a secret")) as Done;
	await pin(live, { id });
	await pin(live, { text: "something else" });
	await pin(live, { id });
	await pin(live, { id });
	await clock.advance(1_000);
	expect(live.publicState.pin).toMatchObject({ target: id, text: "a secret", from: { id: "a" } });
	expect(await live.submit({ type: "delete", actor: person("a"), id })).toMatchObject({ ok: true });
	await clock.advance(1_000);
	expect(live.publicState).not.toHaveProperty("pin");
	expect(await told(live, clock.wallMs())).not.toContain("a secret");
	expect(JSON.stringify(await log.read("lobby", { after: 0, limit: 100 }))).not.toContain("a secret");
	expect(viewer.events().map(({ kind }) => kind)).toEqual(["message", "pin", "pin", "pin", "pin", "delete"]);
});

test("[PIN-4] a message that is pinned and taken back in one breath, in either order, is pinned no more", async () => {
	for (const order of ["pin first", "delete first"]) {
		const { clock, room, log } = makeRooms();
		const live = await room();
		const { id } = (await say(live, "a", "a secret")) as Done;
		const remove = () => live.submit({ type: "delete", actor: person("a"), id });
		await Promise.all(order === "pin first" ? [pin(live, { id }), remove()] : [remove(), pin(live, { id })]);
		await clock.advance(1_000);
		expect(live.publicState).not.toHaveProperty("pin");
		expect(JSON.stringify(await log.read("lobby", { after: 0, limit: 100 }))).not.toContain("a secret");
	}
});

test("[PIN-2] a room that was put away and opened again has its pin, however much was said since", async () => {
	const { clock, room, rooms } = makeRooms();
	const live = await room();
	await pin(live, { text: "the rules" });
	for (let count = 0; count < 1_200; count++) void say(live, "a", `${count}`);
	await say(live, "a", "last");
	await clock.advance(60_000);
	expect(rooms.sweep()).toBe(1);
	const again = await room();
	expect(again).not.toBe(live);
	expect(again.publicState.pin).toMatchObject({ text: "the rules", offset: 1 });
});

test("[PIN-1] the same key pins once, whatever was pinned in between", async () => {
	const { room } = makeRooms();
	const live = await room();
	const first = (await pin(live, { text: "one", key: "k" })) as Done;
	await pin(live, { text: "two" });
	expect(await pin(live, { text: "one", key: "k" })).toMatchObject({ ok: true, id: first.id });
	expect(live.publicState.pin).toMatchObject({ text: "two" });
	expect(await pin(live, { text: "three", key: "k" })).toMatchObject({ ok: false, code: "conflict" });
});

test("[PIN-1] a pin that was kept and is sent again is answered as the first time, though it would be refused by now", async () => {
	const { clock, room } = makeRooms();
	const live = await room();
	const { id } = (await say(live, "a", "hello")) as Done;
	const until = clock.wallMs() + 1_000;
	const first = (await pin(live, { id, until, key: "message" })) as Done;
	await clock.advance(2_000);
	expect(await pin(live, { id, until, key: "message" })).toMatchObject({ ok: true, id: first.id });
	expect(await pin(live, { id: "another", until, key: "message" })).toMatchObject({ code: "conflict" });
	const own = { text: " the\nrules ", until: clock.wallMs() + 1_000, key: "line" };
	const line = (await pin(live, own)) as Done;
	const none = (await pin(live, { id: null, key: "none" })) as Done;
	await clock.advance(2_000);
	expect(await pin(live, own)).toMatchObject({ ok: true, id: line.id });
	// Who has no right to it any more is answered for what they did while they had it.
	const nobody = person("host", "member");
	expect(await live.submit({ type: "pin", actor: nobody, id: null, key: "none" })).toMatchObject({ ok: true, id: none.id });
	expect(await live.submit({ type: "pin", actor: nobody, id: null, key: "new" })).toMatchObject({ code: "forbidden" });
});

test("[PIN-1] who may not pin is refused without a turn, and waits for nobody's", async () => {
	const { room, log } = makeRooms();
	const live = await room();
	const { find } = log;
	let letGo = () => {};
	// A moderator's pin is being looked up, and that takes its time.
	log.find = (...asked) => new Promise((resolve) => (letGo = () => resolve(find.apply(log, asked))));
	const slow = pin(live, { id: "unknown" });
	expect(await live.submit({ type: "pin", actor: person("a"), id: "x" })).toMatchObject({ code: "forbidden" });
	expect(await live.submit({ type: "settings", actor: person("a"), settings: {} })).toMatchObject({ code: "forbidden" });
	log.find = find;
	letGo();
	expect(await slow).toMatchObject({ code: "message_not_found" });
});

test("[PIN-3] a pin stands in the state until its time is over, and then no longer", async () => {
	const { clock, room } = makeRooms();
	const live = await room();
	const until = clock.wallMs() + 5_000;
	await pin(live, { text: "back in five", until });
	await clock.advance(4_999);
	expect(live.publicState.pin).toMatchObject({ text: "back in five", until });
	expect((await live.answers("all").now(null, clock.wallMs())).json).toContain('"pin":{');
	await clock.advance(1_001);
	expect(live.publicState).not.toHaveProperty("pin");
	expect(JSON.parse((await live.answers("all").now(null, clock.wallMs())).json).state).not.toHaveProperty("pin");
});

test("[PIN-2] who comes by lines is told what is pinned, and when that changes", async () => {
	const { clock, room } = makeRooms();
	const live = await room();
	const viewer = follow(live, { codec: "text" });
	await pin(live, { text: "the\u2028rules: be kind" });
	await clock.advance(1_000);
	await pin(live, { id: null });
	await clock.advance(1_000);
	expect(viewer.payloads).toEqual(["* pinned: host: the rules: be kind", "* unpinned"]);
});
