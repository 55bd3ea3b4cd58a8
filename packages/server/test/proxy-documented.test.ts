import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { request as requestPlainly } from "node:http";
import { request as requestOverTls } from "node:https";
import { join } from "node:path";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { documented } from "../bench/pollers/nginx.ts";
import { serverLimits } from "../src/runtime/limits.ts";
import { connect, shown } from "./client.ts";
import { startApache, startCaddy, startHaproxy, startNginx, startVarnish } from "./documented-proxies.ts";
import { makeCertificate, type RunningProxy } from "./proxy.ts";
import { makeFolder, startServer, type TestServer } from "./start-server.ts";
import { ways } from "./ways/house.ts";
import type { House } from "./ways/way.ts";

interface Answer {
	readonly status: number;
	readonly body: string;
}

/** A request from one of this machine's addresses: what a proxy takes for the viewer's. */
function ask(
	proxy: RunningProxy,
	path: string,
	options: { from?: string; method?: string; headers?: Record<string, string>; body?: string },
): Promise<Answer> {
	const { from = "127.0.0.1", method = "GET", body } = options;
	// Caddy goes by the name that it is asked for.
	const headers = { host: new URL(proxy.http).host, ...options.headers };
	return new Promise((resolve, reject) => {
		const request = proxy.http.startsWith("https:") ? requestOverTls : requestPlainly;
		const asked = request(
			{ host: "127.0.0.1", servername: "localhost", port: proxy.port, path, method, headers, ca: proxy.tls.ca, localAddress: from },
			(response) => {
				let text = "";
				response.on("data", (chunk) => {
					text += chunk;
				});
				response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
			},
		);
		asked.on("error", reject);
		asked.end(body);
	});
}

const proxies = { nginx: startNginx, HAProxy: startHaproxy, Caddy: startCaddy, Apache: startApache, Varnish: startVarnish } as const;

for (const [name, start] of Object.entries(proxies))
	describe(`behind ${name} as documented`, () => {
		let server: TestServer;
		let proxy: RunningProxy;
		let house: House;
		beforeAll(async () => {
			// A proxy has to know where Hubbub is before it says where it is itself; all of them are on this machine.
			server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_TRUSTED_PROXIES: "127.0.0.1/32,127.0.0.2/32", HUBBUB_RATE_LIMIT: "off" });
			proxy = await start(server.port);
			house = proxy;
		});
		afterAll(async () => {
			await proxy.stop();
			await server.stop();
		});

		for (const way of ways)
			test.concurrent(`people talk by ${way.name} over TLS, and each message is there while the connection goes on`, async () => {
				const room = `talk-${way.name}`;
				const entered = await Promise.all([
					way.enter(house, { room, name: `Ming ${room}` }),
					way.enter(house, { room, name: `Hong ${room}` }),
				]);
				const [ming, hong] = entered.map((one) => {
					if (!one.ok) throw new Error(one.code);
					return one.visitor;
				});
				for (let count = 0; count < 2; count++) {
					expect(await ming?.say(`ming ${count}`)).toMatchObject({ ok: true });
					await hong?.until(() => hong.told.texts().includes(`ming ${count}`));
					expect(await hong?.say(`hong ${count}`)).toMatchObject({ ok: true });
					await ming?.until(() => ming.told.texts().includes(`hong ${count}`));
				}
				await hong?.until(() => hong.told.events.length === 4);
				expect(ming?.told.texts()).toEqual(["ming 0", "hong 0", "ming 1", "hong 1"]);
				expect(hong?.told.events).toEqual(ming?.told.events ?? []);
				await Promise.all([ming?.leave(), hong?.leave()]);
			});

		test("[WS-2] the subprotocol that was agreed on comes through, and so does a refusal", async () => {
			const socket = new WebSocket(`${proxy.ws}/`, { protocols: ["mqtt", "hubbub.text"], tls: proxy.tls } as unknown as string[]);
			await new Promise((resolve) => {
				socket.onopen = resolve;
			});
			expect(socket.protocol).toBe("hubbub.text");
			socket.close();
			const headers = {
				connection: "Upgrade",
				upgrade: "websocket",
				"sec-websocket-version": "13",
				"sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
			};
			const refused = await ask(proxy, "/ws", { headers: { ...headers, "sec-websocket-protocol": "mqtt" } });
			expect(refused.status).toBe(400);
			expect(JSON.parse(refused.body)).toMatchObject({ code: "unsupported_subprotocol" });
		});

		test("[WS-5] the server's last word and its close code come through", async () => {
			const client = await connect(`${proxy.ws}/ws`, { token: "no such token" }, { tls: proxy.tls });
			expect(await client.closed).toMatchObject({ code: 4001, reason: "unauthorized" });
			expect(await client.next("bye")).toMatchObject({ code: "unauthorized" });
		});

		test("[SEC-6] the viewer's address is the one the proxy saw, whatever the viewer claims", async () => {
			const guest = async (from: string, claimed?: string) => {
				const headers: Record<string, string> = claimed === undefined ? {} : { "x-forwarded-for": claimed };
				const { body } = await ask(proxy, "/rooms/addresses/messages", { from, method: "POST", headers, body: '{"text":"who am I"}' });
				return (JSON.parse(body) as { event: { from: { id: string } } }).event.from.id;
			};
			const one = await guest("127.0.0.5");
			expect(await guest("127.0.0.6")).not.toBe(one);
			for (const claimed of ["127.0.0.6", "203.0.113.9, 127.0.0.6", proxy.address, `127.0.0.6, ${proxy.address}`, "unknown", ","])
				expect([claimed, await guest("127.0.0.5", claimed)]).toEqual([claimed, one]);
		});

		test("[SEC-1] a page of the address the browser sees may connect, another site's may not", async () => {
			const own = proxy.http;
			const { host } = new URL(own);
			expect(await ask(proxy, "/rooms/lobby/events", { headers: { host, origin: own } })).toMatchObject({ status: 200 });
			for (const origin of ["https://evil.example", `https://localhost:${server.port}`, "null"])
				expect([origin, await ask(proxy, "/rooms/lobby/events", { headers: { host, origin } })]).toMatchObject([origin, { status: 403 }]);
			const page = await connect(`${proxy.ws}/ws`, { rooms: [{ room: "lobby" }] }, { tls: proxy.tls, headers: { origin: own } });
			await page.next("joined");
			await page.close();
			const stranger = await connect(`${proxy.ws}/ws`, {}, { tls: proxy.tls, headers: { origin: "https://evil.example" } });
			expect(stranger.frames).toEqual([]);
		});

		test("metrics are nobody's business outside", async () => {
			expect((await ask(proxy, "/metrics", {})).status).toBe(403);
			expect((await ask(proxy, "/healthz", {})).status).toBe(200);
		});

		if (name !== "Varnish")
			test("[SSE-3] an event stream over HTTP/2 is not held back either", async () => {
				const curl = [
					"curl",
					"-sNi",
					"--http2",
					"--cacert",
					"/dev/stdin",
					"-H",
					"Accept: text/event-stream",
					`${proxy.http}/rooms/h2/events`,
				];
				const child = Bun.spawn(curl, { stdin: new Blob([proxy.tls.ca]), stdout: "pipe", stderr: "ignore" });
				const reader = (child.stdout as ReadableStream<Uint8Array>).getReader();
				let text = "";
				const readUntil = async (words: string) => {
					while (!text.includes(words)) text += new TextDecoder().decode((await reader.read()).value);
				};
				await readUntil("HTTP/2 200");
				await readUntil('"type":"joined"');
				await ask(proxy, "/rooms/h2/messages", { method: "POST", body: '{"text":"over HTTP/2"}' });
				await readUntil("over HTTP/2");
				child.kill();
				await child.exited;
			});
	});

