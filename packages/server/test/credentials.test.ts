import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "./client.ts";
import { handshake, opcode, RawSocket } from "./raw-socket.ts";
import { adminKey, startServer, type TestServer } from "./start-server.ts";

let server: TestServer;
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_TRUSTED_PROXIES: "loopback" });
});
afterAll(() => server.stop());

/** An HTTP request byte by byte, so that headers go out as they are written. */
async function ask(method: string, path: string, headers: readonly string[], body = "") {
	const raw = await RawSocket.open(server.port);
	const head = [
		`${method} ${path} HTTP/1.1`,
		"Host: 127.0.0.1",
		`Content-Length: ${Buffer.byteLength(body)}`,
		"Connection: close",
		...headers,
	];
	raw.write(`${head.join("\r\n")}\r\n\r\n${body}`);
	const response = await raw.response();
	raw.destroy();
	return response;
}

const malformed = [
	"Token abc",
	"Basic dXNlcjpwYXNzd29yZA==",
	"Bearer",
	"Bearer ",
	"Bearer  ",
	"Bearerabc",
	"Bearer two tokens",
	`Bearer ${adminKey}, Bearer ${adminKey}`,
	`${adminKey}`,
	"",
	"Digest username=x",
	"Bearer t\u00f6ken",
];

const requests: [string, string, string][] = [
	["GET", "/rooms/lobby/messages", ""],
	["POST", "/rooms/lobby/messages", '{"text":"x"}'],
	["GET", "/rooms/lobby/events", ""],
	["GET", "/rooms/lobby/events?wait=20", ""],
	["GET", "/api/v1/rooms/lobby", ""],
	["PUT", "/api/v1/rooms/lobby", "{}"],
	["DELETE", "/api/v1/rooms/lobby/messages/m", ""],
	["POST", "/frames", '{"type":"hello"}'],
	["POST", "/frames", `{"type":"hello","token":"${adminKey}"}`],
	["POST", "/frames", '{"type":"say","room":"lobby","key":"k","text":"x"}'],
	["POST", "/frames", '{"type":"like","room":"lobby","count":1}'],
];

describe("an Authorization header that is no Bearer and token", () => {
	for (const [method, path, body] of requests)
		test(`[AUTH-6] makes ${method} ${path} ${body} 401, and nobody a guest`, async () => {
			for (const value of malformed) {
				const answer = await ask(method, path, [`Authorization: ${value}`], body);
				expect([value, answer.status]).toEqual([value, 401]);
				expect(answer.headers.get("www-authenticate")).toBe("Bearer");
				expect(JSON.parse(answer.body)).toMatchObject({ code: "unauthorized" });
				expect(answer.body).not.toContain(adminKey);
			}
		});

	test("[AUTH-6] refuses the opening handshake, for programs and for people", async () => {
		for (const value of malformed)
			for (const [path, protocol] of [
				["/", null],
				["/ws", "hubbub.v1"],
			] as const) {
				const raw = await RawSocket.open(server.port);
				raw.write(handshake(path, { Authorization: value, "Sec-WebSocket-Protocol": protocol }));
				expect([value, (await raw.response()).status]).toEqual([value, 401]);
				raw.destroy();
			}
	});

	test("[AUTH-6] concerns nothing that asks for nobody: pages, files and health", async () => {
		for (const path of ["/", "/rooms/lobby", "/assets/room.js", "/healthz", "/readyz", "/openapi.json"])
			expect([path, (await ask("GET", path, ["Authorization: Basic dXNlcjpwYXNzd29yZA=="])).status]).toEqual([path, 200]);
	});
});

describe("the token of a handshake", () => {
	test("[AUTH-1] signs in whoever says hello without one, and whoever speaks lines of text", async () => {
		const headers = { authorization: `Bearer ${adminKey}` };
		const program = await connect(`${server.ws}/rooms/lobby`, { token: "" }, { headers });
		expect((await program.next("welcome")).user).toMatchObject({ id: "operator", roles: ["owner"] });
		await program.close();
		const raw = await RawSocket.open(server.port);
		raw.write(handshake("/rooms/lines", { Authorization: `bearer ${adminKey}` }));
		expect((await raw.response()).status).toBe(101);
		raw.frame(opcode.text, "I run this place.");
		let lines = "";
		while (!lines.includes("operator: I run this place.")) lines += (await raw.next())?.payload.toString();
		raw.destroy();
	});
});

describe("every form of no token", () => {
	const guestsPerMinute = 200;
	/** From an address that this machine's proxy hands on. */
	const from = (address: string) => ({ "x-forwarded-for": address });

	test.each<[string, object]>([
		["left out", {}],
		["empty", { token: "" }],
	])("[RATE-6] over plain HTTP: a hello whose token is %s counts for its address", async (what, hello) => {
		const headers = from(what === "empty" ? "203.0.113.40" : "203.0.113.41");
		const greet = async () => {
			const response = await server.request("/frames", { method: "POST", headers, body: JSON.stringify({ type: "hello", ...hello }) });
			await response.body?.cancel();
			return response.status;
		};
		const statuses: number[] = [];
		while (!statuses.includes(429)) statuses.push(...(await Promise.all(Array.from({ length: 50 }, greet))));
		expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(guestsPerMinute);
	});

	test("[RATE-6] over WebSocket: a hello whose token is empty counts for its address", async () => {
		const headers = from("203.0.113.42");
		const ends: (string | undefined)[] = [];
		const greet = async () => {
			const client = await connect(`${server.ws}/ws`, { token: "" }, { headers });
			const [first] = client.frames;
			ends.push(first?.type === "bye" ? first.code : first?.type);
			await client.close();
		};
		while (!ends.includes("overloaded")) await Promise.all(Array.from({ length: 50 }, greet));
		expect(ends.filter((end) => end === "welcome").length).toBeGreaterThanOrEqual(guestsPerMinute);
	});
});
