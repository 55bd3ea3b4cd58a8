import { describe, expect, spyOn, test } from "bun:test";
import { FakeWorld, message } from "../test/fake-environment.ts";
import { connect } from "./connect.ts";
import type { HubbubError } from "./error.ts";
import type { Room, RoomEvents } from "./room.ts";

const failure = (promise: Promise<unknown>): Promise<HubbubError> =>
	promise.then(
		() => expect.unreachable(),
		(error) => error,
	);

/** Everything a room tells, in order, as `[type, value]`. */
function record(room: Room) {
	const told: [keyof RoomEvents, unknown][] = [];
	for (const type of [
		"events",
		"message",
		"delete",
		"settings",
		"ambient",
		"joined",
		"reset",
		"gap",
		"rejected",
		"left",
		"repeats",
	] as const)
		room.on(type, (value) => told.push([type, value]));
	return told;
}

function start(queueMax?: number) {
	const world = new FakeWorld();
	const connection = connect("http://host", { storage: null, transport: "websocket", queueMax, environment: world.environment });
	const room = connection.room("lobby");
	return { world, connection, room, told: record(room) };
}

describe("joining", () => {
	test("tells first that it is in, then how the room stands, then the latest history", () => {
		const { world, room, told } = start();
		expect(room.phase).toBe("joining");
		world.socket.welcome().joined("lobby", "e1.2", { events: [message(1), message(2)] });
		expect(room.phase).toBe("joined");
		expect(told.map(([type]) => type)).toEqual(["joined", "settings", "ambient", "events", "message", "message"]);
		expect(told[0]?.[1]).toEqual({ recovered: false, missed: 0, first: true });
		expect(told[3]?.[1]).toEqual({ events: [message(1), message(2)], source: "history", omitted: 0, spreadMs: 0 });
		expect(room).toMatchObject({ viewers: 3, likes: 7, cursor: "e1.2", settings: { title: "Lobby" } });
	});

	test("gives the same room for the same id, and asks for a later one at once", () => {
		const { world, connection, room } = start();
		world.socket.welcome();
		expect(connection.room("lobby")).toBe(room);
		connection.room("other");
		expect(world.socket.of("join")).toMatchObject([{ room: "other" }]);
	});

	test("rooms beyond what a hello takes are joined one by one", () => {
		const { world, connection } = start();
		for (let index = 0; index < 40; index++) connection.room(`room-${index}`);
		world.socket.welcome();
		expect(world.socket.of("hello")[0]?.rooms).toHaveLength(32);
		expect(world.socket.of("join")).toHaveLength(9);
	});

	test("an id that no room can have is rejected without a word to the server", async () => {
		const { world, connection } = start();
		const told = record(connection.room("../etc"));
		world.socket.welcome();
		await Promise.resolve();
		expect(told).toMatchObject([
			["rejected", { code: "room_not_found" }],
			["left", undefined],
		]);
		expect(JSON.stringify(world.socket.sent)).not.toContain("etc");
	});

	for (const code of ["room_not_found", "guests_not_allowed", "banned", "too_many_rooms"]) {
		test(`a join refused with ${code} leaves the room, and what waits for it is told`, async () => {
			const { world, room, told } = start();
			const said = failure(room.say("hello"));
			world.socket.welcome().frame({ type: "reject", code, message: "No.", room: "lobby" });
			expect(told).toMatchObject([
				["rejected", { code, message: "No." }],
				["left", undefined],
			]);
			expect(room.phase).toBe("left");
			expect((await said).code).toBe(code as never);
			world.comeBack().open();
			expect(world.socket.sent[0]?.rooms).toEqual([]);
		});
	}

	test("a join that the server cannot answer just now is asked again", () => {
		const { world, room, told } = start();
		world.socket.welcome().frame({ type: "reject", code: "unavailable", message: "Later.", room: "lobby", retryAfterMs: 1_000 });
		expect(room.phase).toBe("joining");
		world.advance(1_000);
		world.socket.joined("lobby", "e1.0", { ref: world.socket.of("join")[0]?.ref });
		expect(room.phase).toBe("joined");
		expect(told.filter(([type]) => type === "rejected")).toEqual([]);
	});

	test("whoever is put out later is told, and the room can be entered again", () => {
		const { world, connection, room, told } = start();
		world.socket.welcome().joined("lobby", "e1.4");
		told.length = 0;
		world.socket.frame({ type: "reject", code: "banned", message: "Out.", room: "lobby" });
		expect(told).toMatchObject([
			["rejected", { code: "banned" }],
			["left", undefined],
		]);
		expect(connection.room("lobby")).toBe(room);
		expect(world.socket.of("join")).toMatchObject([{ room: "lobby", after: "e1.4" }]);
	});

	test("a refused like does not put anybody out", () => {
		const { world, connection, room } = start();
		const errors: HubbubError[] = [];
		connection.on("error", (error) => errors.push(error));
		world.socket.welcome().joined("lobby", "e1.0");
		world.socket.frame({ type: "reject", code: "forbidden", message: "No likes.", room: "lobby" });
		expect(room.phase).toBe("joined");
		expect(errors).toMatchObject([{ code: "forbidden" }]);
	});
});

