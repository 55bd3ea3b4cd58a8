import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { until } from "./client.ts";
import { handshake, RawSocket } from "./raw-socket.ts";
import { startServer, type TestServer } from "./start-server.ts";

let server: TestServer;
let closedHouse: TestServer;
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_ALLOWED_ORIGINS: "https://shop.example" });
	closedHouse = await startServer({ HUBBUB_DATA: "memory", HUBBUB_AUTO_CREATE_ROOMS: "off" });
});
afterAll(() => Promise.all([server.stop(), closedHouse.stop()]));

async function open(request: string, port = server.port) {
	const raw = await RawSocket.open(port);
	raw.write(request);
	const response = await raw.response();
	raw.destroy();
	return response;
}

describe("the subprotocol", () => {
	test.each<[string, string | null, number, string | undefined]>([
		["/", null, 101, undefined],
		["/", "hubbub.text", 101, "hubbub.text"],
		["/", "hubbub.v1", 101, "hubbub.v1"],
		["/", "hubbub.v1, hubbub.text", 101, "hubbub.v1"],
		["/", "hubbub.text,hubbub.v1", 101, "hubbub.text"],
		["/", "mqtt, hubbub.v1", 101, "hubbub.v1"],
		["/", "hubbub.v9 , hubbub.text ,", 101, "hubbub.text"],
		["/", "mqtt", 400, "unsupported_subprotocol"],
		["/", "HUBBUB.V1", 400, "unsupported_subprotocol"],
		["/", "hubbub.v1.5", 400, "unsupported_subprotocol"],
		["/rooms/lobby", "hubbub.v1", 101, "hubbub.v1"],
		["/rooms/lobby/", null, 101, undefined],
		["/ws", "hubbub.v1", 101, "hubbub.v1"],
		["/ws", null, 400, "unsupported_subprotocol"],
		["/ws", "hubbub.text", 400, "unsupported_subprotocol"],
	])("[WS-2] at %s, offered %p: %p %p", async (path, offered, status, named) => {
		const answer = await open(handshake(path, { "Sec-WebSocket-Protocol": offered }));
		expect(answer.status).toBe(status);
		if (status === 101) expect(answer.headers.get("sec-websocket-protocol")).toBe(named as string);
		else expect(JSON.parse(answer.body)).toMatchObject({ status, code: named });
	});

	test("[WS-1] the key is answered as RFC 6455 says, and no extension is agreed to", async () => {
		const answer = await open(handshake("/", { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" }));
		expect(answer.headers.get("sec-websocket-accept")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
		expect(answer.headers.has("sec-websocket-extensions")).toBe(false);
	});
});

describe("a handshake that cannot be", () => {
	test.each<[string, string, Record<string, string | null>, number, string]>([
		["of an address without a WebSocket", "/api/v1/rooms/lobby", {}, 404, "not_found"],
		["of a room's archive", "/rooms/lobby/messages", {}, 404, "not_found"],
		["of a room id that cannot be", "/rooms/Lobby", {}, 404, "room_not_found"],
		["of a path instead of a room", "/rooms/..%2f..%2fetc", {}, 404, "room_not_found"],
		["from another site", "/", { Origin: "https://evil.example" }, 403, "origin_not_allowed"],
		["from a page without an origin", "/", { Origin: "null" }, 403, "origin_not_allowed"],
		["from a site that looks like an allowed one", "/", { Origin: "https://shop.example.evil.example" }, 403, "origin_not_allowed"],
	])("[WS-1] %s is refused with the reason as problem+json", async (_what, path, headers, status, code) => {
		const answer = await open(handshake(path, headers));
		expect(answer.status).toBe(status);
		expect(answer.headers.get("content-type")).toBe("application/problem+json");
		expect(JSON.parse(answer.body)).toMatchObject({ status, code });
	});

	test.each<[string, Record<string, string | null>]>([
		["/api/v1/rooms/lobby", {}],
		["/ws", { "Sec-WebSocket-Protocol": "mqtt" }],
		["/", { Origin: "https://evil.example" }],
		["/rooms/Lobby", {}],
		["/healthz", { Upgrade: "h2c" }],
	])("[WS-1] of %s ends its connection: what follows it unread by a proxy is not answered", async (path, headers) => {
		const raw = await RawSocket.open(server.port);
		raw.write(handshake(path, headers));
		expect((await raw.response()).headers.get("connection")).toBe("close");
		raw.write("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
		await raw.ended();
		expect(await raw.next()).toBeNull();
	});

	test.each([["http://127.0.0.1"], ["https://127.0.0.1"], ["https://shop.example"]])(
		"[SEC-1] the origin %s may connect",
		async (origin) => {
			expect((await open(handshake("/", { Origin: origin }))).status).toBe(101);
		},
	);

	test("[ROOM-2] of a room that is not there, where rooms are not made by joining, is 404", async () => {
		const answer = await open(handshake("/rooms/nowhere"), closedHouse.port);
		expect([answer.status, JSON.parse(answer.body).code]).toEqual([404, "room_not_found"]);
	});

	test.each<[string, string]>([
		["without a key", handshake("/", { "Sec-WebSocket-Key": null })],
		["with an empty key", handshake("/", { "Sec-WebSocket-Key": "" })],
		["of another version", handshake("/", { "Sec-WebSocket-Version": "8" })],
		["by POST", handshake("/", { "Content-Length": "0" }, "POST")],
		["of nonsense", "\x00\x01\x02\x03\r\n\r\n"],
		["in half a line", "GET / HT"],
		["without a host", handshake("/", { Host: null })],
		["with a host that is none", handshake("/", { Host: "a b<c>:99999" })],
		["with a key of 10,000 signs", handshake("/", { "Sec-WebSocket-Key": "A".repeat(10_000) })],
		["with 100 kB of headers", handshake("/", { "X-Long": "A".repeat(100_000) })],
		["with 5,000 headers", handshake("/", Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`X-${index}`, "a"])))],
		["with a thousand offers", handshake("/", { "Sec-WebSocket-Protocol": Array(1_000).fill("x").join(",") })],
		["with a percent sign that encodes nothing", handshake("/rooms/%zz%")],
	])("[WS-1] [SEC-2] %s harms nobody", async (_what, request) => {
		const raw = await RawSocket.open(server.port);
		raw.write(request);
		raw.endSending();
		await raw.ended();
		raw.destroy();
		expect((await server.request("/healthz")).status).toBe(200);
		expect((await open(handshake("/"))).status).toBe(101);
	});
});

describe("how many may come from one address", () => {
	test("[SEC-4] one more than the limit is 429 until one has left; this machine's own, and other addresses, are let in", async () => {
		const crowded = await startServer({ HUBBUB_DATA: "memory", HUBBUB_MAX_CONNECTIONS_PER_IP: "2", HUBBUB_TRUSTED_PROXIES: "loopback" });
		const from = async (address: string | null) => {
			const raw = await RawSocket.open(crowded.port);
			raw.write(handshake("/", { "X-Forwarded-For": address }));
			return { raw, ...(await raw.response()) };
		};
		const first = await from("203.0.113.5");
		const others = [await from("203.0.113.5"), await from("203.0.113.6"), await from(null), await from(null), await from(null)];
		expect([first, ...others].map(({ status }) => status)).toEqual([101, 101, 101, 101, 101, 101]);
		const refused = await from("203.0.113.5");
		expect([refused.status, JSON.parse(refused.body).code]).toEqual([429, "too_many_connections"]);
		expect(refused.headers.get("retry-after")).toBe("10");
		first.raw.destroy();
		await until(async () => {
			const again = await from("203.0.113.5");
			others.push(again);
			return again.status === 101;
		});
		for (const { raw } of [...others, refused]) raw.destroy();
		await crowded.stop();
	});

	test("[SEC-4] an address that only its sender claims counts for nothing", async () => {
		const plain = await startServer({ HUBBUB_DATA: "memory", HUBBUB_MAX_CONNECTIONS_PER_IP: "1" });
		const opened = await Promise.all(
			Array.from({ length: 3 }, async () => {
				const raw = await RawSocket.open(plain.port);
				raw.write(handshake("/", { "X-Forwarded-For": "203.0.113.5" }));
				return { raw, ...(await raw.response()) };
			}),
		);
		expect(opened.map(({ status }) => status)).toEqual([101, 101, 101]);
		for (const { raw } of opened) raw.destroy();
		await plain.stop();
	});
});
