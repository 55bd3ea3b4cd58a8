import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect, shown, until } from "./client.ts";
import { RawSocket } from "./raw-socket.ts";
import { adminKey, startServer, type TestServer } from "./start-server.ts";

let server: TestServer;
let closedHouse: TestServer;
beforeAll(async () => {
	server = await startServer({ HUBBUB_RATE_LIMIT: "off" });
	closedHouse = await startServer({ HUBBUB_DATA: "memory", HUBBUB_AUTO_CREATE_ROOMS: "off" });
});
afterAll(() => Promise.all([server.stop(), closedHouse.stop()]));

const operator = { authorization: `Bearer ${adminKey}` };

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
	const text = typeof body === "string" ? body : JSON.stringify(body);
	return server.request(path, { method: "POST", body: text, headers: { "content-type": "application/json", ...headers } });
}

async function expectProblem(response: Response, status: number, code: string): Promise<void> {
	expect([response.status, response.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
	expect(await response.json()).toMatchObject({ type: `urn:hubbub:problem:${code}`, status, code, title: expect.any(String) });
}

describe("errors over HTTP", () => {
	test.each([
		["GET", "/nothing", 404, "not_found"],
		["GET", "/../../etc/passwd", 404, "not_found"],
		["GET", "/assets/../../../package.json", 404, "not_found"],
		["GET", "/assets/%2e%2e%2f%2e%2e%2fpackage.json", 404, "not_found"],
		["GET", "/rooms/..%2f..%2fetc", 404, "room_not_found"],
		["GET", "/rooms/..%2f..%2fetc/messages", 404, "room_not_found"],
		["GET", "/rooms/Lobby", 404, "room_not_found"],
		["GET", "/rooms/%zz", 404, "room_not_found"],
		["GET", "/rooms/%zz/messages", 404, "room_not_found"],
		["GET", `/rooms/${"a".repeat(65)}`, 404, "room_not_found"],
		["GET", "/rooms/lobby/nothing", 404, "not_found"],
		["GET", "/api/v1/nothing", 404, "not_found"],
		["GET", "/api/v1/rooms/Lobby", 404, "room_not_found"],
		["GET", "/ws", 404, "not_found"],
		["POST", "/", 405, "method_not_allowed"],
		["DELETE", "/rooms/lobby", 405, "method_not_allowed"],
		["PUT", "/setup", 405, "method_not_allowed"],
		["POST", "/assets/room.js", 405, "method_not_allowed"],
		["PUT", "/rooms/lobby/messages", 405, "method_not_allowed"],
		["DELETE", "/api/v1/rooms/lobby", 405, "method_not_allowed"],
		["DELETE", "/api/v1/setup", 405, "method_not_allowed"],
		["POST", "/healthz", 405, "method_not_allowed"],
		["GET", "/frames", 405, "method_not_allowed"],
	])("[CODE-2] %s %s is %p %s, as problem+json", async (method, path, status, code) => {
		const raw = await RawSocket.open(server.port);
		raw.write(`${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
		const response = await raw.response();
		expect([response.status, response.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
		expect(JSON.parse(response.body)).toMatchObject({ status, code });
		raw.destroy();
	});

	test("[ROOM-2] a room that is not there is 404 where rooms are not made by joining, until the operator makes it", async () => {
		const messages = () => closedHouse.request("/rooms/show/messages");
		await expectProblem(await messages(), 404, "room_not_found");
		await expectProblem(await closedHouse.request("/rooms/show"), 404, "room_not_found");
		const put = (headers: Record<string, string>) =>
			closedHouse.request("/api/v1/rooms/show", { method: "PUT", body: "{}", headers: { "content-type": "application/json", ...headers } });
		await expectProblem(await put({}), 404, "room_not_found");
		expect((await put(operator)).status).toBe(200);
		expect((await messages()).status).toBe(200);
		expect((await closedHouse.request("/rooms/show")).status).toBe(200);
	});

	test.each([
		["that is not JSON", "hello"],
		["that is empty", ""],
		["that is null", "null"],
		["without a text", "{}"],
		["with a text that is a number", '{"text":5}'],
		["with a key that is too long", `{"text":"x","key":"${"k".repeat(65)}"}`],
		["with more values than any needs", `{"text":"x",${Array.from({ length: 2_000 }, (_, index) => `"k${index}":1`).join(",")}}`],
		["nested 5,000 deep", `{"text":${"[".repeat(5_000)}${"]".repeat(5_000)}}`],
	])("[UP-2] a body %s is refused", async (_what, body) => {
		await expectProblem(await post("/rooms/lobby/messages", body), 400, "bad_frame");
	});

	test.each([["before=nonsense"], ["before=../x"], ["limit=0"], ["limit=201"], ["limit=-1"], ["limit=1e2"], ["limit=ten"]])(
		"[LOG-5] a page asked for with %s is refused",
		async (query) => {
			await expectProblem(await server.request(`/rooms/lobby/messages?${query}`), 400, "bad_frame");
		},
	);

	test("a body that is too large is refused, whether its length is said or not", async () => {
		const body = JSON.stringify({ text: "x".repeat(200_000) });
		await expectProblem(await post("/rooms/lobby/messages", body), 413, "frame_too_large");
		const chunks = new ReadableStream({
			start(controller) {
				controller.enqueue(new TextEncoder().encode(body));
				controller.close();
			},
		});
		const streamed = await server.request("/rooms/lobby/messages", { method: "POST", body: chunks });
		await expectProblem(streamed, 413, "frame_too_large");
	});

	test("[DOWN-5] a time to wait is in the header too", async () => {
		const limited = await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "1/600s" });
		const say = () => limited.request("/rooms/lobby/messages", { method: "POST", body: '{"text":"x"}' });
		expect((await say()).status).toBe(201);
		const refused = await say();
		expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(590);
		await expectProblem(refused, 429, "rate_limited");
		await limited.stop();
	});
});

describe("saying and reading over HTTP", () => {
	test("[SAY-3] the same key is one message, over HTTP and over WebSocket alike", async () => {
		const client = await connect(`${server.ws}/rooms/keys`, { token: adminKey });
		const first = await post("/rooms/keys/messages", { text: "one", key: "k" }, operator);
		expect(first.status).toBe(201);
		const said = await first.json();
		expect(said).toMatchObject({ fate: "shown", event: { text: "one", offset: 1 } });
		expect(await (await post("/rooms/keys/messages", { text: "one", key: "k" }, operator)).json()).toEqual(said);
		expect(await client.say("one", { room: "keys", key: "k" })).toMatchObject({ type: "ack", id: said.id, cursor: said.cursor });
		const over = await client.say("four", { room: "keys", key: "k2" });
		expect(await (await post("/api/v1/rooms/keys/messages", { text: "four", key: "k2" }, operator)).json()).toMatchObject({
			id: over.type === "ack" && over.id,
		});
		await until(() => shown(client, "keys").length === 2);
		expect(shown(client, "keys")).toEqual(["one", "four"]);
		await client.close();
	});

	test("[SAY-3] the same key with another text is a conflict, over HTTP and over WebSocket alike", async () => {
		const client = await connect(`${server.ws}/rooms/conflicts`, { token: adminKey });
		expect((await post("/rooms/conflicts/messages", { text: "one", key: "k" }, operator)).status).toBe(201);
		await expectProblem(await post("/rooms/conflicts/messages", { text: "two", key: "k" }, operator), 409, "conflict");
		const frame = { type: "say", room: "conflicts", key: "k", text: "two" };
		await expectProblem(await post("/frames", frame, operator), 409, "conflict");
		expect(await client.say("two", { room: "conflicts", key: "k" })).toMatchObject({ type: "reject", code: "conflict" });
		await client.close();
	});

	test("[SAY-3] [POST-3] of two people without a token at one address, under one key, neither loses a message unawares", async () => {
		const say = (text: string, key: string) => post("/rooms/neighbours/messages", { text, key });
		const [hers, his] = await Promise.all([say("hers", "1"), say("his", "1")]);
		expect([hers.status, his.status].sort()).toEqual([201, 409]);
		const [kept, other] = hers.status === 201 ? ["hers", "his"] : ["his", "hers"];
		const again = await say(other, "2");
		expect([again.status, (await again.json()).event.text]).toEqual([201, other]);
		const archive = await (await server.request("/rooms/neighbours/messages")).json();
		expect(archive.events.map(({ text }: { text: string }) => text)).toEqual([kept, other]);
	});

	test("[LOG-8] the archive is paged back to the first message, each once", async () => {
		const client = await connect(`${server.ws}/rooms/archive`);
		for (let start = 0; start < 450; start += 50)
			await Promise.all(Array.from({ length: 50 }, (_, index) => client.say(`${start + index}`, { room: "archive" })));
		const seen: number[] = [];
		let pages = 0;
		for (let before: string | null = ""; before !== null; pages++) {
			const page: { events: { offset: number }[]; before: string | null } = await (
				await server.request(`/rooms/archive/messages?limit=200&before=${before}`)
			).json();
			seen.unshift(...page.events.map(({ offset }) => offset));
			before = page.before;
		}
		expect(pages).toBe(3);
		expect(seen).toEqual(Array.from({ length: 450 }, (_, index) => index + 1));
		await client.close();
	});

	test("[SAY-5] what was taken back is gone from the archive, and cannot be taken back again", async () => {
		const { id } = await (await post("/rooms/back/messages", { text: "secret" })).json();
		const path = `/api/v1/rooms/back/messages/${id}`;
		expect((await server.request(path, { method: "DELETE", headers: operator })).status).toBe(204);
		await expectProblem(await server.request(path, { method: "DELETE", headers: operator }), 404, "message_not_found");
		const archive = await (await server.request("/rooms/back/messages")).text();
		expect(archive).not.toContain("secret");
		expect(archive).toContain('"deleted":true');
	});

	test("a change of settings is seen at once, over HTTP and in the room", async () => {
		const client = await connect(`${server.ws}/rooms/set`);
		const put = await server.request("/api/v1/rooms/set", {
			method: "PUT",
			body: JSON.stringify({ title: "Evening", slowModeSeconds: 3 }),
			headers: operator,
		});
		expect(await put.json()).toMatchObject({ room: "set", settings: { title: "Evening", slowModeSeconds: 3, write: "everyone" } });
		await client.next("batch", ({ events }) => events.some(({ kind }) => kind === "settings"));
		expect(await (await server.request("/api/v1/rooms/set", { headers: operator })).json()).toMatchObject({
			settings: { title: "Evening" },
		});
		await client.close();
	});
});

describe("pages and health", () => {
	test("[SEC-3] a page is served with a policy that lets nothing run but its own scripts", async () => {
		for (const path of ["/", "/rooms/lobby", "/rooms/lobby/", "/setup"]) {
			const response = await server.request(path);
			expect(response.status).toBe(200);
			expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
			const policy = response.headers.get("content-security-policy") ?? "";
			for (const rule of ["default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'", "frame-ancestors 'self'"])
				expect(policy.split("; ")).toContain(rule);
			expect(policy).not.toContain("unsafe");
			expect(response.headers.get("x-content-type-options")).toBe("nosniff");
		}
	});

	test("files are served by a fixed table, with a validator", async () => {
		const first = await server.request("/assets/room.js");
		expect([first.status, first.headers.get("content-type")]).toEqual([200, "text/javascript"]);
		const again = await server.request("/assets/room.js", { headers: { "if-none-match": first.headers.get("etag") as string } });
		expect(again.status).toBe(304);
	});

	test("health, readiness, metrics and the description of the API are there", async () => {
		expect(await (await server.request("/healthz")).json()).toEqual({ status: "ok" });
		expect(await (await server.request("/readyz")).json()).toEqual({ status: "ready" });
		const metrics = await (await server.request("/metrics")).text();
		expect(metrics).toContain("hubbub_connections");
		// What was said in the tests before stands in the store, and nothing of it failed.
		for (const figure of [/^hubbub_store_entries_total [1-9]/m, /^hubbub_store_commits_total [1-9]/m, /^hubbub_store_failures_total 0$/m])
			expect(metrics).toMatch(figure);
		const { paths } = await (await server.request("/openapi.json")).json();
		expect(Object.keys(paths)).toEqual(
			expect.arrayContaining(["/rooms/{room}/messages", "/api/v1/rooms/{room}", "/api/v1/rooms/{room}/messages/{id}", "/api/v1/setup"]),
		);
	});
});
