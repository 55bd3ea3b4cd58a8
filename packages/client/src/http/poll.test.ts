import { describe, expect, test } from "bun:test";
import { FakeDesk, settle } from "../../test/fake-desk.ts";
import { message } from "../../test/fake-environment.ts";
import { HeldWait } from "./held-wait.ts";
import { pollDeadlineMs, pollEveryMs, pollHiddenMs, polling } from "./poll.ts";

const settings = { title: "Lobby", streamUrl: "", slowModeSeconds: 0, write: "everyone", guests: true, textGraphemesMax: 500 };
const state = { settings, viewers: 1, likes: 0 };

function answer(cursor: string, fields: object = {}, etag = `"${cursor}"`): Response {
	const body = { type: "batch", room: "lobby", cursor, events: [], recovered: true, ambient: { viewers: 1, likes: 0 }, ...fields };
	return Response.json(body, { headers: { etag } });
}

const start = () => answer("e.1", { recovered: false, state, events: [message(1)] });

function problem(code: string, status: number, fields: object = {}): Response {
	return Response.json({ type: "", title: "No.", status, code, ...fields }, { status });
}

/** Answers by turns; the last one again and again. */
function inTurn(...answers: (() => Response | Promise<Response>)[]) {
	let turn = 0;
	return () => (answers[Math.min(turn++, answers.length - 1)] as () => Response)();
}

describe("short polls", () => {
	test("are a second apart while the page is looked at, five where it is not, and one is made at once when it is looked at again", async () => {
		const desk = new FakeDesk();
		desk.world.respond = inTurn(start, () => answer("e.1"));
		await desk.read(polling(null));
		expect(desk.asked).toEqual(["/rooms/lobby/events?wait=0"]);
		await desk.after(pollEveryMs - 1);
		expect(desk.asked).toHaveLength(1);
		await desk.after(1);
		expect(desk.asked.slice(1)).toEqual(["/rooms/lobby/events?after=e.1&wait=0"]);
		desk.hidden = true;
		await desk.after(pollEveryMs);
		expect(desk.asked).toHaveLength(3);
		await desk.after(pollHiddenMs - 1);
		expect(desk.asked).toHaveLength(3);
		desk.wake();
		await settle();
		expect(desk.asked).toHaveLength(4);
	});

	test("are spread by a tenth", async () => {
		const desk = new FakeDesk();
		desk.world.chance = 0;
		desk.world.respond = inTurn(start, () => answer("e.1"));
		await desk.read(polling(null));
		await desk.after(pollEveryMs * 0.9);
		expect(desk.asked).toHaveLength(2);
	});

	test("[POLL-4] bring back the validator of the same question only, and take 304 for nothing new", async () => {
		const desk = new FakeDesk();
		const unchanged = () => new Response(null, { status: 304, headers: { etag: '"same"' } });
		desk.world.respond = inTurn(
			start,
			() => answer("e.1", {}, '"same"'),
			unchanged,
			() => answer("e.2", { events: [message(2)] }),
			unchanged,
		);
		await desk.read(polling(null));
		for (let poll = 0; poll < 4; poll++) await desk.after(pollEveryMs);
		expect(desk.world.requests.map(({ init }) => new Headers(init.headers).get("if-none-match"))).toEqual([
			null,
			null,
			'"same"',
			'"same"',
			null,
		]);
		expect(desk.told).toMatchObject(["proven", { type: "joined", cursor: "e.1" }, { type: "batch", cursor: "e.2" }]);
		expect(desk.told).toHaveLength(3);
	});

	test("tell how many are watching only when that changed", async () => {
		const desk = new FakeDesk();
		const watched = (viewers: number) => () => answer("e.1", { ambient: { viewers, likes: 0 } });
		desk.world.respond = inTurn(start, watched(1), watched(2), watched(2));
		await desk.read(polling(null));
		for (let poll = 0; poll < 4; poll++) await desk.after(pollEveryMs);
		expect(desk.told.slice(2)).toMatchObject([{ type: "batch", events: [], ambient: { viewers: 2 } }]);
		expect(desk.told).toHaveLength(3);
	});
});