describe("what happens", () => {
	test("reaches the listeners once, in order, with what was left out", () => {
		const { world, told, room } = start();
		world.socket.welcome().joined("lobby", "e1.1", { events: [message(1)] });
		told.length = 0;
		const batch = { type: "batch", room: "lobby", cursor: "e1.5", events: [message(2), message(3)], omitted: 2, ambient: { viewers: 9 } };
		world.socket.frame(batch).frame(batch);
		expect(told).toEqual([
			["ambient", { viewers: 9, likes: 7 }],
			["events", { events: [message(2), message(3)], source: "live", omitted: 2, spreadMs: 0 }],
			["message", message(2)],
			["message", message(3)],
			["ambient", { viewers: 9, likes: 7 }],
		]);
		expect(room.cursor).toBe("e1.5");
	});

	test("deletions and changed settings come with their own event; kinds of later versions are left out", () => {
		const { world, told, room } = start();
		world.socket.welcome().joined("lobby", "e1.0");
		told.length = 0;
		const by = { id: "u9", name: "Host", roles: ["host"] };
		const deletion = { offset: 1, at: 1, kind: "delete", target: "m0", by };
		const change = { offset: 2, at: 2, kind: "settings", settings: { slowModeSeconds: 5 }, by };
		const gift = { offset: 3, at: 3, kind: "gift", worth: 100 };
		world.socket.frame({ type: "batch", room: "lobby", cursor: "e1.3", events: [deletion, change, gift] });
		expect(told.map(([type]) => type)).toEqual(["events", "delete", "settings"]);
		expect(told[0]?.[1]).toMatchObject({ events: [deletion, change] });
		expect(room.settings).toMatchObject({ title: "Lobby", slowModeSeconds: 5 });
		expect(room.cursor).toBe("e1.3");
	});

	test("[FAN-5] a gap is told, and not asked for again", () => {
		const { world, told, room } = start();
		world.socket.welcome().joined("lobby", "e1.3");
		world.socket.frame({ type: "gap", room: "lobby", from: "e1.3", to: "e1.90" });
		expect(told.at(-1)).toEqual(["gap", { from: "e1.3", to: "e1.90" }]);
		expect(room.cursor).toBe("e1.90");
	});

	test("a listener that throws is reported, and keeps neither the others nor the cursor from going on", () => {
		const { world, room } = start();
		const seen: number[] = [];
		const reported: (() => void)[] = [];
		const microtask = spyOn(globalThis, "queueMicrotask").mockImplementation((step) => void reported.push(step));
		room.on("message", () => {
			throw new Error("a page's mistake");
		});
		room.on("message", ({ offset }) => seen.push(offset));
		world.socket.welcome().joined("lobby", "e1.2", { events: [message(1), message(2)] });
		microtask.mockRestore();
		expect(seen).toEqual([1, 2]);
		expect(room.cursor).toBe("e1.2");
		expect(reported).toHaveLength(2);
		for (const report of reported) expect(report).toThrow("a page's mistake");
	});

	test("a listener can be taken away again", () => {
		const { world, room } = start();
		const seen: number[] = [];
		const off = room.on("message", ({ offset }) => seen.push(offset));
		world.socket.welcome().joined("lobby", "e1.1", { events: [message(1)] });
		off();
		off();
		world.socket.frame({ type: "batch", room: "lobby", cursor: "e1.2", events: [message(2)] });
		expect(seen).toEqual([1]);
	});
});

