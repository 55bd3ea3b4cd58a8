import { describe, expect, test } from "bun:test";
import { FakeWorld, message } from "../test/fake-environment.ts";
import type { ConnectOptions } from "./connect.ts";
import { HubbubSocket } from "./socket.ts";

function start(url = "ws://host/", protocols: string | string[] = [], options: ConnectOptions = {}) {
	const world = new FakeWorld();
	const socket = new HubbubSocket(url, protocols, { storage: null, transport: "websocket", ...options, environment: world.environment });
	const told: string[] = [];
	for (const type of ["open", "message", "error", "close", "reconnecting", "reconnected"]) {
		socket.addEventListener(type, (event) => {
			if (event instanceof MessageEvent) told.push(event.data);
			else if (event instanceof CloseEvent) told.push(`close ${event.code} ${event.reason} ${event.wasClean}`);
			else told.push(type);
		});
	}
	return { world, socket, told };
}

const ack = (say: Record<string, unknown> | undefined, offset: number, fate = "shown") => {
	const event = message(offset, String(say?.text), "Guest 1");
	return { type: "ack", ref: say?.ref, room: "lobby", id: event.id, cursor: `e.${offset}`, fate, event };
};
const batch = (...offsets: number[]) => ({
	type: "batch",
	room: "lobby",
	cursor: `e.${Math.max(...offsets)}`,
	events: offsets.map((offset) => message(offset)),
});

describe("in lines", () => {
	test("the room named by the address is joined, and its lines are messages", () => {
		for (const [url, room] of [
			["ws://host", "lobby"],
			["ws://host/", "lobby"],
			["ws://host/rooms/go", "go"],
		] as const) {
			const { world, socket, told } = start(url);
			world.socket.welcome().joined(room, "e.2", { events: [message(1), message(2)] });
			expect(world.socket.sent[0]?.rooms).toEqual([{ room }]);
			world.socket.frame({ ...batch(3), room, omitted: 4 });
			expect(told).toEqual([
				"open",
				"小明: text 1",
				"小明: text 2",
				"* Lobby. 3 are here. Write, and it is sent.",
				"小明: text 3",
				"* 4 more were written in this moment",
			]);
			expect(socket.protocol).toBe("");
			expect(socket.readyState).toBe(HubbubSocket.OPEN);
		}
	});

	// Each of these ends a line for some terminal, editor or browser: the server's own `hubbub.text` writes a space for them.
	test.each(["\n", "\v", "\f", "\r", "\x1c", "\x1d", "\x1e", "\u0085", "\u2028", "\u2029"])(
		"[TXT-4] a name and a text with %j in them are one line",
		(sign) => {
			const { world, told } = start();
			world.socket.welcome().joined("lobby", "e.0");
			told.length = 0;
			world.socket.frame({ ...batch(1), events: [message(1, `one${sign}* two`, `Mi${sign}ng`)] });
			expect(told).toEqual(["Mi ng: one * two"]);
		},
	);

	test("each send is one message, shown when the room has logged it", async () => {
		const { world, socket, told } = start();
		world.socket.welcome().joined("lobby", "e.0");
		told.length = 0;
		socket.send("你好");
		const [say] = world.socket.of("say");
		expect(say).toMatchObject({ room: "lobby", text: "你好" });
		expect(socket.bufferedAmount).toBe(6);
		world.socket.frame(ack(say, 1));
		expect(socket.bufferedAmount).toBe(0);
		world.socket.frame({ ...batch(1), events: [message(1, "你好", "Guest 1")] });
		await Bun.sleep(0);
		expect(told).toEqual(["Guest 1: 你好"]);
	});

	test("a refusal is a line of the server's, with the time to wait", async () => {
		const { world, socket, told } = start();
		world.socket.welcome().joined("lobby", "e.0");
		told.length = 0;
		socket.send("again");
		socket.send(new Uint8Array(3));
		const ref = world.socket.of("say")[0]?.ref;
		world.socket.frame({ type: "reject", ref, code: "slow_mode", message: "Slow mode is on.", retryAfterMs: 3_200 });
		await Bun.sleep(0);
		expect(told).toEqual(["* Not sent: Send text here; one send is one message.", "* Not sent: Slow mode is on. Try again in 4 s."]);
	});

	test("what the budget kept from the others is shown to its sender, once", async () => {
		const { world, socket, told } = start();
		world.socket.welcome().joined("lobby", "e.0");
		told.length = 0;
		socket.send("mine");
		world.socket.frame(ack(world.socket.of("say")[0], 1, "sampled"));
		await Bun.sleep(0);
		world
			.comeBack()
			.welcome()
			.joined("lobby", "e.2", { recovered: true, events: [message(1, "mine", "Guest 1"), message(2)] });
		expect(told.filter((line) => line.includes(": "))).toEqual(["Guest 1: mine", "小明: text 2"]);
	});

	test("a lost connection loses and doubles nothing, in either direction", async () => {
		const { world, socket, told } = start();
		world.socket.welcome().joined("lobby", "e.1", { events: [message(1)] });
		told.length = 0;
		socket.send("first");
		const [first] = world.socket.of("say");
		world.socket.drop();
		expect(socket.readyState).toBe(HubbubSocket.OPEN);
		socket.send("second");
		expect(socket.bufferedAmount).toBe(11);
		world.advance(250);
		world.socket.welcome().joined("lobby", "e.3", { recovered: true, events: [message(1), message(2), message(3, "first", "Guest 1")] });
		const says = world.socket.of("say");
		expect(says.map(({ key, text }) => [key, text])).toEqual([
			[first?.key, "first"],
			["key-2", "second"],
		]);
		world.socket.frame(batch(2)).frame(ack(says[0], 3)).frame(ack(says[1], 4));
		world.socket.frame({ ...batch(4), events: [message(4, "second", "Guest 1")] });
		await Bun.sleep(0);
		expect(told).toEqual(["reconnecting", "reconnected", "小明: text 2", "Guest 1: first", "Guest 1: second"]);
		expect(socket.bufferedAmount).toBe(0);
	});

	test("a full queue says so instead of eating the message", async () => {
		const { world, socket, told } = start("ws://host/", [], { queueMax: 1 });
		world.socket.welcome();
		socket.send("a");
		socket.send("b");
		await Bun.sleep(0);
		expect(told.at(-1)).toBe("* Not sent: Too many messages are waiting.");
	});

	test("gaps and new beginnings are lines of the server's", () => {
		const { world, told } = start();
		world.socket.welcome().joined("lobby", "e.1", { events: [message(1)] });
		told.length = 0;
		world.socket.frame({ type: "gap", room: "lobby", from: "e.1", to: "e.9" });
		world
			.comeBack()
			.welcome()
			.joined("lobby", "f.1", { events: [message(1)] });
		expect(told).toEqual([
			"* Some lines are missing here.",
			"reconnecting",
			"reconnected",
			"* Some lines may be missing here.",
			"小明: text 1",
		]);
	});

	for (const [code, close] of [
		["room_not_found", 4004],
		["banned", 4003],
		["guests_not_allowed", 4001],
	] as const) {
		test(`a room that answers ${code} ends it with ${close}`, async () => {
			const { world, socket, told } = start();
			world.socket.welcome().frame({ type: "reject", code, message: "No.", room: "lobby" });
			expect(world.socket.closed).toEqual({ code: close, reason: code });
			world.socket.drop(close, code);
			await Bun.sleep(0);
			expect(told).toEqual(["open", "* No.", `close ${close} ${code} true`]);
			expect(socket.readyState).toBe(HubbubSocket.CLOSED);
		});
	}
});

