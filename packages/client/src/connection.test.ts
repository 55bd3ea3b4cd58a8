import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { FakeWorld } from "../test/fake-environment.ts";
import { type ConnectOptions, connect } from "./connect.ts";
import type { ConnectionState } from "./dialer.ts";

function start(options: ConnectOptions = {}, world = new FakeWorld()) {
	const connection = connect("http://host", { storage: null, transport: "websocket", ...options, environment: world.environment });
	const states: ConnectionState[] = [];
	connection.on("state", (state) => states.push(state));
	return { world, connection, states, phases: () => states.map((state) => state.phase) };
}

describe("the hello", () => {
	test("is said on the endpoint for any rooms, with name and rooms", () => {
		const { world, connection } = start({ name: "小明" });
		connection.room("lobby");
		connection.room("go", { after: "e1.5" });
		world.socket.open();
		expect(world.socket.url).toBe("ws://host/ws");
		expect(world.socket.sent).toEqual([{ type: "hello", name: "小明", rooms: [{ room: "lobby" }, { room: "go", after: "e1.5" }] }]);
	});

	test("offers deflate where the surroundings can inflate", () => {
		const { world } = start({}, new FakeWorld({ inflate: async () => "" }));
		world.socket.open();
		expect(world.socket.sent[0]?.accept).toEqual(["deflate"]);
	});

	test("waits for a token that is still on its way, and asks for it before each attempt", async () => {
		let asked = 0;
		const { world } = start({ token: async () => `token-${++asked}` });
		expect(world.sockets).toHaveLength(0);
		await Bun.sleep(0);
		world.socket.open();
		expect(world.socket.sent[0]?.token).toBe("token-1");
		world.socket.drop();
		world.advance(250);
		await Bun.sleep(0);
		expect(world.socket.open().sent[0]?.token).toBe("token-2");
	});

	test("is tried again where the token could not be had, with the reason", async () => {
		const { world, connection } = start({ token: () => Promise.reject(new Error("The login service is away.")) });
		await Bun.sleep(0);
		await Bun.sleep(0);
		expect(connection.state).toMatchObject({ phase: "waiting", reason: "The login service is away." });
		expect(world.sockets).toHaveLength(0);
	});
});

describe("the states", () => {
	test("lead from connecting to live, with who this is and what the server takes", () => {
		const { world, connection, states } = start();
		expect(connection.state).toEqual({ phase: "connecting", attempt: 1 });
		world.socket.welcome({ now: 1_005_000, limits: { frameBytesMax: 1, textGraphemesMax: 2, roomsPerConnectionMax: 3 } });
		expect(states).toEqual([{ phase: "live", transport: "websocket" }]);
		expect(connection.user).toEqual({ id: "u1", name: "Guest 1", roles: ["guest"] });
		expect(connection.limits).toEqual({ frameBytesMax: 1, textGraphemesMax: 2, roomsPerConnectionMax: 3 });
		expect(connection.clockSkewMs).toBe(5_000);
	});

	test("show the wait and its end after a loss", () => {
		const { world, connection, phases } = start();
		world.socket.welcome().drop();
		expect(connection.state).toEqual({ phase: "waiting", attempt: 1, retryAt: 1_000_250, code: null, reason: null });
		world.advance(249);
		expect(world.sockets).toHaveLength(1);
		world.advance(1);
		expect(world.sockets).toHaveLength(2);
		world.socket.welcome();
		expect(phases()).toEqual(["live", "waiting", "connecting", "live"]);
	});

	test("a listener that closes the connection in any state ends it there", () => {
		for (const phase of ["connecting", "live", "waiting"] as const) {
			const { world, connection } = start();
			connection.on("state", (state) => state.phase === phase && connection.close());
			world.socket.welcome().drop();
			world.advance(600_000);
			expect(connection.state.phase).toBe("closed");
			expect(world.pending).toBe(0);
			expect(world.watchers).toBe(0);
		}
	});
});

