import { afterAll, expect, test } from "bun:test";
import { freePort } from "../../server/bench/machine/port.ts";
import { startNginx } from "../../server/test/documented-proxies.ts";
import { makeFolder, startServer, type TestServer } from "../../server/test/start-server.ts";
import type { ConnectionState } from "../src/dialer.ts";
import type { TransportName } from "../src/transport.ts";
import { enter, inside } from "./person.ts";
import { FaultyProxy } from "./proxy.ts";

// A real server that goes and comes back on its port, with people in it who are left to themselves.

/** As long as a server takes that is started anew with its machine's services. */
const awayMs = 8_000;

const ends: (() => unknown)[] = [];
afterAll(async () => {
	for (const end of ends.reverse()) await end();
});

for (const [where, open] of Object.entries({
	directly: async (server: TestServer) => server.http,
	"behind nginx": async (server: TestServer) => {
		const proxy = await startNginx(server.port, { tls: "off" });
		ends.push(() => proxy.stop());
		return proxy.http;
	},
	"by event stream, where no WebSocket gets through": async (server: TestServer) => {
		const proxy = new FaultyProxy(server.http, { upgrade: "refused" });
		ends.push(() => proxy.stop());
		return proxy.url;
	},
}))
	test.concurrent(`[LOG-9] after a restart everybody is back on the way they were on, with all that was said: ${where}`, async () => {
		const data = makeFolder();
		ends.push(data.remove);
		const settings = { HUBBUB_PORT: String(freePort()), HUBBUB_DATA: data.path, HUBBUB_RATE_LIMIT: "off" };
		const first = await startServer(settings);
		const url = await open(first);
		const people = ["Ming", "Hong", "Li"].map((name) => enter(url, "restart", { name }));
		ends.push(() => people.map(({ connection }) => connection.close()));
		const [ming, ...others] = people as [(typeof people)[0], ...typeof people];
		const ways = people.map(({ connection }) => {
			const seen: TransportName[] = [];
			connection.on("transport", (name) => seen.push(name));
			return seen;
		});
		await Promise.all(people.map(inside));
		await ming.room.say("before");
		await Promise.all(people.map((person) => person.until(() => person.messages.length === 1)));
		const wanted = (ming.connection.state as Extract<ConnectionState, { phase: "live" }>).transport;

		await first.stop();
		await Promise.all(people.map((person) => person.until(() => person.connection.state.phase === "waiting")));
		const said = ming.room.say("while it is away");
		await Bun.sleep(awayMs);
		const second = await startServer(settings);
		ends.push(() => second.stop());
		await said;
		await others[0]?.room.say("after");
		await Promise.all(people.map((person) => person.until(() => person.messages.length === 3)));
		for (const person of people) {
			expect(person.messages.map(({ text }) => text)).toEqual(["before", "while it is away", "after"]);
			expect(person.connection.state).toEqual({ phase: "live", transport: wanted });
		}
		// Told once, and never again: nobody was on anything else in between.
		for (const seen of ways) expect(seen).toEqual([wanted]);
	});
