import { describe, expect, test } from "bun:test";
import { message } from "../../test/fake-environment.ts";
import { FakeReadingHost, settle } from "../../test/fake-reading-host.ts";
import { HeldWait } from "./fallback-policy.ts";
import { pollDeadlineMs, pollEveryMs, pollHiddenMs, polling } from "./readings.ts";

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
		const host = new FakeReadingHost();
		host.world.respond = inTurn(start, () => answer("e.1"));
		await host.read(polling(null));
		expect(host.asked).toEqual(["/rooms/lobby/events?wait=0"]);
		await host.after(pollEveryMs - 1);
		expect(host.asked).toHaveLength(1);
		await host.after(1);
		expect(host.asked.slice(1)).toEqual(["/rooms/lobby/events?after=e.1&wait=0"]);
		host.hidden = true;
		await host.after(pollEveryMs);
		expect(host.asked).toHaveLength(3);
		await host.after(pollHiddenMs - 1);
		expect(host.asked).toHaveLength(3);
		host.wake();
		await settle();
		expect(host.asked).toHaveLength(4);
	});

	test("are spread by a tenth", async () => {
		const host = new FakeReadingHost();
		host.world.chance = 0;
		host.world.respond = inTurn(start, () => answer("e.1"));
		await host.read(polling(null));
		await host.after(pollEveryMs * 0.9);
		expect(host.asked).toHaveLength(2);
	});

	test("[POLL-4] bring back the validator of the same question only, and take 304 for nothing new", async () => {
		const host = new FakeReadingHost();
		const unchanged = () => new Response(null, { status: 304, headers: { etag: '"same"' } });
		host.world.respond = inTurn(
			start,
			() => answer("e.1", {}, '"same"'),
			unchanged,
			() => answer("e.2", { events: [message(2)] }),
			unchanged,
		);
		await host.read(polling(null));
		for (let poll = 0; poll < 4; poll++) await host.after(pollEveryMs);
		expect(host.world.requests.map(({ init }) => new Headers(init.headers).get("if-none-match"))).toEqual([
			null,
			null,
			'"same"',
			'"same"',
			null,
		]);
		expect(host.told).toMatchObject(["proven", { type: "joined", cursor: "e.1" }, { type: "batch", cursor: "e.2" }]);
		expect(host.told).toHaveLength(3);
	});

	test("tell how many are watching only when that changed", async () => {
		const host = new FakeReadingHost();
		const watched = (viewers: number) => () => answer("e.1", { ambient: { viewers, likes: 0 } });
		host.world.respond = inTurn(start, watched(1), watched(2), watched(2));
		await host.read(polling(null));
		for (let poll = 0; poll < 4; poll++) await host.after(pollEveryMs);
		expect(host.told.slice(2)).toMatchObject([{ type: "batch", events: [], ambient: { viewers: 2 } }]);
		expect(host.told).toHaveLength(3);
	});
});

describe("entering", () => {
	test("[POLL-1] after a known cursor asks where the room stands, and knows of changes among what was missed", async () => {
		const host = new FakeReadingHost();
		const change = { offset: 6, at: 0, kind: "settings", settings: { slowModeSeconds: 30 } };
		host.world.respond = (url) =>
			url.includes("after=") ? answer("e.6", { events: [change] }) : answer("e.5", { recovered: false, state });
		await host.read(polling(null), { room: "lobby", after: "e.5", view: "top" });
		expect(host.asked).toEqual(["/rooms/lobby/events?after=e.5&wait=0&view=top", "/rooms/lobby/events?wait=0.01&view=top"]);
		expect(host.told[1]).toMatchObject({
			...{ type: "joined", room: "lobby", cursor: "e.6", recovered: true, events: [change] },
			state: { settings: { title: "Lobby", slowModeSeconds: 30 } },
		});
	});

	test("[POLL-5] starts over wherever the server says so, also in the middle", async () => {
		const host = new FakeReadingHost();
		host.world.respond = inTurn(start, () => answer("f.3", { recovered: false, state, events: [message(3)] }));
		await host.read(polling(null));
		await host.after(pollEveryMs);
		expect(host.told.slice(1)).toMatchObject([
			{ type: "joined", cursor: "e.1", recovered: false },
			{ type: "joined", cursor: "f.3", recovered: false },
		]);
	});

	test("[ROOM-4] shows its token only where guests are not let in", async () => {
		const host = new FakeReadingHost();
		host.client.token = "t";
		host.world.respond = inTurn(
			() => problem("guests_not_allowed", 403),
			start,
			() => answer("e.1"),
		);
		await host.read(polling(null));
		await host.after(pollEveryMs);
		expect(host.world.requests.map(({ init }) => new Headers(init.headers).get("authorization"))).toEqual([null, "Bearer t", "Bearer t"]);
		expect(host.refusals).toEqual([]);
	});

	test("waits as long as a passing refusal says, and ends with one that does not pass", async () => {
		const host = new FakeReadingHost();
		host.againMs = 3_000;
		host.world.respond = inTurn(
			() => problem("overloaded", 503, { retryAfterMs: 3_000 }),
			() => problem("banned", 403),
		);
		await host.read(polling(null));
		expect(host.refusals).toMatchObject([{ code: "overloaded", retryAfterMs: 3_000 }]);
		host.againMs = null;
		await host.after(3_000);
		expect(host.refusals).toMatchObject([{ code: "overloaded" }, { code: "banned" }]);
		await host.after(60_000);
		expect(host.asked).toHaveLength(2);
	});
});

describe("trouble", () => {
	test("once may be chance; twice in a row is the end of the link", async () => {
		const host = new FakeReadingHost();
		const page = () => new Response("<h1>502 Bad Gateway</h1>", { status: 502 });
		host.world.respond = inTurn(start, page, () => answer("e.1"), page, page);
		await host.read(polling(null));
		for (let poll = 0; poll < 3; poll++) await host.after(pollEveryMs);
		expect(host.fails).toEqual([]);
		await host.after(pollEveryMs);
		expect(host.fails).toEqual([{ reason: "The server does not answer any more.", fault: undefined }]);
	});

	test("a held request that is never answered is silence", async () => {
		const host = new FakeReadingHost();
		const wait = new HeldWait();
		const hangs = (init: RequestInit | undefined) =>
			new Promise<Response>((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("aborted"))));
		host.world.respond = inTurn(start, () => hangs(host.world.requests.at(-1)?.init));
		await host.read(polling(wait));
		await host.after(1_000);
		expect(host.asked).toEqual(["/rooms/lobby/events?wait=0.01", "/rooms/lobby/events?after=e.1&wait=25"]);
		await host.after(wait.ms + pollDeadlineMs);
		expect(host.fails).toMatchObject([{ fault: "silent" }]);
	});

	test("[POLL-3] a server that holds no more requests is asked every second, not in a loop", async () => {
		const host = new FakeReadingHost();
		host.world.respond = inTurn(start, () => answer("e.1"));
		await host.read(polling(new HeldWait()));
		await host.after(250);
		expect(host.asked).toHaveLength(2);
		await host.after(pollEveryMs - 1);
		expect(host.asked).toHaveLength(2);
		await host.after(1);
		expect(host.asked).toHaveLength(3);
	});
});