describe("coming back", () => {
	test("waits longer after each failure, and starts anew only after ten seconds of health", () => {
		const { world } = start();
		const waits: number[] = [];
		const fail = (healthyMs: number) => {
			world.socket.welcome();
			world.advance(healthyMs);
			world.socket.drop();
			let waited = 0;
			const opened = world.sockets.length;
			while (world.sockets.length === opened) {
				world.advance(50);
				waited += 50;
			}
			waits.push(waited);
		};
		fail(0);
		fail(9_999);
		fail(5_000);
		fail(10_000);
		expect(waits).toEqual([250, 500, 1_000, 250]);
	});

	test("obeys the time that a bye names, stretched by a fifth at most", () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 60_000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (reconnectAfterMs, chance) => {
				const { world, connection } = start();
				world.chance = chance;
				world.socket.welcome().frame({ type: "bye", code: "draining", message: "Restarting.", reconnectAfterMs }).drop(4100);
				const { state } = connection;
				if (state.phase !== "waiting") return expect.unreachable();
				const waitMs = state.retryAt - world.environment.now();
				expect(waitMs).toBeGreaterThanOrEqual(reconnectAfterMs);
				expect(waitMs).toBeLessThanOrEqual(reconnectAfterMs * 1.2);
				expect(state.reason).toBe("Restarting.");
			}),
		);
	});

	test("goes at once when the network or the page is back, but not before the time a server named", () => {
		for (const signal of ["online", "visible"] as const) {
			const { world } = start();
			world.chance = 0.999;
			for (let failures = 0; failures < 6; failures++) {
				world.socket.drop();
				world.signal(signal);
				expect(world.sockets).toHaveLength(failures + 2);
			}
			world.socket.welcome().frame({ type: "bye", code: "overloaded", message: "Full.", reconnectAfterMs: 9_000 }).drop(4103);
			world.signal(signal);
			expect(world.sockets).toHaveLength(7);
			world.advance(10_800);
			expect(world.sockets).toHaveLength(8);
		}
	});

	test("retryNow ends any wait, and does nothing without one", () => {
		const { world, connection } = start();
		connection.retryNow();
		world.socket.welcome();
		connection.retryNow();
		expect(world.sockets).toHaveLength(1);
		world.socket.frame({ type: "bye", code: "overloaded", message: "Full.", reconnectAfterMs: 9_000 }).drop(4103);
		connection.retryNow();
		expect(world.sockets).toHaveLength(2);
		connection.close();
		connection.retryNow();
		expect(world.sockets).toHaveLength(2);
	});

	test("without a network it says so, and resumes with it", () => {
		const { world, connection } = start();
		world.socket.welcome();
		world.signal("offline");
		world.advance(1_999);
		expect(connection.state.phase).toBe("live");
		world.advance(1);
		expect(connection.state).toEqual({ phase: "offline" });
		world.signal("online");
		expect(connection.state.phase).toBe("connecting");
	});

	test("a connection that answers although the browser says offline stays", () => {
		const { world, connection } = start();
		world.socket.welcome();
		world.signal("offline");
		world.socket.frame({ type: "pong", now: 0, ref: world.socket.of("ping")[0]?.ref });
		world.advance(10_000);
		expect(connection.state.phase).toBe("live");
	});

	test("tries now and again even where the browser says offline, since a server may be on this machine", () => {
		const { world } = start();
		world.online = false;
		world.socket.drop();
		world.advance(30_000);
		expect(world.sockets).toHaveLength(2);
	});
});

