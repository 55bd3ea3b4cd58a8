import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Role } from "@hubbub/protocol/fields.ts";
import { SignJWT } from "jose";
import { connect } from "./client.ts";
import { adminKey, jwtSecret, startServer, type TestServer } from "./start-server.ts";

let server: TestServer;
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off" });
});
afterAll(() => server.stop());

function tokenOf(role: Role | "nobody", room: string): Promise<string> | string | undefined {
	if (role === "nobody") return undefined;
	if (role === "owner") return adminKey;
	const claims = { sub: `u-${role}`, name: role, exp: Math.floor(Date.now() / 1_000) + 600, roles: { [room]: [role] } };
	return new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(jwtSecret));
}

/** What one way in makes of one action: `ok`, or the code of the table. */
type Try = (room: string, token: string | undefined, action: Action) => Promise<string>;
type Action = { readonly do: "say" } | { readonly do: "delete"; readonly id: string } | { readonly do: "settings" };

const overWebSocket: Try = async (room, token, action) => {
	const client = await connect(`${server.ws}/rooms/${room}`, { token });
	try {
		const joined = await Promise.race([client.next("joined"), client.next("reject")]);
		if (joined.type === "reject") return joined.code;
		const detail = { say: { key: "k", text: "hi" }, delete: { id: "id" in action && action.id }, settings: { settings: { title: "t" } } };
		client.send({ type: action.do, ref: "r", room, ...detail[action.do] });
		const answer = await Promise.race([client.next("ack", ({ ref }) => ref === "r"), client.next("reject", ({ ref }) => ref === "r")]);
		return answer.type === "ack" ? "ok" : answer.code;
	} finally {
		await client.close();
	}
};

const overHttp: Try = async (room, token, action) => {
	const base = `/api/v1/rooms/${room}`;
	const requests = {
		say: [`/rooms/${room}/messages`, "POST", { text: "hi" }],
		delete: [`${base}/messages/${"id" in action ? action.id : ""}`, "DELETE", null],
		settings: [base, "PUT", { title: "t" }],
	} as const;
	const [path, method, body] = requests[action.do];
	return answered(path, method, body, token);
};

const byFrames: Try = async (room, token, action) => {
	const detail = { say: { key: "k2", text: "hi" }, delete: { id: "id" in action && action.id }, settings: { settings: { title: "t" } } };
	return answered("/frames", "POST", { type: action.do, room, ...detail[action.do] }, token);
};

async function answered(path: string, method: string, body: object | null, token: string | undefined): Promise<string> {
	const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...(body && { "content-type": "application/json" }) };
	const response = await server.request(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
	if (response.ok) return "ok";
	return (await response.json()).code;
}

const roles = ["nobody", "guest", "member", "vip", "bot", "moderator", "host", "owner"] as const;
const ways: Record<string, Try> = { "over WebSocket": overWebSocket, "over HTTP": overHttp, "by posted frames": byFrames };

//                                                        nobody guest member vip bot moderator host owner
const matrix: [string, Action["do"], object, string][] = [
	["say where everyone may", "say", {}, "y y y y y y y y"],
	["say where members may", "say", { write: "members" }, "g g y y y y y y"],
	["say where only staff may", "say", { write: "staff" }, "r r r r y y y y"],
	["say where no guests are let in", "say", { guests: false }, "g g y y y y y y"],
	["take back another's message", "delete", {}, "f f f f f y y y"],
	["change settings", "settings", {}, "f f f f f y y y"],
];
const meaning: Record<string, string> = { y: "ok", g: "guests_not_allowed", r: "read_only", f: "forbidden" };

