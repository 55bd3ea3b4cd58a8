import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Described } from "./described.ts";
import { adminKey, startServer, type TestServer } from "./start-server.ts";

let server: TestServer;
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory" });
});
afterAll(() => server.stop());

const json = { "content-type": "application/json" };
const problems = { "content-type": "application/problem+json" };
const headers = { authorization: `Bearer ${adminKey}` };

describe("the API and its description", () => {
	test("[HTTP-6] say the same: a status, a body, a type or a code that is not described is found", async () => {
		const described = new Described(await (await server.request("/openapi.json")).json());
		const check = (path: string, status: number, body: string | null, of: Record<string, string> = json) =>
			described.check("GET", path, new Response(body, { status, headers: of })).then(
				() => "as described",
				(error: Error) => error.message,
			);
		const room = await (await server.request("/api/v1/rooms/described", { method: "PUT", headers, body: "{}" })).text();
		expect(await check("/api/v1/rooms/described", 200, room)).toBe("as described");
		expect(await check("/api/v1/rooms/described", 200, room.replace('"room":"described",', ""))).toMatch(/not as described.*room/);
		expect(await check("/api/v1/rooms/described", 200, room.replace('"write":"everyone"', '"write":"nobody"'))).toMatch(/not as described/);
		expect(await check("/api/v1/rooms/described", 418, room)).toMatch(/not described/);
		expect(await check("/api/v1/rooms/described", 200, room, problems)).toMatch(/not described/);
		const refusal = JSON.stringify({ type: "t", title: "t", status: 403, code: "setup_done" });
		expect(await check("/api/v1/rooms/described", 403, refusal, problems)).toMatch(/not as described/);
	});

	test("[HTTP-6] each code of one status is described, in its own words, and no other may be answered", async () => {
		const { paths } = await (await server.request("/openapi.json")).json();
		const { responses } = paths["/rooms/{room}/messages"].post;
		for (const code of ["text_empty", "text_too_long"]) expect(responses["422"].description).toContain(`\`${code}\``);
		for (const code of ["read_only", "guests_not_allowed"]) expect(responses["403"].description).toContain(`\`${code}\``);
		expect(responses["422"].content["application/problem+json"].schema.properties.code.enum.sort()).toEqual([
			"text_empty",
			"text_too_long",
		]);
	});

	test("[HTTP-6] so are the refusals of a room in slow mode", async () => {
		await server.request("/api/v1/rooms/slow", { method: "PUT", headers, body: '{"slowModeSeconds":60}' });
		const { token } = await (await server.request("/frames", { method: "POST", body: '{"type":"hello"}' })).json();
		const say = (text: string) =>
			server.request("/rooms/slow/messages", {
				method: "POST",
				headers: { authorization: `Bearer ${token}` },
				body: JSON.stringify({ text }),
			});
		expect((await say("one")).status).toBe(201);
		expect([(await say("two")).status, (await (await say("three")).json()).code]).toEqual([429, "slow_mode"]);
	});

	test("[SET-1] `PATCH` is another name of `PUT` for a room's settings: what is named changes, and the settings are answered as cleaned", async () => {
		const change = async (method: string, settings: object) => {
			const answer = await server.request("/api/v1/rooms/patched", { method, headers, body: JSON.stringify(settings) });
			return [answer.status, (await answer.json()).settings ?? {}];
		};
		expect(await change("PATCH", { title: "  Evening\u202e  ", slowModeSeconds: 3 })).toEqual([
			200,
			expect.objectContaining({ title: "Evening", slowModeSeconds: 3 }),
		]);
		expect(await change("PUT", { guests: false })).toEqual([
			200,
			expect.objectContaining({ title: "Evening", slowModeSeconds: 3, guests: false }),
		]);
		expect((await change("PATCH", { titel: "x" }))[0]).toBe(400);
	});
});
