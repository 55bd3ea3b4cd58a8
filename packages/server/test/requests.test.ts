import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { handshake, RawSocket } from "./raw-socket.ts";
import { adminKey, startServer, type TestServer } from "./start-server.ts";

let server: TestServer;
beforeAll(async () => {
	server = await startServer({ HUBBUB_RATE_LIMIT: "off" });
	await ask("POST /rooms/lobby/messages", ["Content-Length: 16"], '{"text":"hello"}');
});
afterAll(() => server.stop());

/** A request whose first line goes out as it is written. */
async function ask(line: string, headers: readonly string[] = [], body = "") {
	const raw = await RawSocket.open(server.port);
	// The answer to a HEAD ends with its connection: what its head says of a body does not come.
	const ends = line.startsWith("HEAD ") ? ["Connection: close"] : [];
	raw.write(`${[`${line} HTTP/1.1`, "Host: 127.0.0.1", ...ends, ...headers].join("\r\n")}\r\n\r\n${body}`);
	const response = await raw.response();
	raw.destroy();
	return response;
}

describe("a path that is not written plainly", () => {
	test.each([
		["/rooms/../metrics"],
		["/./metrics"],
		["/metrics/."],
		["/metrics/.."],
		["/rooms/../metrics/"],
		["/x/.%2e/metrics"],
		["/rooms/%2e%2e/metrics"],
		["/rooms/%2E./metrics"],
		["/rooms/%252e%252e/metrics"],
		["/rooms/%25252e%25252e/metrics"],
		["/%2e/metrics"],
		["/rooms/..\\metrics"],
		["/rooms\\..\\metrics"],
		["/rooms/..%5cmetrics"],
		["/rooms/..%2fmetrics"],
		["//metrics"],
		["/rooms//../metrics"],
		["/a/b/c/d/e/f/g/h/i/j/k/l/m/n/../../../../../../../../../../../../../../metrics"],
		["/metr%69cs"],
		["/%6Detrics"],
		["/api/v1/%72ooms/lobby"],
		["/rooms/../api/v1/rooms/lobby"],
		["/lobby/../setup"],
		["/x/../rooms/lobby"],
		["/x/../rooms/lobby/"],
		["/x/../assets/room.js"],
		["http://127.0.0.1/rooms/../metrics"],
	])("[HTTP-2] %s leads nowhere, whatever a proxy in front made of it", async (path) => {
		const answer = await ask(`GET ${path}`, [`Authorization: Bearer ${adminKey}`]);
		expect([path, answer.status]).toEqual([path, 404]);
		const raw = await RawSocket.open(server.port);
		raw.write(handshake(path));
		expect([path, (await raw.response()).status]).toEqual([path, 404]);
		raw.destroy();
	});

	test.each([
		["/metrics"],
		["/metrics?path=/../x"],
		["/rooms/lobby"],
		["/rooms/lobby/"],
		["/rooms/lobby?x=%2e%2e"],
		["/assets/room.js"],
		["/rooms/lobby/messages?limit=5"],
		["http://127.0.0.1/metrics"],
	])("[HTTP-2] %s is where it says", async (path) => {
		expect((await ask(`GET ${path}`)).status).toBe(200);
	});
});

describe("methods", () => {
	const everywhere: [string, string][] = [
		["/", "GET, HEAD, OPTIONS"],
		["/rooms/lobby", "GET, HEAD, OPTIONS"],
		["/setup", "GET, HEAD, OPTIONS"],
		["/lab", "GET, HEAD, OPTIONS"],
		["/assets/room.js", "GET, HEAD, OPTIONS"],
		["/rooms/lobby/events", "GET, HEAD, OPTIONS"],
		["/rooms/lobby/messages", "GET, POST, HEAD, OPTIONS"],
		["/api/v1/rooms/lobby", "GET, PUT, PATCH, HEAD, OPTIONS"],
		["/api/v1/rooms/lobby/messages/m", "DELETE, OPTIONS"],
		["/frames", "POST, OPTIONS"],
		["/healthz", "GET, HEAD, OPTIONS"],
		["/readyz", "GET, HEAD, OPTIONS"],
		["/metrics", "GET, HEAD, OPTIONS"],
		["/openapi.json", "GET, HEAD, OPTIONS"],
		["/api/v1/setup", "GET, POST, HEAD, OPTIONS"],
	];

	for (const [path, allow] of everywhere)
		test(`[HTTP-3] ${path} answers a method it does not take with those it takes`, async () => {
			for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "SEARCH"].filter((one) => !allow.includes(one))) {
				const answer = await ask(`${method} ${path}`, ["Content-Length: 0"]);
				expect([method, answer.status, answer.headers.get("allow")]).toEqual([method, 405, allow]);
			}
			const options = await ask(`OPTIONS ${path}`);
			expect([options.status, options.body]).toEqual([204, ""]);
		});

	test.each([
		["/"],
		["/assets/room.js"],
		["/rooms/lobby/messages"],
		["/rooms/lobby/events"],
		["/rooms/lobby/events?wait=25"],
		["/healthz"],
		["/readyz"],
		["/openapi.json"],
	])("[HTTP-3] HEAD %s says what GET would, and no more", async (path) => {
		const [head, get] = [await ask(`HEAD ${path}`), await ask(`GET ${path.replace("25", "0")}`)];
		expect([head.status, head.body]).toEqual([200, ""]);
		for (const name of ["content-type", "etag", "content-length"])
			expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
	});

	test("[HTTP-3] [SSE-1] HEAD of an event stream makes nobody a viewer", async () => {
		const answer = await ask("HEAD /rooms/nobody/events", ["Accept: text/event-stream"]);
		expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
		expect((await ask("GET /metrics")).body).not.toContain('hubbub_connections{transport="event-stream"} 1');
	});
});