describe("one function decides for every way in", () => {
	for (const [way, attempt] of Object.entries(ways))
		test.each(matrix)(`[AUTH-4] ${way}: %s`, async (_what, action, settings, row) => {
			const room = `r${crypto.randomUUID()}`;
			await server.request(`/api/v1/rooms/${room}`, {
				method: "PUT",
				headers: { authorization: `Bearer ${adminKey}` },
				body: JSON.stringify(settings),
			});
			const outcomes: Record<string, string> = {};
			for (const role of roles) {
				const said = await server.request(`/rooms/${room}/messages`, {
					method: "POST",
					headers: { authorization: `Bearer ${adminKey}` },
					body: JSON.stringify({ text: `for ${role}` }),
				});
				const { id } = await said.json();
				outcomes[role] = await attempt(room, await tokenOf(role, room), { do: action, id } as Action);
			}
			expect(outcomes).toEqual(Object.fromEntries(roles.map((role, index) => [role, meaning[row.split(" ")[index] as string] as string])));
		});

	test("[AUTH-4] a role in one room is none in another", async () => {
		const token = await tokenOf("host", "mine");
		for (const attempt of Object.values(ways)) {
			expect(await attempt("mine", token, { do: "settings" })).toBe("ok");
			expect(await attempt("yours", token, { do: "settings" })).toBe("forbidden");
			expect(await attempt("constructor", token, { do: "settings" })).toBe("forbidden");
		}
	});

	test("[AUTH-1] a token that is not valid is turned away by every way in, and not taken for a guest", async () => {
		for (const path of ["/rooms/lobby/messages", "/api/v1/rooms/lobby", "/rooms/lobby/events"])
			expect(await answered(path, "GET", null, "x.y.z")).toBe("unauthorized");
		expect(await answered("/rooms/lobby/messages", "POST", { text: "x" }, "x.y.z")).toBe("unauthorized");
		expect(await answered("/frames", "POST", { type: "hello" }, "x.y.z")).toBe("unauthorized");
		const client = await connect(`${server.ws}/rooms/lobby`, { token: "x.y.z" });
		expect((await client.closed).code).toBe(4001);
	});

	test("[AUTH-4] only those who run a room read its settings by the operators' API", async () => {
		await connect(`${server.ws}/rooms/lobby`);
		for (const role of roles)
			expect(await answered("/api/v1/rooms/lobby", "GET", null, await tokenOf(role, "lobby"))).toBe(
				["moderator", "host", "owner"].includes(role) ? "ok" : "forbidden",
			);
	});

	test("[AUTH-3] a guest takes back their own message and nobody else's", async () => {
		const [one, other] = [await connect(`${server.ws}/rooms/own`), await connect(`${server.ws}/rooms/own`)];
		const said = await one.say("mine", { room: "own" });
		if (said.type !== "ack") throw new Error(said.code);
		other.send({ type: "delete", ref: 1, room: "own", id: said.id });
		expect(await other.next("reject")).toMatchObject({ code: "forbidden" });
		one.send({ type: "delete", ref: "back", room: "own", id: said.id });
		expect(await one.next("ack", ({ ref }) => ref === "back")).toMatchObject({ event: { kind: "delete", target: said.id } });
		await Promise.all([one.close(), other.close()]);
	});
});

describe("setting the server up", () => {
	test("[SEC-5] the set-up token is traded once for the operator's key, however many ask at once, and never again", async () => {
		const fresh = await startServer({ HUBBUB_ADMIN_KEY: "" });
		const ask = (token: string) => fresh.request("/api/v1/setup", { method: "POST", headers: { authorization: `Bearer ${token}` } });
		const room = (key: string) => fresh.request("/api/v1/rooms", { headers: { authorization: `Bearer ${key}` } });
		const isClaimed = async () => (await (await fresh.request("/api/v1/setup")).json()).claimed;
		const token = fresh.setUpToken as string;
		for (const wrong of ["", "x", token.slice(1)]) expect((await ask(wrong)).status).toBe(401);
		expect(await isClaimed()).toBe(false);
		const answers = await Promise.all(Array.from({ length: 5 }, () => ask(token)));
		expect(await isClaimed()).toBe(true);
		const made = answers.filter(({ status }) => status === 201);
		expect(made).toHaveLength(1);
		for (const other of answers) if (other.status !== 201) expect([other.status, (await other.json()).code]).toEqual([403, "setup_done"]);
		const { adminKey: key } = await (made[0] as Response).json();
		expect((await room(key)).status).toBe(200);
		expect((await room(`${key}x`)).status).toBe(401);
		expect((await ask(token)).status).toBe(403);
		await fresh.stop();
	});

	test("[SEC-5] where the key is given as a setting there is no token, and nothing to trade", async () => {
		expect(server.setUpToken).toBeNull();
		const response = await server.request("/api/v1/setup", { method: "POST", headers: { authorization: "Bearer x" } });
		expect((await response.json()).code).toBe("setup_done");
		expect(await (await server.request("/api/v1/setup")).json()).toEqual({ claimed: true });
	});
});