describe("entering", () => {
	test("[POLL-1] after a known cursor asks where the room stands, and knows of changes among what was missed", async () => {
		const desk = new FakeDesk();
		const change = { offset: 6, at: 0, kind: "settings", settings: { slowModeSeconds: 30 }, by: message(1).from };
		desk.world.respond = (url) =>
			url.includes("after=") ? answer("e.6", { events: [change] }) : answer("e.5", { recovered: false, state });
		await desk.read(polling(null), { room: "lobby", after: "e.5", view: "top" });
		expect(desk.asked).toEqual(["/rooms/lobby/events?after=e.5&wait=0&view=top", "/rooms/lobby/events?wait=0.01&view=top"]);
		expect(desk.told[1]).toMatchObject({
			...{ type: "joined", room: "lobby", cursor: "e.6", recovered: true, events: [change] },
			state: { settings: { title: "Lobby", slowModeSeconds: 30 } },
		});
	});

	test("[POLL-5] starts over wherever the server says so, also in the middle", async () => {
		const desk = new FakeDesk();
		desk.world.respond = inTurn(start, () => answer("f.3", { recovered: false, state, events: [message(3)] }));
		await desk.read(polling(null));
		await desk.after(pollEveryMs);
		expect(desk.told.slice(1)).toMatchObject([
			{ type: "joined", cursor: "e.1", recovered: false },
			{ type: "joined", cursor: "f.3", recovered: false },
		]);
	});

	test("[ROOM-4] shows its token only where guests are not let in", async () => {
		const desk = new FakeDesk();
		desk.wire.token = "t";
		desk.world.respond = inTurn(
			() => problem("guests_not_allowed", 403),
			start,
			() => answer("e.1"),
		);
		await desk.read(polling(null));
		await desk.after(pollEveryMs);
		expect(desk.world.requests.map(({ init }) => new Headers(init.headers).get("authorization"))).toEqual([null, "Bearer t", "Bearer t"]);
		expect(desk.refusals).toEqual([]);
	});

	test("waits as long as a passing refusal says, and ends with one that does not pass", async () => {
		const desk = new FakeDesk();
		desk.againMs = 3_000;
		desk.world.respond = inTurn(
			() => problem("overloaded", 503, { retryAfterMs: 3_000 }),
			() => problem("banned", 403),
		);
		await desk.read(polling(null));
		expect(desk.refusals).toMatchObject([{ code: "overloaded", retryAfterMs: 3_000 }]);
		desk.againMs = null;
		await desk.after(3_000);
		expect(desk.refusals).toMatchObject([{ code: "overloaded" }, { code: "banned" }]);
		await desk.after(60_000);
		expect(desk.asked).toHaveLength(2);
	});
});

describe("trouble", () => {
	test("once may be chance; twice in a row is the end of the link", async () => {
		const desk = new FakeDesk();
		const page = () => new Response("<h1>502 Bad Gateway</h1>", { status: 502 });
		desk.world.respond = inTurn(start, page, () => answer("e.1"), page, page);
		await desk.read(polling(null));
		for (let poll = 0; poll < 3; poll++) await desk.after(pollEveryMs);
		expect(desk.fails).toEqual([]);
		await desk.after(pollEveryMs);
		expect(desk.fails).toEqual([{ reason: "The server does not answer any more.", fault: undefined }]);
	});

	test("a held request that is never answered is silence", async () => {
		const desk = new FakeDesk();
		const wait = new HeldWait();
		const hangs = (init: RequestInit | undefined) =>
			new Promise<Response>((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("aborted"))));
		desk.world.respond = inTurn(start, () => hangs(desk.world.requests.at(-1)?.init));
		await desk.read(polling(wait));
		await desk.after(1_000);
		expect(desk.asked).toEqual(["/rooms/lobby/events?wait=0.01", "/rooms/lobby/events?after=e.1&wait=25"]);
		await desk.after(wait.ms + pollDeadlineMs);
		expect(desk.fails).toMatchObject([{ fault: "silent" }]);
	});

	test("[POLL-3] a server that holds no more requests is asked every second, not in a loop", async () => {
		const desk = new FakeDesk();
		desk.world.respond = inTurn(start, () => answer("e.1"));
		await desk.read(polling(new HeldWait()));
		await desk.after(250);
		expect(desk.asked).toHaveLength(2);
		await desk.after(pollEveryMs - 1);
		expect(desk.asked).toHaveLength(2);
		await desk.after(1);
		expect(desk.asked).toHaveLength(3);
	});
});
