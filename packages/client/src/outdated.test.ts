import { describe, expect, test } from "bun:test";
import { PROTOCOL_VERSION } from "@hubbub/protocol/wire/version.ts";
import { FakeWorld } from "../test/fake-environment.ts";
import { parseAddress } from "./address.ts";
import { connect } from "./connect.ts";
import { LiveConnection } from "./connection.ts";
import { LazySelector } from "./dialer.ts";
import type { Http } from "./http/http.ts";
import { Identity } from "./identity.ts";
import { HubbubSocket } from "./socket.ts";
import { websocketTransport } from "./websocket-transport.ts";

// An SDK in a page that was opened before its server was upgraded, or whose server was put back to an earlier version.

function start(welcome: object) {
	const world = new FakeWorld();
	const connection = connect("http://host", { storage: null, transport: "websocket", environment: world.environment });
	const told: string[] = [];
	connection.on("outdated", (what) => told.push(what));
	const room = connection.room("lobby");
	world.socket.welcome(welcome).joined("lobby", "e1.0");
	return { world, connection, room, told };
}

describe("[DOWN-6] a server", () => {
	test("of this version tells it and what it can, and nothing is said", () => {
		const { connection, told } = start({ version: PROTOCOL_VERSION, features: ["pins"] });
		expect([connection.version, connection.features, told]).toEqual([PROTOCOL_VERSION, ["pins"], []]);
	});

	test("of a later version is joined, read and spoken to all the same, and this side says once that it is old", () => {
		const { world, connection, room, told } = start({ version: PROTOCOL_VERSION + 1, features: [] });
		expect(told).toEqual(["protocol"]);
		expect([connection.state.phase, room.phase, connection.version]).toEqual(["live", "joined", PROTOCOL_VERSION + 1]);
		void room.say("hi").catch(() => {});
		expect(world.socket.of("say")).toHaveLength(1);
		world.comeBack().welcome({ version: PROTOCOL_VERSION + 1 });
		expect(told).toEqual(["protocol"]);
	});

	test("that was upgraded while the page was away is noticed when it comes back", () => {
		const { world, told } = start({ version: PROTOCOL_VERSION, features: [] });
		expect(told).toEqual([]);
		world.comeBack().welcome({ version: PROTOCOL_VERSION + 1 });
		expect(told).toEqual(["protocol"]);
	});

	test.each([
		["before versions were told", {}, 1],
		["that was put back to an earlier one", { version: PROTOCOL_VERSION - 1, features: [] }, PROTOCOL_VERSION - 1],
		["that says nonsense", { version: "two" }, "two"],
	])("%s is no reason to say anything, and has no features", (_what, welcome, version) => {
		const { connection, told } = start(welcome);
		expect([connection.state.phase, connection.features, told]).toEqual(["live", [], []]);
		expect<unknown>(connection.version).toBe(version);
	});

	test("of a later version is told of in words on a socket of lines", () => {
		const world = new FakeWorld();
		const socket = new HubbubSocket("http://host", [], { storage: null, transport: "websocket", environment: world.environment });
		const lines: string[] = [];
		socket.onmessage = ({ data }) => lines.push(data);
		world.socket.welcome({ version: PROTOCOL_VERSION + 1 }).joined("lobby", "e1.0");
		expect(lines).toContain("* This page is older than the server. Load it again.");
	});
});

describe("[FILE-3] a module of the SDK that cannot be loaded", () => {
	function withModule(load: () => Promise<Http>) {
		const world = new FakeWorld();
		const { environment } = world;
		const address = parseAddress("http://host");
		const connection = new LiveConnection({
			...{ address, environment, http: load, name: undefined, queueMax: 64, hooks: {} },
			selector: new LazySelector(websocketTransport(address.socketUrl, environment), null, false),
			identity: new Identity(undefined, null, address.place),
		});
		const told: string[] = [];
		connection.on("outdated", (what) => told.push(what));
		return { world, connection, told, room: connection.room("lobby") };
	}
	const missing = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));

	test("is asked for once more; where it is not on a server that is there, history says that the page is old, and so does the connection", async () => {
		let asked = 0;
		const { world, room, told } = withModule(() => {
			asked++;
			return missing();
		});
		world.socket.welcome().joined("lobby", "e1.0");
		const error = await room.history().catch((fault) => fault);
		expect(error).toMatchObject({ name: "HubbubError", code: "outdated" });
		expect([asked, told]).toEqual([2, ["files"]]);
		// Everything else goes on.
		void room.say("hi").catch(() => {});
		expect(world.socket.of("say")).toHaveLength(1);
	});

	test("by chance does no harm", async () => {
		let asked = 0;
		const { world, room, told } = withModule(() => (asked++ === 0 ? missing() : import("./http/http.ts").then(({ http }) => http)));
		world.respond = () => Response.json({ room: "lobby", events: [], before: null });
		world.socket.welcome().joined("lobby", "e1.5");
		expect(await room.history()).toEqual({ events: [], before: null });
		expect(told).toEqual([]);
	});

	test("while the server is away is the network's fault, and is asked for again the next time", async () => {
		let isThere = false;
		const { world, room, told } = withModule(() => (isThere ? import("./http/http.ts").then(({ http }) => http) : missing()));
		world.respond = () => Response.json({ room: "lobby", events: [], before: null });
		world.socket.welcome().joined("lobby", "e1.5").drop();
		expect(await room.history().catch((fault) => fault)).toMatchObject({ code: "network" });
		expect(told).toEqual([]);
		isThere = true;
		expect(await room.history()).toEqual({ events: [], before: null });
	});
});
