import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { handshake, RawSocket } from "./raw-socket.ts";
import { adminKey, spawnServer, startServer, type TestServer } from "./start-server.ts";

/** A request byte by byte. A header that is null is left out. */
async function ask(port: number, line: string, headers: Record<string, string | null> = {}, body = "") {
	const raw = await RawSocket.open(port);
	const all = { Host: "127.0.0.1", "Content-Length": body ? String(Buffer.byteLength(body)) : null, ...headers };
	// The answer to a HEAD ends with its connection: what its head says of a body does not come.
	if (line.startsWith("HEAD ")) Object.assign(all, { Connection: "close" });
	const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
	raw.write(`${[line, ...lines].join("\r\n")}\r\n\r\n${body}`);
	const response = await raw.response();
	raw.destroy();
	return response;
}

async function shake(port: number, headers: Record<string, string | null>) {
	const raw = await RawSocket.open(port);
	raw.write(handshake("/rooms/lobby", headers));
	const response = await raw.response();
	raw.destroy();
	return response;
}

/** How a page's socket, its requests and its streams are answered. */
async function statuses(port: number, headers: Record<string, string | null>): Promise<number[]> {
	const answers = [
		await shake(port, headers),
		await ask(port, "GET /rooms/lobby/events HTTP/1.1", headers),
		await ask(port, "POST /frames HTTP/1.1", headers, '{"type":"ping"}'),
		await ask(port, "GET /api/v1/rooms/lobby HTTP/1.1", { ...headers, Authorization: `Bearer ${adminKey}` }),
	];
	return answers.map(({ status }) => status);
}

const taken = [101, 200, 200, 200];
const refused = [403, 403, 403, 403];

describe("behind a proxy, a page's origin", () => {
	let server: TestServer;
	beforeAll(async () => {
		server = await startServer({
			HUBBUB_DATA: "memory",
			HUBBUB_TRUSTED_PROXIES: "loopback",
			HUBBUB_ALLOWED_ORIGINS: "https://Shop.example:443,capacitor://localhost,http://[2001:DB8::1]:8080",
		});
	});
	afterAll(() => server.stop());

	test.each<[string, Record<string, string>, number[]]>([
		["with the port in Host", { Host: "chat.example.com:443", Origin: "https://chat.example.com" }, taken],
		["with a port of its own", { Host: "chat.example.com:8443", Origin: "https://chat.example.com:8443" }, taken],
		["with the port that the proxy itself is reached by", { Host: "chat.example.com:80", Origin: "https://chat.example.com" }, taken],
		["in capitals", { Host: "Chat.Example.COM", Origin: "https://chat.example.com" }, taken],
		["with a dot at the end", { Host: "chat.example.com", Origin: "https://chat.example.com." }, taken],
		["at an IPv6 address", { Host: "[2001:DB8::2]:443", Origin: "https://[2001:db8::2]" }, taken],
		["on another port", { Host: "chat.example.com", Origin: "https://chat.example.com:8443" }, refused],
		["on another host", { Host: "chat.example.com", Origin: "https://chat.example.com.evil.example" }, refused],
		["that is none", { Host: "chat.example.com", Origin: "null" }, refused],
		["that is two", { Host: "chat.example.com", Origin: "https://chat.example.com https://evil.example" }, refused],
		["that was allowed, spelled otherwise", { Host: "chat.example.com", Origin: "https://shop.example" }, taken],
		["of an app", { Host: "chat.example.com", Origin: "capacitor://localhost" }, taken],
		["of an app that was not allowed", { Host: "chat.example.com", Origin: "tauri://localhost" }, refused],
		["of an IPv6 address that was allowed", { Host: "chat.example.com", Origin: "http://[2001:db8::1]:8080" }, taken],
		["of an allowed host on another port", { Host: "chat.example.com", Origin: "https://shop.example:8443" }, refused],
		["that the proxy names", { "X-Forwarded-Host": "chat.example.com", Origin: "https://chat.example.com" }, taken],
		["that the first of two proxies names", { "X-Forwarded-Host": "chat.example.com, inner", Origin: "https://chat.example.com" }, taken],
		["that the browser calls its own", { "Sec-Fetch-Site": "same-origin", Origin: "https://chat.example.com" }, taken],
		["that the browser calls a neighbour", { "Sec-Fetch-Site": "same-site", Origin: "https://evil.example.com" }, refused],
	])("[SEC-1] %s: %j", async (_what, headers, expected) => {
		expect(await statuses(server.port, headers)).toEqual(expected);
	});

	test("[SEC-1] pages and their files load whatever page they are asked by, and the refusal says what to set", async () => {
		const stranger = { Origin: "https://chat.example.com" };
		for (const path of ["/", "/rooms/lobby", "/assets/room.js"])
			expect([path, (await ask(server.port, `GET ${path} HTTP/1.1`, stranger)).status]).toEqual([path, 200]);
		const answer = await ask(server.port, "POST /frames HTTP/1.1", stranger, '{"type":"ping"}');
		const { code, detail } = JSON.parse(answer.body);
		expect(code).toBe("origin_not_allowed");
		for (const words of ["https://chat.example.com", "HUBBUB_ALLOWED_ORIGINS", "127.0.0.1", "Host"]) expect(detail).toContain(words);
	});

	test("[SEC-1] X-Forwarded-Host counts for nothing where no proxy is trusted, and the refusal says so", async () => {
		const direct = await startServer({ HUBBUB_DATA: "memory" });
		const headers = { "X-Forwarded-Host": "chat.example.com", Origin: "https://chat.example.com" };
		expect(await statuses(direct.port, headers)).toEqual(refused);
		expect((await ask(direct.port, "GET /rooms/lobby/events HTTP/1.1", headers)).body).toContain("HUBBUB_TRUSTED_PROXIES");
		await direct.stop();
	});
});

