import { afterEach, describe, expect, test } from "bun:test";
import { decodeUpstream } from "@hubbub/protocol/codec.ts";
import { FakeWorld } from "../test/fake-environment.ts";
import { type Connection, connect } from "./connect.ts";
import type { HubbubError } from "./error.ts";
import type { Room } from "./room.ts";
import { HubbubSocket } from "./socket.ts";

// Callers from plain JavaScript hand over anything. It is left out, made into text as `WebSocket` does, or refused at the call; no frame leaves
// that the server would not take, since one of those in the hello ends the connection with every room in it.

/** What a page may hold where it meant something else. */
const wrong: Readonly<Record<string, unknown>> = {
	undefined: undefined,
	null: null,
	"an empty string": "",
	"a space": " ",
	"a line break at the end": "abc\n",
	"a word of another script": "直播",
	"a lone surrogate": "\ud83d",
	"a string too long for any field": "x".repeat(70_000),
	zero: 0,
	"a negative number": -1,
	"a fraction": 0.5,
	"a number": 12_345,
	"no number": Number.NaN,
	infinity: Number.POSITIVE_INFINITY,
	"a bigint": 1n,
	true: true,
	false: false,
	"an empty object": {},
	"an empty list": [],
	"a list": ["a", "b"],
	"a date": new Date(0),
	"a symbol": Symbol("s"),
	"a function": () => "called",
	"a boxed string": new String("boxed"),
};

let world: FakeWorld;
afterEach(() => {
	for (const { sent } of world.sockets)
		for (const frame of sent) expect({ frame, taken: decodeUpstream(JSON.stringify(frame)) }).toMatchObject({ taken: { ok: true } });
});

/** Runs a call; what it threw at once or answered later, as an error or null. */
async function outcome(call: () => unknown): Promise<Error | null> {
	try {
		await call();
		return null;
	} catch (error) {
		expect(error).toBeInstanceOf(Error);
		return error as Error;
	}
}

/** In the lobby, with every command acknowledged. */
function inside(): { connection: Connection; room: Room } {
	world = new FakeWorld();
	world.respond = () => Response.json({ room: "lobby", events: [], before: null });
	const connection = connect("http://host", { storage: null, transport: "websocket", environment: world.environment });
	const room = connection.room("lobby");
	const socket = world.socket.welcome().joined("lobby", "e1.0");
	const send = socket.send.bind(socket);
	socket.send = (data) => {
		send(data);
		const { ref, type } = JSON.parse(data);
		if (type !== "hello" && ref !== undefined)
			queueMicrotask(() => socket.frame({ type: "ack", ref, id: "m1", cursor: "e1.1", fate: "shown" }));
	};
	return { connection, room };
}