describe("coming back", () => {
	test("hands back the cursor, and shows what was missed once", () => {
		const { world, told, room } = start();
		world.socket.welcome().joined("lobby", "e1.2", { events: [message(1), message(2)] });
		told.length = 0;
		world.comeBack().open();
		expect(room.phase).toBe("joining");
		expect(world.socket.sent[0]?.rooms).toEqual([{ room: "lobby", after: "e1.2" }]);
		world.socket.welcome().joined("lobby", "e1.4", { recovered: true, events: [message(2), message(3), message(4)] });
		expect(told.filter(([type]) => type === "joined" || type === "events")).toEqual([
			["joined", { recovered: true, missed: 2, first: false }],
			["events", { events: [message(3), message(4)], source: "recovered", omitted: 0, spreadMs: 0 }],
		]);
	});

	test("a log that could not go on is told before its history", () => {
		const { world, told } = start();
		world.socket.welcome().joined("lobby", "e1.9", { events: [message(9)] });
		told.length = 0;
		world
			.comeBack()
			.welcome()
			.joined("lobby", "e2.1", { events: [message(1)] });
		expect(told.map(([type]) => type)).toEqual(["reset", "joined", "settings", "ambient", "events", "message"]);
		expect(told[4]?.[1]).toMatchObject({ source: "history" });
	});

	test("a cursor of an earlier visit that leads nowhere is told as a reset too", () => {
		const { world, connection } = start();
		const told = record(connection.room("old", { after: "e0.5" }));
		world.socket.welcome().joined("old", "e1.1", { events: [message(1)] });
		expect(told.map(([type]) => type).slice(0, 2)).toEqual(["reset", "joined"]);
	});

	test("batches that overtake the answer to a join are not shown twice, nor lost", () => {
		const { world, room, connection } = start();
		const seen: number[] = [];
		room.on("message", ({ offset }) => seen.push(offset));
		world.socket.welcome().joined("lobby", "e1.1", { events: [message(1)] });
		room.leave();
		connection.room("lobby");
		const { ref } = world.socket.of("leave")[0] ?? {};
		world.socket.frame({ type: "batch", room: "lobby", cursor: "e1.2", events: [message(2)] });
		world.socket.frame({ type: "left", room: "lobby", ref });
		world.socket.joined("lobby", "e1.3", { recovered: true, events: [message(2), message(3)] });
		expect(seen).toEqual([1, 2, 3]);
		expect(room.phase).toBe("joined");
	});
});