describe("a name that is bent to this machine", () => {
	const rebound = { Host: "evil.example:8080", Origin: "http://evil.example:8080" };

	test("[SEC-7] while this machine alone is listened to, requests to it are refused, whatever else they say, as a page or a problem", async () => {
		const server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_HOST: "127.0.0.1" });
		const said = { ...rebound, "Sec-Fetch-Site": "same-origin", "X-Forwarded-Host": "localhost", "X-Forwarded-For": "127.0.0.1" };
		expect(await statuses(server.port, said)).toEqual(refused);
		for (const path of [
			"/",
			"/metrics",
			"/healthz",
			"/readyz",
			"/openapi.json",
			"/lab",
			"/setup",
			"/assets/room.js",
			"/rooms/lobby/messages",
		]) {
			const answer = await ask(server.port, `GET ${path} HTTP/1.1`, { Host: "evil.example" });
			expect([path, answer.status, JSON.parse(answer.body).code]).toEqual([path, 403, "origin_not_allowed"]);
			for (const setting of ["HUBBUB_TRUSTED_PROXIES", "HUBBUB_ALLOWED_ORIGINS"]) expect(answer.body).toContain(setting);
		}
		const page = await ask(server.port, "GET / HTTP/1.1", { Host: "evil.example", Accept: "text/html,*/*;q=0.8" });
		expect([page.status, page.headers.get("content-type")]).toEqual([403, "text/html; charset=utf-8"]);
		for (const words of ["evil.example", "HUBBUB_TRUSTED_PROXIES", "HUBBUB_ALLOWED_ORIGINS"]) expect(page.body).toContain(words);
		expect(page.headers.get("content-security-policy")).toStartWith("default-src 'none'");
		await server.stop();
	});

	test("[SEC-7] this machine's own names are taken, however they are spelled", async () => {
		const server = await startServer({ HUBBUB_DATA: "memory" });
		for (const host of [
			"localhost",
			"LocalHost:8080",
			"localhost.",
			"chat.localhost",
			"127.0.0.1:8080",
			"127.5.5.5",
			"[::1]:8080",
			"[0:0:0:0:0:0:0:1]",
		])
			expect([host, (await ask(server.port, "GET /readyz HTTP/1.1", { Host: host })).status]).toEqual([host, 200]);
		for (const host of ["localhost.evil.example", "127.0.0.1.evil.example", "evillocalhost", "10.0.0.1", "128.0.0.1", "[::2]"])
			expect([host, (await ask(server.port, "GET /readyz HTTP/1.1", { Host: host })).status]).toEqual([host, 403]);
		await server.stop();
	});

	test.each<[string, Record<string, string>]>([
		["HUBBUB_ALLOWED_ORIGINS names it", { HUBBUB_ALLOWED_ORIGINS: "http://Evil.example:8080" }],
		["HUBBUB_ALLOWED_ORIGINS is any", { HUBBUB_ALLOWED_ORIGINS: "*" }],
		["a proxy is trusted", { HUBBUB_TRUSTED_PROXIES: "10.0.0.0/8" }],
		["the network is listened to", { HUBBUB_HOST: "0.0.0.0" }],
	])("[SEC-7] it is taken where %s", async (_what, variables) => {
		const server = await startServer({ HUBBUB_DATA: "memory", ...variables });
		expect(await statuses(server.port, rebound)).toEqual(taken);
		await server.stop();
	});

	test("[SEC-7] [OPS-4] each kind of refusal is one line of the log, and names the setting", async () => {
		const server = await spawnServer({ HUBBUB_DATA: "memory" });
		const port = Number(new URL(server.url).port);
		for (let count = 0; count < 3; count++) {
			await statuses(port, rebound);
			await statuses(port, { Origin: "https://chat.example.com" });
		}
		expect(await server.end("SIGTERM")).toBe(0);
		const lines = server
			.output()
			.split("\n")
			.flatMap((line) => (line.includes('"warn"') ? [JSON.parse(line)] : []));
		expect(lines).toMatchObject([{ host: "evil.example" }, { origin: "https://chat.example.com" }]);
		for (const { msg } of lines) expect(msg).toContain("HUBBUB_ALLOWED_ORIGINS");
	});
});

