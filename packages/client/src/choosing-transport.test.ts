import { describe, expect, test } from "bun:test";
import { FakeWorld } from "../test/fake-environment.ts";
import { type ConnectOptions, connect } from "./connect.ts";
import type { ConnectionState } from "./dialer.ts";

// How a connection changes its transport, as a whole: the dialer, the selector that is loaded, and its policy.

function start(options: ConnectOptions = {}, world = new FakeWorld()) {
	const connection = connect("http://host", { storage: null, transport: "websocket", ...options, environment: world.environment });
	const states: ConnectionState[] = [];
	connection.on("state", (state) => states.push(state));
	return { world, connection, states, phases: () => states.map((state) => state.phase) };
}

describe("another way", () => {
	/** Loading the module and asking over HTTP take some turns of the loop. */
	const turns = async (done: () => boolean) => {
		while (!done()) await Bun.sleep(1);
	};
	const asks = (world: FakeWorld) => world.requests.map(({ url }) => url);
	/** After ten seconds of health the module that knows the other ways is there, and listens to the network too. */
	const withSelector = (world: FakeWorld) => {
		world.advance(10_000);
		return turns(() => world.watchers === 2);
	};

	test("is tried at once where the WebSocket falls silent, though it lasted", async () => {
		const { world, phases } = start({ transport: "auto" });
		world.respond = () => new Promise(() => {});
		world.socket.welcome({ heartbeatMs: 25_000 });
		await withSelector(world);
		world.advance(15_000 + 8_000);
		await turns(() => asks(world).includes("http://host/frames"));
		expect(phases()).toEqual(["live", "connecting"]);
		expect(world.sockets).toHaveLength(1);
	});

	test("is not tried where the browser has no network, nor where the server said bye", async () => {
		const { world, phases } = start({ transport: "auto" });
		world.socket.welcome().frame({ type: "bye", code: "draining", message: "Restarting.", reconnectAfterMs: 100 }).drop(4100);
		world.advance(200);
		expect(world.sockets).toHaveLength(2);
		world.socket.welcome();
		world.signal("offline");
		world.advance(20_000);
		await Bun.sleep(0);
		expect(phases().slice(0, 3)).toEqual(["live", "waiting", "connecting"]);
		expect(asks(world)).toEqual([]);
	});

	test("is not tried where the page asked for the WebSocket alone", async () => {
		const { world } = start({ transport: "websocket" });
		for (let attempt = 0; attempt < 4; attempt++) world.comeBack();
		await Bun.sleep(5);
		expect(asks(world)).toEqual([]);
		expect(world.sockets).toHaveLength(5);
	});

	test("that does not lead to the server either leads back to the WebSocket, after a wait", async () => {
		const { world, connection, phases } = start({ transport: "auto" });
		world.respond = () => Promise.reject(new TypeError("Failed to fetch"));
		world.socket.drop();
		await turns(() => connection.state.phase === "waiting");
		expect(phases()).toEqual(["connecting", "waiting"]);
		expect(connection.state).toMatchObject({ reason: "The server cannot be reached." });
		world.advance(500);
		expect(world.sockets).toHaveLength(2);
		world.socket.welcome();
		expect(connection.state).toEqual({ phase: "live", transport: "websocket" });
	});

	test("that is refused by the server with a reason ends where the WebSocket would", async () => {
		const { world, connection } = start({ transport: "auto" });
		world.respond = () => Response.json({ code: "banned", title: "You are banned here.", status: 403 }, { status: 403 });
		world.socket.drop();
		await turns(() => connection.state.phase === "closed");
		expect(connection.state).toEqual({ phase: "closed", code: "banned", message: "You are banned here." });
	});

	test("is not what a server's restart leads to: it is asked for every two seconds and a half at least, and reached by WebSocket again", async () => {
		const { world, connection, states } = start({ transport: "auto" });
		let isThere = false;
		world.respond = () => {
			if (!isThere) throw new TypeError("Failed to fetch");
			return Response.json({ type: "pong", now: 0 });
		};
		world.chance = 0.999;
		connection.room("lobby");
		world.socket.welcome().joined("lobby", "e1.0");
		await withSelector(world);
		world.socket.frame({ type: "bye", code: "draining", message: "Restarting.", reconnectAfterMs: 1_000 }).drop(4100);
		world.advance(1_200);
		const leftAtMs = world.environment.now();
		// Eight seconds without a server.
		while (world.environment.now() - leftAtMs < 8_000) {
			const attempts = world.sockets.length;
			world.socket.drop();
			await turns(() => connection.state.phase === "waiting");
			// One small request tells the server's absence from a network that lets no WebSocket through.
			expect(asks(world)).toHaveLength(attempts - 1);
			const { retryAt } = connection.state as Extract<ConnectionState, { phase: "waiting" }>;
			expect(retryAt - world.environment.now()).toBeLessThanOrEqual(2_500);
			world.advance(retryAt - world.environment.now());
			expect(world.sockets).toHaveLength(attempts + 1);
		}
		expect(world.sockets.length).toBeLessThan(10);
		for (const { url, init } of world.requests) expect([url, init.body]).toEqual(["http://host/frames", '{"type":"ping"}']);
		// It comes back right between the attempt and the question.
		const attempts = world.sockets.length;
		isThere = true;
		world.socket.drop();
		await turns(() => world.sockets.length === attempts + 1);
		world.socket.welcome();
		expect(connection.state).toEqual({ phase: "live", transport: "websocket" });
		expect(world.socket.of("hello")[0]?.rooms).toEqual([{ room: "lobby", after: "e1.0" }]);
		expect(states.flatMap((state) => (state.phase === "live" ? state.transport : []))).toEqual(["websocket", "websocket"]);
	});

	test("is not what a restart leads to either where the module that knows the other ways was not there yet", async () => {
		const { world, connection } = start({ transport: "auto" });
		world.respond = () => Promise.reject(new TypeError("Failed to fetch"));
		world.socket.welcome();
		world.advance(3_000);
		world.socket.frame({ type: "bye", code: "draining", message: "Restarting.", reconnectAfterMs: 1_000 }).drop(4100);
		world.advance(1_100);
		world.socket.drop();
		// The module is there now, and asks.
		await turns(() => connection.state.phase === "waiting");
		expect(world.sockets).toHaveLength(2);
		world.respond = async () => Response.json({ type: "pong", now: 0 });
		world.advance(2_500);
		await turns(() => world.sockets.length === 3);
		world.socket.welcome();
		expect(connection.state).toEqual({ phase: "live", transport: "websocket" });
	});

	test("is not looked for in vain for ever where plain requests do not pass: the WebSocket is tried again all the same", async () => {
		const { world, connection } = start({ transport: "auto" });
		world.respond = () => Promise.reject(new TypeError("Blocked by the page's policy"));
		world.socket.welcome();
		await withSelector(world);
		world.advance(15_000 + 8_000);
		for (let attempt = 0; attempt < 4; attempt++) {
			await turns(() => connection.state.phase === "waiting");
			world.advance(2_500);
			world.socket.drop();
		}
		await turns(() => connection.state.phase === "waiting");
		world.advance(2_500);
		world.socket.welcome();
		expect(connection.state).toEqual({ phase: "live", transport: "websocket" });
	});

	test("is what a network leads to that lets no WebSocket in any more, though it did before", async () => {
		const { world, connection } = start({ transport: "auto" });
		world.respond = async (url) => (url.endsWith("/frames") ? Response.json({ type: "pong", now: 0 }) : new Response("", { status: 404 }));
		world.socket.welcome();
		await withSelector(world);
		world.socket.drop(1006);
		world.advance(500);
		world.socket.drop();
		// Asked, tried once more, and then left.
		await turns(() => world.sockets.length === 3);
		world.socket.drop();
		await turns(() => asks(world).length >= 3);
		expect(asks(world).slice(0, 3)).toEqual(Array(3).fill("http://host/frames"));
		expect(world.sockets).toHaveLength(3);
		connection.close();
	});

	test("is named when it changes", () => {
		const { world, connection } = start();
		const named: string[] = [];
		connection.on("transport", (name) => named.push(name));
		world.socket.welcome();
		world.comeBack().welcome();
		expect(named).toEqual(["websocket"]);
	});
});
