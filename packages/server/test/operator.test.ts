import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "./client.ts";
import { adminKey, makeFolder, startServer, type TestServer } from "./start-server.ts";
import { tokenOf } from "./ways/house.ts";

let server: TestServer;
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off" });
});
afterAll(() => server.stop());

const asOperator = { authorization: `Bearer ${adminKey}` };

function rename(name: unknown, on: TestServer = server, headers: Record<string, string> = asOperator): Promise<Response> {
	return on.request("/api/v1/operator", { method: "PUT", headers, body: JSON.stringify({ name }) });
}

async function nameOf(on: TestServer = server): Promise<unknown> {
	return (await on.request("/api/v1/operator", { headers: asOperator })).json();
}

describe("what the operator is called", () => {
	test("[OP-1] holds at once for what is said next, on connections that are open and over HTTP", async () => {
		expect(await nameOf()).toEqual({ name: "operator" });
		const operator = await connect(`${server.ws}/rooms/called`, { token: adminKey });
		await operator.next("joined");
		expect(await (await rename("  Ms. Chen\u202e ")).json()).toEqual({ name: "Ms. Chen" });
		expect(await operator.say("hello", { room: "called" })).toMatchObject({
			event: { from: { id: "operator", name: "Ms. Chen", roles: ["owner"] } },
		});
		await rename("陈老师");
		expect(await operator.say("again", { room: "called" })).toMatchObject({ event: { from: { name: "陈老师" } } });
		const said = await server.request("/rooms/called/messages", { method: "POST", headers: asOperator, body: '{"text":"by hand"}' });
		expect(await said.json()).toMatchObject({ event: { from: { name: "陈老师" } } });
		expect(await nameOf()).toEqual({ name: "陈老师" });
		await operator.close();
	});

	test("[OP-1] nobody else may wear it, nor what looks like it, while the operator is away", async () => {
		await rename("Rosa Park");
		const calls = (name: string) => connect(`${server.ws}/rooms/worn`, { name });
		for (const name of ["Rosa Park", "rosa park", "Rоsa Park"]) {
			const guest = await calls(name);
			expect((await guest.next("welcome")).user.name).toMatch(/·\w{4}$/);
			await guest.close();
		}
		await rename("Somebody Else");
		const guest = await calls("Rosa Park");
		expect((await guest.next("welcome")).user.name).toBe("Rosa Park");
		await guest.close();
	});

	test("[OP-1] outlives a restart", async () => {
		const folder = makeFolder();
		const variables = { HUBBUB_DATA: folder.path };
		const first = await startServer(variables);
		await rename("はな", first);
		await first.stop();
		const second = await startServer(variables);
		expect(await nameOf(second)).toEqual({ name: "はな" });
		const guest = await connect(`${second.ws}/rooms/lobby`, { name: "はな" });
		expect((await guest.next("welcome")).user.name).toMatch(/^はな·\w{4}$/);
		await guest.close();
		await second.stop();
		folder.remove();
	});

	test.each([[""], ["   "], ["\u200b\u202e"], [7], [null], ["x".repeat(2_000)]])(
		"[OP-1] %j is refused, and the name stays",
		async (name) => {
			await rename("Stays");
			const response = await rename(name);
			expect([response.status, (await response.json()).code]).toEqual([400, "bad_frame"]);
			expect(await nameOf()).toEqual({ name: "Stays" });
		},
	);
});

describe("what only the operator may ask", () => {
	const questions: [string, string][] = [
		["GET", "/api/v1/operator"],
		["PUT", "/api/v1/operator"],
		["GET", "/api/v1/checklist"],
		["GET", "/api/v1/rooms"],
	];

	test.each(questions)("[OP-1] [OP-2] [OP-3] %s %s is answered to nobody else", async (method, path) => {
		const ask = async (token?: string) => {
			const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
			const response = await server.request(path, { method, headers, ...(method === "PUT" && { body: '{"name":"me"}' }) });
			return [response.status, (await response.json()).code];
		};
		expect(await ask()).toEqual([401, "unauthorized"]);
		expect(await ask(`${adminKey}x`)).toEqual([401, "unauthorized"]);
		expect(await ask(await tokenOf({ sub: "u-1", roles: ["owner", "moderator"] }))).toEqual([403, "forbidden"]);
	});

	test.each(questions)("%s %s is in the description of the API", async (method, path) => {
		const { paths } = await (await server.request("/openapi.json")).json();
		expect(paths[path][method.toLowerCase()].responses).toHaveProperty("200");
	});
});

