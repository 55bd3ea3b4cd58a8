import { afterAll, beforeAll, expect, test } from "bun:test";
import { startServer, type TestServer } from "../../server/test/start-server.ts";
import type { ConnectionState } from "../src/dialer.ts";
import type { TransportName } from "../src/transport.ts";
import { fakeStorage } from "./fake-environment.ts";
import { enter, type Person } from "./person.ts";
import { FaultyProxy, type ProxyFaults } from "./proxy.ts";

// The SDK left to itself behind proxies as they are, before the server itself. Each test waits for the deadlines of its fault.

let server: TestServer;
let rooms = 0;
const ends: (() => void)[] = [];

beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off" });
});
afterAll(async () => {
	for (const end of ends.reverse()) end();
	await server.stop();
});

interface Trip {
	readonly proxy: FaultyProxy;
	readonly id: string;
	readonly person: Person;
	readonly travelled: TransportName[];
	readonly states: ConnectionState[];
	readonly key: string;
	/** Live by this way, and in the room. */
	reaches(name: TransportName): Promise<void>;
}

function travel(faults: ProxyFaults, storage = fakeStorage(), remembered?: TransportName): Trip {
	const proxy = new FaultyProxy(server.http, faults);
	const key = `hubbub.transport.${new URL(proxy.url).host}`;
	if (remembered) storage.setItem(key, JSON.stringify({ transport: remembered, until: Date.now() + 60_000 }));
	const id = `falling-${++rooms}`;
	const person = enter(proxy.url, id, { storage });
	const travelled: TransportName[] = [];
	const states: ConnectionState[] = [];
	person.connection.on("transport", (name) => travelled.push(name));
	person.connection.on("state", (state) => states.push(state));
	ends.push(
		() => proxy.stop(),
		() => person.connection.close(),
	);
	const reaches = (name: TransportName) =>
		person.until(() => person.room.phase === "joined" && person.connection.state.phase === "live" && travelled.at(-1) === name);
	return { proxy, id, person, travelled, states, key, reaches };
}

/** Whoever is here hears what is said, and can speak. */
async function talk(person: Person): Promise<void> {
	const text = `said ${Math.random()}`;
	await person.room.say(text);
	await person.until(() => person.messages.some((message) => message.text === text));
}

test.concurrent("an honest proxy lets the WebSocket through, and nothing is remembered", async () => {
	const storage = fakeStorage();
	const { person, travelled, key, reaches } = travel({}, storage);
	await reaches("websocket");
	await talk(person);
	expect(travelled).toEqual(["websocket"]);
	expect(storage.items.has(key)).toBe(false);
});

test.concurrent("a proxy that refuses upgrades: the room is there by event stream at once, and the next visit begins with it", async () => {
	const storage = fakeStorage();
	const { person, proxy, id, travelled, states, key, reaches } = travel({ upgrade: "refused" }, storage);
	await reaches("event-stream");
	await talk(person);
	expect(travelled).toEqual(["event-stream"]);
	// Nobody waited: the fall is known to lead elsewhere.
	expect(states.map(({ phase }) => phase)).not.toContain("waiting");
	expect(JSON.parse(storage.items.get(key) ?? "")).toMatchObject({ transport: "event-stream" });
	const next = enter(proxy.url, id, { storage });
	ends.push(() => next.connection.close());
	proxy.requests.length = 0;
	await next.until(() => next.room.phase === "joined");
	expect(proxy.requests.filter((line) => line.endsWith("/ws"))).toEqual([]);
});

test.concurrent("a proxy that takes an upgrade and never answers is given up after six seconds", async () => {
	const { person, travelled, reaches } = travel({ upgrade: "hangs" });
	await reaches("event-stream");
	await talk(person);
	expect(travelled).toEqual(["event-stream"]);
});

test.concurrent("[SSE-3] a proxy that gathers event streams: the room is there by long poll", async () => {
	const { person, travelled, reaches } = travel({ upgrade: "refused", buffers: "text/event-stream" });
	await reaches("long-poll");
	await talk(person);
	expect(travelled).toEqual(["long-poll"]);
});

