import { afterEach, describe, expect, test } from "bun:test";
import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import { type Connection, type ConnectOptions, connect } from "../src/connect.ts";
import type { ConnectionState } from "../src/dialer.ts";
import type { Environment } from "../src/environment.ts";
import { HubbubSocket } from "../src/socket.ts";
import { message } from "./fake-environment.ts";
import { halfClosingServer, type Peer, type Script, scriptedServer } from "./scripted-server.ts";

/** What is waited for in one go, by the hurried clock. */
const stepMs = 2;

/**
 * Waits in short steps, and lets the sockets speak after each: when the machine stands still the whole test does, and a deadline of the
 * client's is not over because of it.
 */
function waitInSteps(callback: () => void, ms: number): { stop(): void } {
	let timer = setTimeout(step, 0);
	let leftMs = ms;
	function step() {
		if (leftMs <= 0) return callback();
		timer = setTimeout(step, Math.min(stepMs, leftMs));
		leftMs -= stepMs;
	}
	return { stop: () => clearTimeout(timer) };
}

// Real sockets, real time, but faster: what waits a second waits 40 ms here, and the jitter is small.
const fast: Partial<Environment> = {
	setTimeout: (callback, ms) => waitInSteps(callback, ms / 25),
	clearTimeout: (timer) => (timer as ReturnType<typeof waitInSteps> | undefined)?.stop(),
	random: () => Math.random() / 20,
};
const options = { storage: null, environment: fast };
const endings: (() => unknown)[] = [];

afterEach(async () => {
	for (const end of endings.splice(0).reverse()) await end();
});

function serve(script: Script) {
	const server = scriptedServer(script);
	endings.push(server.stop);
	return server;
}

function open(url: string, transport: ConnectOptions["transport"] = "auto"): Connection {
	const connection = connect(url, { ...options, transport });
	endings.push(() => connection.close());
	return connection;
}

function reaches(connection: Connection, wanted: (state: ConnectionState) => boolean): Promise<ConnectionState> {
	return new Promise((resolve) => {
		if (wanted(connection.state)) return resolve(connection.state);
		connection.on("state", (state) => wanted(state) && resolve(state));
	});
}

const user = { id: "u1", name: "Guest 1", roles: ["guest"] };
const settings = { title: "Lobby", streamUrl: "", slowModeSeconds: 0, write: "everyone", guests: true, textGraphemesMax: 500 };
const state = { settings, viewers: 1, likes: 0 };
const welcome = {
	type: "welcome",
	session: "s",
	user,
	heartbeatMs: 3_000,
	now: 0,
	limits: { frameBytesMax: 65_536, textGraphemesMax: 500, roomsPerConnectionMax: 32 },
};
const joined = (cursor: string, events: object[] = [], recovered = false) => ({
	type: "joined",
	room: "lobby",
	cursor,
	recovered,
	state,
	events,
});

/** A room with a log, enough of a server to resume from; `trouble` is called at every frame and may end the connection. */
function roomServer(trouble: (peer: Peer, frame: Record<string, unknown>) => boolean) {
	const log: MessageEvent[] = [];
	const keys = new Map<unknown, MessageEvent>();
	const peers = new Set<Peer>();
	const cursorAt = (offset: number) => `e.${offset.toString(36)}`;
	const server = serve({
		frame(peer, frame) {
			if (trouble(peer, frame)) return;
			if (frame.type === "hello") {
				const [wanted] = frame.rooms as { after?: string }[];
				const after = wanted?.after === undefined ? 0 : Number.parseInt(wanted.after.slice(2), 36);
				peer.send(welcome);
				peer.send(joined(cursorAt(log.length), log.slice(after), wanted?.after !== undefined));
				peers.add(peer);
			}
			if (frame.type === "ping") peer.send({ type: "pong", ref: frame.ref, now: 0 });
			if (frame.type !== "say") return;
			const known = keys.get(frame.key);
			const event = known ?? message(log.length + 1, String(frame.text));
			if (!known) {
				log.push(event);
				keys.set(frame.key, event);
				const batch = { type: "batch", room: "lobby", cursor: cursorAt(log.length), events: [event] };
				// Each batch twice, and an old one with it: duplicates are the client's to remove.
				for (const other of peers) for (const copy of [batch, batch, { ...batch, events: log.slice(-3) }]) other.send(copy);
			}
			peer.send({ type: "ack", ref: frame.ref, room: "lobby", id: event.id, cursor: cursorAt(event.offset), fate: "shown", event });
		},
		gone: (peer) => void peers.delete(peer),
	});
	return { url: server.url, log };
}