describe("saying something", () => {
	test("answers with the message's fate, and does not move the cursor", async () => {
		const { world, room } = start();
		world.socket.welcome().joined("lobby", "e1.3");
		const said = room.say("你好", { replyTo: "m2", style: { mode: 5, color: 255 } });
		const [frame] = world.socket.of("say");
		expect(frame).toEqual({
			type: "say",
			room: "lobby",
			key: "key-1",
			text: "你好",
			replyTo: "m2",
			style: { mode: 5, color: 255 },
			ref: frame?.ref,
		});
		world.socket.frame({ type: "ack", ref: frame?.ref, room: "lobby", id: "m9", cursor: "e1.9", fate: "sampled", event: message(9) });
		expect(await said).toEqual({ id: "m9", cursor: "e1.9", fate: "sampled", event: message(9) });
		expect(room.cursor).toBe("e1.3");
	});

	test("rejects with the server's reason and the time to wait", async () => {
		const { world, room } = start();
		world.socket.welcome().joined("lobby", "e1.0");
		const said = failure(room.say("again"));
		const ref = world.socket.of("say")[0]?.ref;
		world.socket.frame({ type: "reject", ref, room: "lobby", code: "slow_mode", message: "Slow.", retryAfterMs: 4_000 });
		expect(await said).toMatchObject({ name: "HubbubError", code: "slow_mode", message: "Slow.", retryAfterMs: 4_000 });
	});

	test("waits for the room, and goes out in order once it is joined", () => {
		const { world, room } = start();
		for (const text of ["a", "b", "c"]) void room.say(text);
		world.socket.welcome();
		expect(world.socket.of("say")).toEqual([]);
		world.socket.joined("lobby", "e1.0");
		expect(world.socket.of("say").map(({ text }) => text)).toEqual(["a", "b", "c"]);
	});

	test("[SAY-3] an answer lost with the connection is asked for again, under the same key", async () => {
		const { world, room } = start();
		world.socket.welcome().joined("lobby", "e1.0");
		const said = room.say("once");
		const [first] = world.socket.of("say");
		world.comeBack().welcome();
		expect(world.socket.of("say")).toEqual([]);
		world.socket.joined("lobby", "e1.1", { recovered: true, events: [message(1, "once")] });
		const [second] = world.socket.of("say");
		expect(second).toEqual(first);
		const ack = { type: "ack", ref: second?.ref, room: "lobby", id: "m1", cursor: "e1.1", fate: "shown", event: message(1) };
		world.socket.frame(ack).frame(ack);
		expect((await said).id).toBe("m1");
		world.comeBack().welcome().joined("lobby", "e1.1", { recovered: true });
		expect(world.socket.of("say")).toEqual([]);
	});

	test("a full queue refuses at once and loses nothing that is in it", async () => {
		const { world, room } = start(2);
		void room.say("a");
		void room.say("b");
		expect((await failure(room.say("c"))).code).toBe("queue_full");
		world.socket.welcome().joined("lobby", "e1.0");
		expect(world.socket.of("say").map(({ text }) => text)).toEqual(["a", "b"]);
	});

	test("what would end the connection is refused here", async () => {
		const { world, room } = start();
		world.socket.welcome().joined("lobby", "e1.0");
		expect((await failure(room.say("x".repeat(70_000)))).code).toBe("text_too_long");
		expect((await failure(room.say("x", { key: "" }))).code).toBe("bad_frame");
		expect((await failure(room.say("x", { key: "k".repeat(65) }))).code).toBe("bad_frame");
		expect((await failure(room.say("x", { replyTo: "" }))).code).toBe("bad_frame");
		expect((await failure(room.delete(undefined as never))).code).toBe("bad_frame");
		expect(world.socket.of("say")).toEqual([]);
	});

	test("a server that forgot the join is joined again before it is said again", () => {
		const { world, room } = start();
		world.socket.welcome().joined("lobby", "e1.0");
		void room.say("hello");
		const reject = { type: "reject", ref: world.socket.of("say")[0]?.ref, room: "lobby", code: "not_joined", message: "Join." };
		world.socket.frame(reject);
		expect(world.socket.of("join")).toMatchObject([{ room: "lobby", after: "e1.0" }]);
		world.socket.joined("lobby", "e1.0", { recovered: true });
		expect(world.socket.of("say")).toHaveLength(2);
	});

	test("a server that never lets it in is believed in the end", async () => {
		const { world, room } = start();
		world.socket.welcome().joined("lobby", "e1.0");
		const said = failure(room.say("hello"));
		for (let index = 0; index < 3; index++) {
			world.socket.frame({ type: "reject", ref: world.socket.of("say")[0]?.ref, code: "not_joined", message: "Join." });
			if (index < 2) world.socket.joined("lobby", "e1.0", { recovered: true });
		}
		expect((await said).code).toBe("not_joined");
	});

	test("what a flooded server threw away unread is sent again", async () => {
		const { world, room } = start();
		world.socket.welcome().joined("lobby", "e1.0");
		const said = room.say("hello");
		world.socket.frame({ type: "reject", code: "rate_limited", message: "Too many frames.", retryAfterMs: 700 });
		world.advance(699);
		expect(world.socket.of("say")).toHaveLength(1);
		world.advance(1);
		const [first, second] = world.socket.of("say");
		expect(second).toEqual(first);
		world.socket.frame({ type: "ack", ref: first?.ref, room: "lobby", id: "m1", cursor: "e1.1", fate: "shown", event: message(1) });
		expect((await said).id).toBe("m1");
	});

	test("leaving gives up what waits, and entering again starts clean", async () => {
		const { world, room, connection } = start();
		world.socket.welcome().joined("lobby", "e1.0");
		const said = failure(room.say("hello"));
		room.leave();
		room.leave();
		expect((await said).code).toBe("left");
		expect((await failure(room.say("more"))).code).toBe("left");
		expect(world.socket.of("leave")).toHaveLength(1);
		world.socket.frame({ type: "batch", room: "lobby", cursor: "e1.5", events: [message(5)] });
		expect(room.cursor).toBe("e1.0");
		connection.room("lobby");
		expect(room.phase).toBe("joining");
	});
});

describe("other commands", () => {
	test("a message is taken back, also where the first answer was lost", async () => {
		const { world, room } = start();
		world.socket.welcome().joined("lobby", "e1.0");
		const deleted = room.delete("m1");
		world.comeBack().welcome().joined("lobby", "e1.0", { recovered: true });
		const ref = world.socket.of("delete")[0]?.ref;
		world.socket.frame({ type: "reject", ref, code: "message_not_found", message: "There is no such message." });
		await deleted;
	});

	test("a message that is not there is an error the first time", async () => {
		const { world, room } = start();
		world.socket.welcome().joined("lobby", "e1.0");
		const deleted = failure(room.delete("m1"));
		world.socket.frame({ type: "reject", ref: world.socket.of("delete")[0]?.ref, code: "message_not_found", message: "No." });
		expect((await deleted).code).toBe("message_not_found");
	});

	test("settings are sent as they are, and a refusal is told", async () => {
		const { world, room } = start();
		world.socket.welcome().joined("lobby", "e1.0");
		const configured = failure(room.configure({ slowModeSeconds: 10 }));
		const [frame] = world.socket.of("settings");
		expect(frame).toMatchObject({ room: "lobby", settings: { slowModeSeconds: 10 } });
		world.socket.frame({ type: "reject", ref: frame?.ref, code: "forbidden", message: "No." });
		expect((await configured).code).toBe("forbidden");
	});

	test("likes are summed, wait for the room, and are never in the way of an answer", () => {
		const { world, room } = start();
		room.like(3);
		room.like();
		world.socket.welcome().joined("lobby", "e1.0");
		expect(world.socket.of("like")).toEqual([{ type: "like", room: "lobby", count: 4 }]);
	});
});