describe("a server that is not there", () => {
	test("an upgrade that never comes is given up after six seconds", () => {
		const { world, connection } = start();
		world.advance(5_999);
		expect(connection.state.phase).toBe("connecting");
		world.advance(1);
		expect(connection.state.phase).toBe("waiting");
		expect(world.sockets[0]?.closed).not.toBeNull();
	});

	test("a hello that is never answered is given up after six seconds", () => {
		const { world, connection } = start();
		world.advance(5_000);
		world.socket.open();
		world.advance(5_999);
		expect(connection.state.phase).toBe("connecting");
		world.advance(1);
		expect(connection.state.phase).toBe("waiting");
	});

	test("silence is noticed within 45 s, and the old socket is not listened to any more", () => {
		const { world, connection } = start();
		const room = connection.room("lobby");
		const dead = world.socket.welcome().joined("lobby", "e1.0");
		world.advance(33_000);
		expect(dead.of("ping")).toHaveLength(1);
		expect(connection.state.phase).toBe("waiting");
		expect(dead.closed).not.toBeNull();
		world.advance(500);
		dead.frame({ type: "batch", room: "lobby", cursor: "e1.9", events: [] }).drop(4001);
		expect(connection.state.phase).toBe("connecting");
		expect(room.cursor).toBe("e1.0");
	});

	test("anything heard keeps it alive", () => {
		const { world, connection } = start();
		world.socket.welcome();
		for (let index = 0; index < 20; index++) {
			world.advance(25_000);
			world.socket.frame({ type: "pong", now: 0 });
		}
		expect(connection.state.phase).toBe("live");
		expect(world.socket.of("ping")).toHaveLength(20);
	});

	test("news of the network makes it ask at once whether the server is there", () => {
		const { world, connection } = start();
		world.socket.welcome();
		world.signal("visible");
		expect(world.socket.of("ping")).toHaveLength(1);
		world.advance(8_000);
		expect(connection.state.phase).toBe("waiting");
	});

	test("a server that says bye and does not close is left", () => {
		const { world, connection } = start();
		world.socket.welcome().frame({ type: "bye", code: "draining", message: "Restarting.", reconnectAfterMs: 500 });
		expect(connection.state.phase).toBe("live");
		world.advance(3_000);
		expect(connection.state).toMatchObject({ phase: "waiting", code: "draining", reason: "Restarting." });
	});

	test("another protocol on the other side is no server", () => {
		const { world, connection } = start();
		world.socket.open("");
		expect(connection.state.phase).toBe("waiting");
		expect(world.socket.sent).toEqual([]);
	});

	test("a refused upgrade is a reason to come back, whatever code the client makes of it", () => {
		const { world, connection } = start();
		world.socket.drop(1002, "Expected 101 status code");
		expect(connection.state.phase).toBe("waiting");
	});
});

describe("the end", () => {
	for (const [close, code] of [
		[4001, "unauthorized"],
		[4003, "banned"],
		[4004, "room_not_found"],
		[4010, "bad_frame"],
	] as const) {
		test(`${close} is final`, () => {
			const { world, connection } = start({ token: "jwt" });
			world.socket.welcome().frame({ type: "bye", code, message: "No." }).drop(close);
			expect(connection.state).toEqual({ phase: "closed", code, message: "No." });
			world.signal("online");
			world.advance(600_000);
			expect(world.sockets).toHaveLength(1);
			expect(world.pending).toBe(0);
			expect(world.watchers).toBe(0);
		});
	}

	test("close ends it at once, in every phase, and leaves nothing running", () => {
		const scenes: ((world: FakeWorld) => void)[] = [
			() => {},
			(world) => world.socket.open(),
			(world) => world.socket.welcome(),
			(world) => world.socket.drop(),
		];
		for (const play of scenes) {
			const { world, connection } = start();
			play(world);
			connection.close();
			connection.close();
			expect(connection.state).toEqual({ phase: "closed", code: null, message: "" });
			world.advance(600_000);
			expect(world.sockets).toHaveLength(1);
			expect(world.pending).toBe(0);
		}
	});

	test("what waits for an answer is told", async () => {
		const { world, connection } = start();
		const room = connection.room("lobby");
		const said = room.say("hello").catch((error) => error);
		world.socket.welcome();
		connection.close();
		expect((await said).code).toBe("closed");
		expect((await room.say("more").catch((error) => error)).code).toBe("closed");
		expect(connection.room("other").phase).toBe("left");
	});
});

test("[DOWN-1] frames that are not known, not whole or not JSON are left out", () => {
	const { world, connection } = start();
	const room = connection.room("lobby");
	const seen: unknown[] = [];
	room.on("events", ({ events }) => seen.push(...events));
	world.socket.welcome().joined("lobby", "e1.0");
	for (const junk of [
		"",
		"null",
		"[]",
		"42",
		"{",
		'{"type":7}',
		'{"type":"poll"}',
		'{"type":"constructor"}',
		'{"type":"batch","room":"lobby"}',
	]) {
		world.socket.raw(junk);
	}
	world.socket.frame({ type: "batch", room: "lobby", cursor: "e1.1", events: [null, 7, {}, { offset: 1, at: 0, kind: "gift" }] });
	expect(seen).toEqual([]);
	expect(room.cursor).toBe("e1.1");
	expect(connection.state.phase).toBe("live");
});