describe("[UP-2] whatever is handed to", () => {
	const methods: Readonly<Record<string, (connection: Connection, room: Room, value: never) => unknown>> = {
		"connection.room": (connection, _room, value) => connection.room(value),
		"connection.room as its options": (connection, _room, value) => connection.room("other", value),
		"connection.room as `after`": (connection, _room, value) => connection.room("other", { after: value }),
		"connection.room as `view`": (connection, _room, value) => connection.room("other", { view: value }),
		"connection.on": (connection, _room, value) => connection.on("state", value),
		"connection.retryNow": (connection, _room, value) => (connection.retryNow as (value: unknown) => void)(value),
		"room.on": (_connection, room, value) => room.on("message", value),
		"room.on as the type": (_connection, room, value) => room.on(value, () => {}),
		"room.say": (_connection, room, value) => room.say(value),
		"room.say as its options": (_connection, room, value) => room.say("hi", value),
		"room.say as `replyTo`": (_connection, room, value) => room.say("hi", { replyTo: value }),
		"room.say as `key`": (_connection, room, value) => room.say("hi", { key: value }),
		"room.say as `style`": (_connection, room, value) => room.say("hi", { style: value }),
		"room.say as `style.mode`": (_connection, room, value) => room.say("hi", { style: { mode: value } }),
		"room.say as `style.color`": (_connection, room, value) => room.say("hi", { style: { color: value } }),
		"room.like": (_connection, room, value) => room.like(value),
		"room.delete": (_connection, room, value) => room.delete(value),
		"room.configure": (_connection, room, value) => room.configure(value),
		"room.configure as `slowModeSeconds`": (_connection, room, value) =>
			typeof value !== "number" && room.configure({ slowModeSeconds: value }),
		"room.configure as `guests`": (_connection, room, value) => room.configure({ guests: value }),
		"room.configure as `title`": (_connection, room, value) => typeof value !== "string" && room.configure({ title: value }),
		"room.history": (_connection, room, value) => room.history(value),
		"room.history as `before`": (_connection, room, value) => room.history({ before: value }),
		"room.history as `limit`": (_connection, room, value) => room.history({ limit: value }),
		"room.leave": (_connection, room, value) => (room.leave as (value: unknown) => void).call(room, value),
	};
	for (const [method, call] of Object.entries(methods))
		test(`${method}, the connection goes on and every frame is one that the server takes`, async () => {
			for (const value of Object.values(wrong)) {
				const { connection, room } = inside();
				await outcome(() => call(connection, room, value as never));
				world.advance(5_000);
				expect(connection.state.phase).toBe("live");
				// Coming back says the hello again, with all rooms in it.
				world.comeBack().welcome();
				expect(connection.state.phase).toBe("live");
				for (const { sent } of world.sockets)
					for (const frame of sent) expect({ frame, taken: decodeUpstream(JSON.stringify(frame)) }).toMatchObject({ taken: { ok: true } });
			}
		});

	test("connection.close, it ends without a code", () => {
		for (const value of Object.values(wrong)) {
			const { connection } = inside();
			(connection.close as (value: unknown) => void).call(connection, value);
			expect(connection.state.phase).toBe("closed");
			expect(world.socket.closed).toEqual({ code: undefined, reason: undefined });
		}
	});

	const options = ["name", "token", "storage", "transport", "queueMax"] as const;
	for (const option of options)
		test(`connect as \`${option}\`, the hello is one that the server takes, or none is said`, async () => {
			for (const value of Object.values(wrong)) {
				world = new FakeWorld();
				const failure = await outcome(() => {
					const connection = connect("http://host", {
						transport: "websocket",
						storage: null,
						environment: world.environment,
						[option]: value,
					});
					connection.room("lobby");
				});
				if (failure) expect(failure).toBeInstanceOf(TypeError);
				await Bun.sleep(0);
				for (const socket of world.sockets) {
					socket.welcome({ token: "guest.abc" });
					expect(socket.of("hello")).toHaveLength(1);
				}
				for (const { sent } of world.sockets)
					for (const frame of sent) expect({ frame, taken: decodeUpstream(JSON.stringify(frame)) }).toMatchObject({ taken: { ok: true } });
			}
		});

	test("a token function's caller, the hello is one that the server takes, or the attempt fails and is made again", async () => {
		for (const value of Object.values(wrong)) {
			world = new FakeWorld();
			const connection = connect("http://host", {
				transport: "websocket",
				storage: null,
				environment: world.environment,
				token: () => value as string,
			});
			await Bun.sleep(0);
			await Bun.sleep(0);
			if (world.sockets.length > 0) world.socket.welcome();
			expect(["live", "waiting"]).toContain(connection.state.phase);
			connection.close();
		}
	});

	test("connect or HubbubSocket as the whole options, it is as if none were given, or refused at the call", () => {
		for (const value of Object.values(wrong)) {
			world = new FakeWorld();
			const connection = connect("ws://127.0.0.1:1", value as never);
			expect(connection.state.phase).toBe("connecting");
			connection.close();
			const socket = new HubbubSocket("ws://127.0.0.1:1", [], value as never);
			expect(socket.readyState).toBe(0);
			socket.close();
		}
	});

	test("connect or HubbubSocket as the address, what is none is a SyntaxError at the call", () => {
		world = new FakeWorld();
		for (const value of Object.values(wrong))
			for (const open of [() => connect(value as string), () => new HubbubSocket(value as string)])
				expect(open).toThrow(expect.objectContaining({ name: "SyntaxError" }));
	});
});