describe("history", () => {
	const page = (from: number, to: number, before: string | null) => {
		const events = Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
		return Response.json({ room: "lobby", events, before });
	};

	test("walks back page by page to the first message", async () => {
		const { world, room } = start();
		world.socket.welcome({ token: "guest.abc" }).joined("lobby", "e1.9", { events: [message(8), message(9)] });
		world.respond = (url) => (url.includes("e1.8") ? page(3, 7, "e1.3") : page(1, 2, null));
		expect((await room.history({ limit: 5 })).events.map(({ offset }) => offset)).toEqual([3, 4, 5, 6, 7]);
		expect(await room.history()).toMatchObject({ events: [message(1), message(2)], before: null });
		expect(await room.history()).toEqual({ events: [], before: null });
		expect(world.requests.map(({ url }) => url)).toEqual([
			"http://host/rooms/lobby/messages?before=e1.8&limit=5",
			"http://host/rooms/lobby/messages?before=e1.3",
		]);
		expect(world.requests[0]?.init.headers).toEqual({ Authorization: "Bearer guest.abc" });
	});

	test("what is known already is not handed out again", async () => {
		const { world, room } = start();
		world.socket.welcome().joined("lobby", "e1.9", { events: [message(8), message(9)] });
		world.respond = () => page(6, 9, "e1.6");
		expect((await room.history()).events.map(({ offset }) => offset)).toEqual([6, 7]);
	});

	test("a page asked for by its cursor is answered as it is", async () => {
		const { world, room } = start();
		world.respond = () => page(2, 3, "e1.2");
		expect(await room.history({ before: "e1.4" })).toEqual({ events: [message(2), message(3)], before: "e1.2" });
		expect(world.requests[0]?.url).toBe("http://host/rooms/lobby/messages?before=e1.4");
	});

	test("a problem comes with the server's code, anything else as network", async () => {
		const { world, room } = start();
		const problem = {
			type: "urn:hubbub:problem:unavailable",
			title: "T",
			status: 503,
			code: "unavailable",
			detail: "D",
			retryAfterMs: 900,
		};
		world.respond = () => Response.json(problem, { status: 503 });
		expect(await failure(room.history())).toMatchObject({ code: "unavailable", message: "D", retryAfterMs: 900 });
		for (const respond of [
			() => new Response("<h1>Bad gateway</h1>", { status: 502 }),
			() => new Response("not json"),
			() => Response.json([]),
			() => Promise.reject(new TypeError("fetch failed")),
		]) {
			world.respond = respond;
			expect((await failure(room.history())).code).toBe("network");
		}
	});
});

describe("what a view and a budget leave out", () => {
	test("[FAN-8] the view wanted is asked for, also after a loss", () => {
		const world = new FakeWorld();
		const connection = connect("http://host", { storage: null, transport: "websocket", environment: world.environment });
		connection.room("lobby", { view: "top" });
		world.socket.welcome();
		connection.room("go", { view: "all" });
		expect(world.socket.sent[0]?.rooms).toEqual([{ room: "lobby", view: "top" }]);
		expect(world.socket.of("join")).toMatchObject([{ room: "go", view: "all" }]);
		world.comeBack().open();
		expect(world.socket.sent[0]?.rooms).toEqual([
			{ room: "lobby", view: "top" },
			{ room: "go", view: "all" },
		]);
	});

	test("[FAN-7] repeats are told once, and [FAN-9] how far the next batch is", () => {
		const { world, told } = start();
		world.socket.welcome().joined("lobby", "e1.1", { events: [message(1)] });
		told.length = 0;
		const batch = { type: "batch", room: "lobby", cursor: "e1.4", events: [message(2)], repeats: [{ id: "m1", count: 2 }], spreadMs: 200 };
		world.socket.frame(batch).frame(batch);
		expect(told).toEqual([
			["events", { events: [message(2)], source: "live", omitted: 0, spreadMs: 200 }],
			["message", message(2)],
			["repeats", [{ id: "m1", count: 2 }]],
		]);
	});
});