describe("the list of rooms", () => {
	test("[OP-3] has every room once, by id, with the people who are in it; asking about a room makes none", async () => {
		const fresh = await startServer({ HUBBUB_DATA: "memory" });
		const list = async (query = "") => (await fresh.request(`/api/v1/rooms${query}`, { headers: asOperator })).json();
		expect(await list()).toEqual({ rooms: [], after: null });
		expect((await fresh.request("/api/v1/rooms/maths", { headers: asOperator })).status).toBe(404);
		expect((await fresh.request("/api/v1/checklist?room=maths", { headers: asOperator })).status).toBe(200);
		expect(await list()).toEqual({ rooms: [], after: null });
		await fresh.request("/api/v1/rooms/maths", { method: "PUT", headers: asOperator, body: "{}" });
		const guest = await connect(`${fresh.ws}/rooms/art`);
		await guest.next("joined");
		expect(await list()).toEqual({
			rooms: [
				{ room: "art", viewers: 1 },
				{ room: "maths", viewers: 0 },
			],
			after: null,
		});
		expect(await list("?after=art")).toEqual({ rooms: [{ room: "maths", viewers: 0 }], after: null });
		await guest.close();
		await fresh.stop();
	});

	test("[OP-3] is read page by page", async () => {
		const fresh = await startServer({ HUBBUB_DATA: "memory" });
		const made = Array.from({ length: 205 }, (_, index) => `room-${String(index).padStart(3, "0")}`);
		for (const room of made) await fresh.request(`/api/v1/rooms/${room}`, { method: "PUT", headers: asOperator, body: "{}" });
		const listed: string[] = [];
		for (let after: string | null = ""; after !== null; ) {
			const page = await (await fresh.request(`/api/v1/rooms?after=${after}`, { headers: asOperator })).json();
			listed.push(...page.rooms.map(({ room }: { room: string }) => room));
			after = page.after;
		}
		expect(listed).toEqual(made);
		await fresh.stop();
	});
});

describe("what is open", () => {
	async function ask(on: TestServer, path = "/api/v1/checklist", headers: Record<string, string> = {}) {
		const answer = await (await on.request(path, { headers: { ...asOperator, ...headers } })).json();
		const open = answer.checks.flatMap(({ id, state }: { id: string; state: string }) => (state === "open" ? id : []));
		return { ...answer, open };
	}

	test("[OP-2] is told from the server's own settings and the room's", async () => {
		const wide = await startServer({
			...{ HUBBUB_DATA: "memory", HUBBUB_JWT_SECRET: "", HUBBUB_RATE_LIMIT: "off", HUBBUB_ALLOWED_ORIGINS: "*" },
			...{ HUBBUB_LAB: "on", HUBBUB_HOST: "0.0.0.0" },
		});
		expect(await ask(wide)).toMatchObject({
			reach: "network",
			signIn: "nothing",
			open: ["https", "origins", "sign-in", "rooms", "rate-limit", "lab", "data"],
		});
		await wide.stop();
		const narrow = await startServer({ HUBBUB_AUTO_CREATE_ROOMS: "off", HUBBUB_LAB: "off" });
		expect(await ask(narrow)).toMatchObject({ reach: "this-machine", signIn: "secret", open: ["https"] });
		await narrow.request("/api/v1/rooms/maths", { method: "PUT", headers: asOperator, body: "{}" });
		expect((await ask(narrow, "/api/v1/checklist?room=maths")).open).toEqual(["https", "guests"]);
		await narrow.request("/api/v1/rooms/maths", { method: "PUT", headers: asOperator, body: '{"guests":false}' });
		expect((await ask(narrow, "/api/v1/checklist?room=maths")).open).toEqual(["https"]);
		expect((await ask(narrow, "/api/v1/checklist?room=..")).open).toEqual(["https"]);
		await narrow.stop();
	});

	test("[OP-2] sees from the way the request came that a proxy stands in front, and whether it is trusted", async () => {
		const proxied = { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" };
		expect(await ask(server, undefined, proxied)).toMatchObject({ reach: "network", open: expect.arrayContaining(["proxy"]) });
		expect((await ask(server, undefined, proxied)).open).toContain("https");
		const trusting = await startServer({ HUBBUB_DATA: "memory", HUBBUB_TRUSTED_PROXIES: "loopback" });
		const { open } = await ask(trusting, undefined, proxied);
		for (const id of ["proxy", "https"]) expect(open).not.toContain(id);
		await trusting.stop();
	});
});