test.concurrent("[POLL-3] a proxy that cuts what is quiet: requests are held a little shorter than that", async () => {
	const { proxy, person, travelled, reaches } = travel({ idleCutMs: 2_600 });
	await reaches("long-poll");
	const held = () => proxy.requests.flatMap((line) => Number(/wait=([\d.]+)/.exec(line)?.[1] ?? 0)).filter((wait) => wait >= 1);
	// What cuts a request may be met by a browser's own second try, so that the cut is found in a few steps.
	while ((held().at(-1) ?? 25) >= 2.6) await Bun.sleep(50);
	expect(held()[0]).toBe(25);
	const found = held().length;
	while (held().length < found + 3) await Bun.sleep(50);
	for (const wait of held().slice(found)) expect(wait).toBeWithin(2, 2.6);
	await talk(person);
	expect(travelled).toEqual(["websocket", "event-stream", "long-poll"]);
});

test.concurrent("a proxy that cuts too soon to hold anything: the room is asked for every second", async () => {
	const { person, travelled, reaches } = travel({ idleCutMs: 1_900 });
	await reaches("short-poll");
	await talk(person);
	expect(travelled).toEqual(["websocket", "event-stream", "long-poll", "short-poll"]);
});

test.concurrent("what is remembered is begun with, and left for the WebSocket within seconds where that works again, without a break", async () => {
	const storage = fakeStorage();
	const { person, proxy, states, travelled, key, reaches } = travel({}, storage, "long-poll");
	await reaches("long-poll");
	expect(proxy.requests.filter((line) => line.endsWith("/ws"))).toEqual([]);
	await reaches("websocket");
	await talk(person);
	expect(travelled).toEqual(["long-poll", "websocket"]);
	expect(states.map(({ phase }) => phase)).toEqual(["live", "live"]);
	expect(storage.items.has(key)).toBe(false);
});

test.concurrent("a look upward that is in vain disturbs nobody", async () => {
	const { person, proxy, states, travelled, reaches } = travel(
		{ upgrade: "hangs", buffers: "text/event-stream" },
		fakeStorage(),
		"long-poll",
	);
	await reaches("long-poll");
	// Both better ways are tried, and neither is welcomed.
	while (!proxy.requests.some((line) => /^GET .*events\?after/.test(line))) await Bun.sleep(50);
	while (!proxy.requests.some((line) => line.endsWith("/ws"))) await Bun.sleep(50);
	const streams = proxy.requests.filter((line) => !line.includes("wait=") && line.includes("/events")).length;
	while (proxy.requests.filter((line) => !line.includes("wait=") && line.includes("/events")).length === streams) await Bun.sleep(50);
	while (proxy.keptBack === 0) await Bun.sleep(50);
	await talk(person);
	// The stream is given up, and with it the look.
	while (proxy.keptBack > 0) await Bun.sleep(50);
	await talk(person);
	expect(travelled).toEqual(["long-poll"]);
	expect(states.map(({ phase }) => phase)).toEqual(["live"]);
});

test.concurrent("a WebSocket that is refused once, by a server that comes back in that moment, is not left for it", async () => {
	const { person, proxy, travelled, reaches } = travel({});
	await reaches("websocket");
	proxy.requests.length = 0;
	proxy.faults = { idleCutMs: 1, upgrade: "refused" };
	// The first attempt after the loss is refused; what follows meets a proxy and a server in good health.
	while (!proxy.requests.some((line) => line.endsWith("/ws"))) await Bun.sleep(1);
	proxy.faults = {};
	await reaches("websocket");
	await talk(person);
	expect(travelled).toEqual(["websocket"]);
});

test.concurrent("a server that is away and comes back is reached by WebSocket again, not by less", async () => {
	const { person, travelled, reaches, proxy } = travel({});
	await reaches("websocket");
	proxy.faults = { idleCutMs: 1 };
	await person.until(() => person.connection.state.phase === "waiting");
	proxy.faults = {};
	await reaches("websocket");
	await talk(person);
	expect(travelled.at(-1)).toBe("websocket");
});