describe("a server that drops connections", () => {
	test("[SAY-3] costs no message, doubles none and disorders none, whenever it drops them", async () => {
		let frames = 0;
		const drops: number[] = [];
		const { url, log } = roomServer((peer, frame) => {
			// Every seventh frame the connection dies: in turn before the frame is taken, and after.
			if (frame.type !== "say" || ++frames % 7 !== 0) return false;
			drops.push(peer.number);
			if (frames % 2 === 0) queueMicrotask(() => peer.terminate());
			else peer.terminate();
			return frames % 2 !== 0;
		});
		const people = [open(url), open(url)].map((connection) => {
			const room = connection.room("lobby");
			const seen: number[] = [];
			room.on("message", ({ offset }) => seen.push(offset));
			return { room, seen };
		});
		const said = await Promise.all(
			people.flatMap(({ room }, person) => Array.from({ length: 40 }, (_, index) => room.say(`${person}/${index}`))),
		);
		expect(drops.length).toBeGreaterThan(5);
		expect(log).toHaveLength(80);
		expect(new Set(said.map(({ id }) => id)).size).toBe(80);
		for (const { room, seen } of people) {
			while (seen.length < 80) await new Promise((resolve) => room.on("events", resolve));
			expect(seen).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
		}
		for (const person of [0, 1]) {
			const own = log.filter(({ text }) => text.startsWith(`${person}/`)).map(({ text }) => text);
			expect(own).toEqual(Array.from({ length: 40 }, (_, index) => `${person}/${index}`));
		}
	});

	test("costs a socket of lines nothing either", async () => {
		let frames = 0;
		const { url } = roomServer((peer, frame) => {
			if (frame.type !== "say" || ++frames % 4 !== 0) return false;
			peer.terminate();
			return true;
		});
		const socket = new HubbubSocket(url, [], options);
		endings.push(() => socket.close());
		const lines: string[] = [];
		const expected = Array.from({ length: 20 }, (_, index) => `小明: line ${index}`);
		await new Promise<void>((resolve) => {
			socket.onopen = () => {
				for (let index = 0; index < 20; index++) socket.send(`line ${index}`);
			};
			socket.onmessage = ({ data }) => {
				if (!data.startsWith("* ")) lines.push(data);
				if (lines.length === 20) resolve();
			};
		});
		expect(lines).toEqual(expected);
		while (socket.bufferedAmount > 0) await Bun.sleep(1);
		expect(lines).toEqual(expected);
	});

	test("that ends its half without a closing handshake is come back to", async () => {
		const server = halfClosingServer([welcome, joined("e.1", [message(1)])]);
		endings.push(server.stop);
		const connection = open(server.url);
		const seen: number[] = [];
		connection.room("lobby").on("message", ({ offset }) => seen.push(offset));
		await reaches(connection, ({ phase }) => phase === "waiting" && server.connections() >= 3);
		expect(seen).toEqual([1]);
	});
});

describe("a server that is in trouble", () => {
	test("refuses the upgrade, never answers the hello, says bye, and is reached in the end", async () => {
		const reasons: unknown[] = [];
		const server = serve({
			refuse: (number) => (number <= 2 ? new Response("busy", { status: 503 }) : null),
			frame(peer, frame) {
				if (frame.type !== "hello" || peer.number === 3) return;
				peer.send(welcome);
				if (peer.number > 4) return;
				peer.send({ type: "bye", code: "draining", message: "Restarting.", reconnectAfterMs: 200 });
				peer.close(4100, "draining");
			},
		});
		const connection = open(server.url, "websocket");
		connection.on("state", (next) => next.phase === "waiting" && reasons.push(next.reason));
		await reaches(connection, ({ phase }) => phase === "live" && reasons.includes("Restarting."));
		expect(reasons.length).toBeGreaterThanOrEqual(4);
		expect(reasons).toContain("The server did not answer in time.");
	});

	test("falls silent, is noticed, and is come back to with the cursor", async () => {
		const hellos: unknown[] = [];
		const server = serve({
			frame(peer, frame) {
				if (frame.type !== "hello") return;
				hellos.push(frame.rooms);
				peer.send(welcome);
				peer.send(joined("e.5", [], hellos.length > 1));
			},
		});
		const connection = open(server.url);
		const room = connection.room("lobby");
		await new Promise<void>((resolve) => room.on("joined", ({ first }) => first || resolve()));
		expect(hellos).toEqual([[{ room: "lobby" }], [{ room: "lobby", after: "e.5" }]]);
	});

	test("turns somebody away for good, and is not bothered again", async () => {
		let connections = 0;
		const server = serve({
			frame(peer) {
				connections = peer.number;
				peer.send({ type: "bye", code: "banned", message: "You are banned here." });
				peer.close(4003, "banned");
			},
		});
		const connection = open(server.url);
		const last = await reaches(connection, ({ phase }) => phase === "closed");
		expect(last).toEqual({ phase: "closed", code: "banned", message: "You are banned here." });
		connection.retryNow();
		expect(connection.state).toBe(last);
		expect(connections).toBe(1);
	});

	test("leaves a gap, which is told, and whose history can be fetched", async () => {
		const server = serve({
			frame(peer, frame) {
				if (frame.type !== "hello") return;
				peer.send(welcome);
				peer.send(joined("e.2", [message(1), message(2)]));
				peer.send({ type: "gap", room: "lobby", from: "e.2", to: "e.4" });
				peer.send({ type: "batch", room: "lobby", cursor: "e.5", events: [message(5)] });
			},
			request(request) {
				expect(new URL(request.url).pathname).toBe("/rooms/lobby/messages");
				expect(new URL(request.url).searchParams.get("before")).toBe("e.5");
				return Response.json({ room: "lobby", events: [message(3), message(4)], before: "e.3" });
			},
		});
		const room = open(server.url).room("lobby");
		const told: unknown[] = [];
		room.on("gap", (gap) => told.push(gap));
		room.on("message", ({ offset }) => told.push(offset));
		while (!told.includes(5)) await new Promise((resolve) => room.on("events", resolve));
		expect(told).toEqual([1, 2, { from: "e.2", to: "e.4" }, 5]);
		expect((await room.history({ before: "e.5" })).events.map(({ offset }) => offset)).toEqual([3, 4]);
	});
});

test("the closing handshake carries the page's code to the server and back", async () => {
	const server = serve({ frame: (peer, frame) => frame.type === "hello" && peer.send(welcome) });
	const socket = new HubbubSocket(server.url, "hubbub.v1", options);
	const closed = new Promise<CloseEvent>((resolve) => {
		socket.onclose = resolve;
	});
	socket.onmessage = () => socket.close(4321, "enough");
	const { code, reason, wasClean } = await closed;
	expect({ code, reason, wasClean }).toEqual({ code: 4321, reason: "enough", wasClean: true });
});