describe("of what is handed over", () => {
	test("null is left out, as undefined is", async () => {
		world = new FakeWorld();
		const nothing = { name: null, token: null, queueMax: null };
		const connection = connect("http://host", { ...nothing, transport: "websocket", storage: null, environment: world.environment });
		const room = connection.room("lobby", { after: null, view: null });
		world.socket.welcome().joined("lobby", "e1.0");
		expect(world.socket.of("hello")).toEqual([{ type: "hello", rooms: [{ room: "lobby" }] }]);
		void room.say("hi", { replyTo: null, style: null, key: null });
		expect(world.socket.of("say")).toEqual([{ type: "say", room: "lobby", key: "key-1", text: "hi", ref: expect.any(Number) }]);
		void room.configure({ title: null as never, guests: false });
		expect(world.socket.of("settings")[0]?.settings).toEqual({ guests: false });
	});

	test("a number is text where text is meant: a name, a room, a token", () => {
		world = new FakeWorld();
		const given = { name: 42, token: 7 } as unknown as { name: string; token: string };
		const connection = connect("http://host", { ...given, transport: "websocket", storage: null, environment: world.environment });
		expect(connection.room(12_345 as never)).toBe(connection.room("12345"));
		world.socket.open();
		expect(world.socket.sent).toEqual([{ type: "hello", name: "42", token: "7", rooms: [{ room: "12345" }] }]);
	});

	test("a token's white space is no part of it: one read from a file ends in a line break", () => {
		world = new FakeWorld();
		connect("http://host", { token: " jwt\n", transport: "websocket", storage: null, environment: world.environment });
		expect(world.socket.open().sent[0]?.token).toBe("jwt");
	});

	test("a name longer than a hello takes is cut", () => {
		world = new FakeWorld();
		connect("http://host", { name: "名".repeat(5_000), transport: "websocket", storage: null, environment: world.environment });
		expect(decodeUpstream(JSON.stringify(world.socket.open().sent[0])).ok).toBe(true);
	});

	test("what cannot be meant is refused at the call, with a sentence", async () => {
		const { connection, room } = inside();
		expect(() => connection.room(undefined as never)).toThrow("A room's id must be a string.");
		expect(() => room.on("message", undefined as never)).toThrow("A listener must be a function.");
		const sentences: Record<string, () => Promise<unknown>> = {
			"The settings must be an object.": () => room.configure(null as never),
			"The slowMode must be a setting of the room.": () => room.configure({ slowMode: 5 } as never),
			"The slowModeSeconds must be a number.": () => room.configure({ slowModeSeconds: "5" as never }),
			"The style must be a mode of 1, 4 or 5 and a color up to 0xffffff.": () => room.say("hi", { style: { mode: 2 as never } }),
			"The replyTo must be a string of 1 to 64 characters.": () => room.say("hi", { replyTo: 7 as never }),
			"The id must be a string of 1 to 64 characters.": () => room.delete("x".repeat(65)),
		};
		for (const [message, call] of Object.entries(sentences)) {
			const error = (await outcome(call)) as HubbubError;
			expect(error).toMatchObject({ name: "HubbubError", code: "bad_frame", message });
		}
		expect(world.socket.sent.map(({ type }) => type)).toEqual(["hello"]);
	});

	test("a hello of HubbubSocket's own words with a token that can be none is answered, and changes nothing", () => {
		world = new FakeWorld();
		const socket = new HubbubSocket("http://host/ws", "hubbub.v1", {
			storage: null,
			transport: "websocket",
			environment: world.environment,
		});
		const heard: Record<string, unknown>[] = [];
		socket.onopen = () => socket.send(JSON.stringify({ type: "hello", name: "x".repeat(5_000), token: "直播" }));
		socket.onmessage = ({ data }) => heard.push(JSON.parse(data));
		world.socket.welcome();
		expect(heard[0]).toMatchObject({ type: "reject", code: "bad_frame" });
		expect(world.socket.of("hello")).toEqual([{ type: "hello", rooms: [] }]);
		expect(decodeUpstream(JSON.stringify(world.socket.of("hello")[0])).ok).toBe(true);
	});
});