describe("the documented time-outs", () => {
	test("[WS-6] are at least twice as long as a connection is quiet and a poll is held", () => {
		const quietSeconds = Math.max(limits.heartbeatMs, serverLimits.pollWaitMsMax) / 1_000;
		const named = ["nginx.conf", "haproxy.cfg"].flatMap((file) => [
			...readFileSync(join(documented, file), "utf8").matchAll(
				/^\s*(proxy_read_timeout|proxy_send_timeout|timeout (?:client|server|tunnel)) +(\d+)s/gm,
			),
		]);
		expect(named).toHaveLength(5);
		for (const [line, , seconds] of named) expect([line, Number(seconds) >= 2 * quietSeconds]).toEqual([line, true]);
	});
});

describe("TLS in process", () => {
	test("[WS-9] people talk by every way over https and wss, without a proxy", async () => {
		const folder = makeFolder();
		const certificate = makeCertificate(folder.path);
		const server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_TLS_CERT: certificate.certFile, HUBBUB_TLS_KEY: certificate.keyFile });
		try {
			const house = { http: server.http, ws: server.ws, tls: { ca: certificate.pem } };
			expect(house.http).toStartWith("https://127.0.0.1:");
			for (const way of ways) {
				const entered = await way.enter(house, { room: way.name });
				if (!entered.ok) throw new Error(entered.code);
				await entered.visitor.say("in private");
				await entered.visitor.until(() => entered.visitor.told.texts().includes("in private"));
				await entered.visitor.leave();
			}
			await expect(fetch(`${server.http}/healthz`)).rejects.toThrow();
		} finally {
			await server.stop();
			folder.remove();
		}
	});
});

test("a viewer behind a proxy reads what another reads without it", async () => {
	const server = await startServer({ HUBBUB_DATA: "memory" });
	const proxy = await startNginx(server.port);
	try {
		const behind = await connect(`${proxy.ws}/ws`, { rooms: [{ room: "lobby" }] }, { tls: proxy.tls });
		const beside = await connect(`${server.ws}/ws`, { rooms: [{ room: "lobby" }] });
		await behind.say("from behind");
		await beside.say("from beside");
		await behind.next("batch", ({ events }) => events.some((event) => event.kind === "message" && event.text === "from beside"));
		expect(shown(behind)).toEqual(["from behind", "from beside"]);
		await behind.close();
		await beside.close();
	} finally {
		await proxy.stop();
		await server.stop();
	}
});