describe("in frames", () => {
	const frames = (told: string[]) => told.filter((data) => data.startsWith("{")).map((data) => JSON.parse(data));

	test("the hello is the socket's own, and the room of the address is joined", () => {
		const { world, socket, told } = start("ws://host/rooms/go", "hubbub.v1", { token: "jwt" });
		world.socket.welcome().joined("go", "e.1", { events: [message(1)] });
		expect(socket.protocol).toBe("hubbub.v1");
		expect(world.socket.sent).toEqual([{ type: "hello", token: "jwt", rooms: [{ room: "go" }] }]);
		expect(told[0]).toBe("open");
		expect(frames(told).map(({ type }) => type)).toEqual(["welcome", "joined"]);
		expect(frames(told)[1].events).toEqual([message(1)]);
	});

	test("a hello said in the open listener gives its token, name and rooms to the socket's", () => {
		const { world, socket } = start("ws://host/ws", ["hubbub.v1"]);
		socket.onopen = () =>
			socket.send(JSON.stringify({ type: "hello", token: "jwt", name: "小红", rooms: [{ room: "a", after: "e.4" }, { room: "b" }] }));
		world.socket.open();
		const hello = { type: "hello", token: "jwt", name: "小红", rooms: [{ room: "a", after: "e.4" }, { room: "b" }] };
		expect(world.socket.sent).toEqual([hello]);
		world.socket.drop();
		world.advance(250);
		expect(world.socket.open().sent).toEqual([hello]);
	});

	test("a second hello is refused as the server would, with its reason", () => {
		const { world, socket, told } = start("ws://host/ws", "hubbub.v1");
		world.socket.welcome();
		socket.send('{"type":"hello","token":"jwt"}');
		expect(frames(told).at(-1)).toMatchObject({ type: "reject", code: "bad_frame" });
		expect(world.socket.of("hello")).toHaveLength(1);
	});

	test("answers carry the ref that the page gave, whatever the socket used", () => {
		const { world, socket, told } = start("ws://host/ws", "hubbub.v1");
		world.socket.welcome();
		socket.send('{"type":"join","ref":"j","room":"lobby"}');
		world.socket.joined("lobby", "e.0", { ref: world.socket.of("join")[0]?.ref });
		socket.send('{"type":"say","ref":"s","room":"lobby","key":"k1","text":"hi"}');
		socket.send('{"type":"say","ref":"t","room":"lobby","key":"k2","text":"ho"}');
		const [first, second] = world.socket.of("say");
		expect(first).toMatchObject({ key: "k1", text: "hi" });
		world.socket.frame(ack(first, 1));
		world.socket.frame({ type: "reject", ref: second?.ref, code: "rate_limited", message: "Slow down.", retryAfterMs: 900, room: "lobby" });
		socket.send('{"type":"leave","ref":"l","room":"lobby"}');
		expect(frames(told).slice(1)).toMatchObject([
			{ type: "joined", ref: "j", room: "lobby" },
			{ type: "ack", ref: "s", id: "m1", fate: "shown" },
			{ type: "reject", ref: "t", code: "rate_limited", message: "Slow down.", retryAfterMs: 900, room: "lobby" },
			{ type: "left", ref: "l", room: "lobby" },
		]);
	});

	test("duplicates are taken out, and kinds of later versions are not", () => {
		const { world, told } = start("ws://host/rooms/lobby", "hubbub.v1");
		const gift = { offset: 2, at: 0, kind: "gift" };
		world.socket.welcome().joined("lobby", "e.1", { events: [message(1)] });
		told.length = 0;
		world.socket
			.frame(batch(1))
			.frame({ ...batch(1, 2), events: [message(1), gift] })
			.frame({ type: "pong", now: 1, ref: "mine" });
		expect(frames(told)).toEqual([
			{ ...batch(2), events: [gift] },
			{ type: "pong", now: 1, ref: "mine" },
		]);
	});

	test("the socket's own pings and what answers them are not the page's business", () => {
		const { world, told } = start("ws://host/ws", "hubbub.v1");
		world.socket.welcome();
		told.length = 0;
		world.advance(25_000);
		world.socket.frame({ type: "pong", now: 1, ref: world.socket.of("ping")[0]?.ref });
		expect(told).toEqual([]);
	});

	test("frames that cannot be used are answered with the table's code", () => {
		const { world, socket, told } = start("ws://host/ws", "hubbub.v1", { queueMax: 1 });
		world.socket.welcome();
		socket.send('{"type":"join","room":"lobby"}');
		world.socket.joined("lobby", "e.0", { ref: world.socket.of("join")[0]?.ref });
		told.length = 0;
		const answers = (frame: string | ArrayBuffer) => {
			socket.send(frame);
			return JSON.parse(told.at(-1) ?? "null");
		};
		expect(answers("not json")).toMatchObject({ type: "reject", code: "bad_frame" });
		expect(answers("[]")).toMatchObject({ code: "bad_frame" });
		expect(answers(new ArrayBuffer(2))).toMatchObject({ code: "bad_frame" });
		expect(answers('{"type":"join","ref":1}')).toMatchObject({ code: "bad_frame", ref: 1 });
		expect(answers('{"type":"say","ref":2}')).toMatchObject({ code: "bad_frame", ref: 2 });
		expect(answers('{"type":"join","ref":3,"room":"lobby"}')).toMatchObject({ code: "already_joined", ref: 3, room: "lobby" });
		expect(answers('{"type":"leave","ref":4,"room":"other"}')).toMatchObject({ code: "not_joined", ref: 4, room: "other" });
		expect(answers('{"type":"say","ref":5,"room":"other","key":"k","text":"x"}')).toMatchObject({ code: "not_joined", ref: 5 });
		socket.send('{"type":"say","ref":6,"room":"lobby","key":"k","text":"x"}');
		expect(answers('{"type":"say","ref":7,"room":"lobby","key":"k","text":"x"}')).toMatchObject({ code: "overloaded", ref: 7 });
		world.socket.drop();
		expect(answers('{"type":"poll","ref":8}')).toMatchObject({ code: "unavailable", ref: 8 });
	});

	test("types that this version does not know go to the server as they are", () => {
		const { world, socket } = start("ws://host/ws", "hubbub.v1");
		world.socket.welcome();
		socket.send('{"type":"poll","ref":8,"of":["a","b"]}');
		for (const ping of ['{"type":"ping","ref":"mine"}', '{"type":"ping","ref":"mine","room":"go"}']) socket.send(ping);
		expect(socket.bufferedAmount).toBe(0);
		expect(world.socket.sent.slice(1)).toEqual([
			{ type: "poll", ref: 8, of: ["a", "b"] },
			{ type: "ping", ref: "mine" },
			{ type: "ping", ref: "mine", room: "go" },
		]);
	});
});