describe("what is asked for by Accept", () => {
	test.each<[string, string]>([
		["text/event-stream", "text/event-stream; charset=utf-8"],
		["text/event-stream;q=0", "application/json"],
		["text/event-stream;q=0.5, application/json;q=0.4", "text/event-stream; charset=utf-8"],
		["text/event-stream;q=0.4, application/json;q=0.5", "application/json"],
		["*/*", "application/json"],
		["image/png", "application/json"],
	])("[HTTP-4] %s is answered with %s", async (accept, type) => {
		const raw = await RawSocket.open(server.port);
		raw.write(`GET /rooms/lobby/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: ${accept}\r\n\r\n`);
		const answer = await raw.response();
		expect([answer.status, answer.headers.get("content-type")]).toEqual([200, type]);
		raw.destroy();
	});

	test("[HTTP-4] what is taken at a quality of 0 is not sent", async () => {
		for (let count = 0; count < 20; count++)
			await server.request("/rooms/long/messages", { method: "POST", body: JSON.stringify({ text: `${count} ${"字".repeat(100)}` }) });
		const coded = async (header: string) =>
			(await ask("GET /rooms/long/events", [`Accept-Encoding: ${header}`])).headers.get("content-encoding");
		expect([await coded("gzip"), await coded("gzip;q=0, br"), await coded("br, *;q=0.1"), await coded("identity")]).toEqual([
			"gzip",
			undefined,
			"gzip",
			undefined,
		]);
	});
});

describe("an opening handshake", () => {
	async function shake(headers: Record<string, string | null>, method = "GET") {
		const raw = await RawSocket.open(server.port);
		raw.write(handshake("/rooms/lobby", headers, method));
		const answer = await raw.response();
		raw.destroy();
		return answer;
	}

	test.each<[string, Record<string, string | null>, number]>([
		["with more than one thing to become", { Upgrade: "h2c, WebSocket" }, 101],
		["that keeps the connection alive as well", { Connection: "keep-alive, Upgrade" }, 101],
		["with its connection in small letters", { Connection: "upgrade" }, 101],
		["without a connection", { Connection: null }, 400],
		["whose connection is to be closed", { Connection: "close" }, 400],
		["whose connection speaks of something else", { Connection: "keep-alive, upgrades" }, 400],
		["with a short key", { "Sec-WebSocket-Key": "c2hvcnQ=" }, 400],
		["with a key that is no base64", { "Sec-WebSocket-Key": "!!!!!!!!!!!!!!!!!!!!!!==" }, 400],
		["without a key", { "Sec-WebSocket-Key": null }, 400],
		["with an empty host", { Host: "" }, 400],
	])("[WS-1] %s: %j is answered %p", async (_what, headers, status) => {
		const answer = await shake(headers);
		expect(answer.status).toBe(status);
		if (status !== 101) expect(JSON.parse(answer.body)).toMatchObject({ code: "bad_frame" });
	});

	test("[WS-1] of another version is told which there is", async () => {
		const answer = await shake({ "Sec-WebSocket-Version": "8" });
		expect([answer.status, answer.headers.get("sec-websocket-version")]).toEqual([426, "13"]);
	});

	test("[WS-1] by another method than GET is 405, with Allow", async () => {
		const answer = await shake({ "Content-Length": "0" }, "POST");
		expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, OPTIONS"]);
	});

	test("[WS-1] that offers to become something else alone is a request like any", async () => {
		const answer = await ask("GET /rooms/lobby", ["Connection: Upgrade", "Upgrade: h2c"]);
		expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
	});
});