describe("a request that names no host", () => {
	let server: TestServer;
	beforeAll(async () => {
		server = await startServer({ HUBBUB_DATA: "memory" });
	});
	afterAll(() => server.stop());

	test.each<[string, number]>([
		["GET /readyz HTTP/1.0", 200],
		["GET /healthz HTTP/1.0", 200],
		["HEAD /readyz HTTP/1.0", 200],
		["GET /metrics HTTP/1.0", 200],
		["GET / HTTP/1.0", 200],
		["GET /rooms/lobby HTTP/1.0", 200],
		["GET /assets/room.js HTTP/1.0", 200],
		["GET /rooms/lobby/messages?limit=5 HTTP/1.0", 200],
		["GET /rooms/lobby/events HTTP/1.0", 200],
		["GET /openapi.json HTTP/1.0", 200],
		["GET /nothing HTTP/1.0", 404],
		["GET //evil.example/metrics HTTP/1.0", 404],
		["GET /rooms/Lobby HTTP/1.0", 404],
		["PUT /healthz HTTP/1.0", 405],
	])("[HTTP-1] %s is answered as any", async (line, status) => {
		expect((await ask(server.port, line, { Host: null })).status).toBe(status);
		expect((await ask(server.port, line.replace("1.0", "1.1"), { Host: "" })).status).toBe(status);
	});

	test("[HTTP-1] what is said by it is kept", async () => {
		const body = '{"text":"from an old program"}';
		const said = await ask(server.port, "POST /rooms/old/messages HTTP/1.0", { Host: null }, body);
		expect([said.status, JSON.parse(said.body).event.text]).toEqual([201, "from an old program"]);
		const page = { Host: null, Origin: "https://chat.example.com" };
		expect((await ask(server.port, "POST /rooms/old/messages HTTP/1.0", page, body)).status).toBe(403);
	});

	test("[HTTP-1] HTTP/1.1 must name one, and nobody may name two, or what is none", async () => {
		for (const head of [
			"",
			"Host: a\r\nHost: b\r\n",
			"Host: localhost\r\nHost: localhost\r\n",
			"Host: a, b\r\n",
			"Host: a b\r\n",
			"Host: a/b\r\n",
		]) {
			const raw = await RawSocket.open(server.port);
			raw.write(`GET /readyz HTTP/1.1\r\n${head}\r\n`);
			expect([head, (await raw.response()).status]).toEqual([head, 400]);
			raw.destroy();
		}
	});
});