describe("its life", () => {
	test("open comes once, however often the connection does", () => {
		for (const protocol of ["hubbub.v1", "hubbub.text"]) {
			const { world, socket, told } = start("ws://host/", protocol);
			world.socket.welcome();
			world.comeBack().welcome();
			world.comeBack().welcome();
			expect(told.filter((type) => !type.startsWith("{"))).toEqual(["open", "reconnecting", "reconnected", "reconnecting", "reconnected"]);
			expect(socket.protocol).toBe(protocol);
			expect(socket.readyState).toBe(HubbubSocket.OPEN);
		}
	});

	test("it stays CONNECTING until a server is there", () => {
		const { world, socket, told } = start();
		world.socket.drop();
		world.advance(250);
		world.socket.drop();
		expect(socket.readyState).toBe(HubbubSocket.CONNECTING);
		expect(() => socket.send("early")).toThrow("CONNECTING");
		expect(told).toEqual(["reconnecting", "reconnecting"]);
	});

	test("close comes after the other side agreed, with code and reason", async () => {
		const { world, socket, told } = start();
		world.socket.welcome();
		socket.close(4_321, "enough");
		expect(socket.readyState).toBe(HubbubSocket.CLOSING);
		expect(world.socket.closed).toEqual({ code: 4_321, reason: "enough" });
		world.socket.drop(4_321, "enough");
		await Bun.sleep(0);
		expect(told).toEqual(["open", "close 4321 enough true"]);
		expect(socket.readyState).toBe(HubbubSocket.CLOSED);
	});

	test("close waits for the answers to what was sent before", async () => {
		const { world, socket } = start();
		world.socket.welcome().joined("lobby", "e.0");
		socket.send("last words");
		socket.close();
		expect(world.socket.closed).toBeNull();
		world.socket.frame(ack(world.socket.of("say")[0], 1));
		await Bun.sleep(0);
		expect(world.socket.closed).toEqual({ code: undefined, reason: undefined });
	});

	test("close does not wait for ever, neither for answers nor for the other side", async () => {
		const { world, socket, told } = start();
		world.socket.welcome().joined("lobby", "e.0");
		socket.send("last words");
		socket.close();
		world.advance(3_000);
		expect(world.socket.closed).not.toBeNull();
		world.advance(3_000);
		await Bun.sleep(0);
		expect(told.slice(-2)).toEqual(["error", "close 1006  false"]);
		expect(world.pending).toBe(0);
	});

	test("closed before it opened, it ends as the browser's does", async () => {
		const { world, socket, told } = start();
		socket.close();
		socket.close();
		expect(socket.readyState).toBe(HubbubSocket.CLOSING);
		await Bun.sleep(0);
		expect(told).toEqual(["error", "close 1006  false"]);
		world.advance(600_000);
		expect(world.sockets).toHaveLength(1);
	});

	test("what is sent after the end is counted and dropped", async () => {
		const { world, socket } = start();
		world.socket.welcome();
		socket.close();
		socket.send("你");
		socket.send(new Uint8Array(4));
		socket.send(new Blob(["12"]));
		expect(socket.bufferedAmount).toBe(9);
	});

	test("only protocols that no server speaks end it without a try", async () => {
		const { world, socket, told } = start("ws://host/", ["mqtt", "soap"]);
		await Bun.sleep(0);
		expect(told).toEqual(["error", "close 1006  false"]);
		expect(world.sockets).toHaveLength(0);
		socket.close();
		expect(socket.readyState).toBe(HubbubSocket.CLOSED);
	});

	test("a final code of the server's ends it for good", async () => {
		const { world, told } = start();
		world.socket.welcome().frame({ type: "bye", code: "banned", message: "No." }).drop(4003, "banned");
		await Bun.sleep(0);
		expect(told).toEqual(["open", "close 4003 banned true"]);
	});

	test("a handler keeps its place among the listeners, and can be taken away", () => {
		const { world, socket } = start();
		const calls: string[] = [];
		socket.onmessage = () => calls.push("first");
		socket.addEventListener("message", () => calls.push("listener"));
		socket.onmessage = function (event) {
			calls.push(`${this === socket} ${event.data} ${event.origin}`);
		};
		world.socket.welcome().joined("lobby", "e.1", { events: [message(1)] });
		expect(calls.slice(0, 2)).toEqual(["true 小明: text 1 ws://host", "listener"]);
		socket.onmessage = null;
		calls.length = 0;
		world.socket.frame(batch(2));
		expect(calls).toEqual(["listener"]);
		expect(socket.onmessage).toBeNull();
	});
});
