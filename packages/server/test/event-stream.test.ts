import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Downstream } from "@hubbub/protocol/downstream.ts";
import { until } from "./client.ts";
import { adminKey, startServer, type TestServer } from "./start-server.ts";

const accept = { accept: "text/event-stream" };

/** One server-sent event, by its fields. */
interface Told {
	readonly retry: number | null;
	readonly frame: Downstream;
}

function read(text: string): Told[] {
	const events = text.split("\n\n").filter((block) => /^data:/m.test(block));
	return events.map((block) => {
		const retry = /^retry: (\d+)$/m.exec(block)?.[1];
		return { retry: retry === undefined ? null : Number(retry), frame: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? "null") };
	});
}

describe("an event stream that is refused", () => {
	let server: TestServer;
	let closed: TestServer;
	beforeAll(async () => {
		server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_TRUSTED_PROXIES: "loopback", HUBBUB_MAX_CONNECTIONS_PER_IP: "1" });
		closed = await startServer({ HUBBUB_DATA: "memory", HUBBUB_AUTO_CREATE_ROOMS: "off" });
		const init = { method: "PUT", headers: { authorization: `Bearer ${adminKey}` }, body: '{"guests":false}' };
		await Promise.all([server, closed].map((one) => one.request("/api/v1/rooms/members", init)));
	});
	afterAll(() => Promise.all([server.stop(), closed.stop()]));

	test.each<[string, () => Promise<Response>, number, string]>([
		["a room without guests", () => server.request("/rooms/members/events", { headers: accept }), 403, "guests_not_allowed"],
		["a room that is not there", () => closed.request("/rooms/nowhere/events", { headers: accept }), 404, "room_not_found"],
		["a room that cannot be", () => server.request("/rooms/Nowhere/events", { headers: accept }), 404, "room_not_found"],
		["no token", () => server.request("/rooms/a/events", { headers: { ...accept, authorization: "Basic eA==" } }), 401, "unauthorized"],
		[
			"a bad token",
			() => server.request("/rooms/a/events", { headers: { ...accept, authorization: "Bearer x.y.z" } }),
			401,
			"unauthorized",
		],
		[
			"another site",
			() => server.request("/rooms/a/events", { headers: { ...accept, origin: "https://evil.example" } }),
			403,
			"origin_not_allowed",
		],
	])("[SSE-5] for good, for %s, is a status that browsers take for final", async (_what, ask, status, code) => {
		const answer = await ask();
		expect([answer.status, answer.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
		expect(await answer.json()).toMatchObject({ code });
	});

	async function expectPassing(answer: Response, code: string, byeCode: string, leastMs: number): Promise<void> {
		expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
		const told = read(await answer.text());
		const bye = told.at(-1)!;
		expect(told.map(({ frame }): string[] => ("code" in frame ? [frame.type, frame.code] : [frame.type]))).toEqual(
			code === byeCode
				? [["bye", code]]
				: [
						["reject", code],
						["bye", byeCode],
					],
		);
		expect(bye.retry).toBe((bye.frame as Downstream & { type: "bye" }).reconnectAfterMs as number);
		expect(bye.retry).toBeGreaterThanOrEqual(leastMs);
	}

	test("[SSE-5] for a while is a stream that says when to come back, and ends: too many connections", async () => {
		const headers = { ...accept, "x-forwarded-for": "203.0.113.70" };
		const stop = new AbortController();
		const first = await server.request("/rooms/a/events", { headers, signal: stop.signal });
		expect(first.status).toBe(200);
		await expectPassing(await server.request("/rooms/a/events", { headers }), "too_many_connections", "overloaded", 10_000);
		stop.abort();
	});

	test("[SSE-5] so it is for too many rooms made, and too many guests", async () => {
		// Places come back while time passes: on a slow machine some more are let in before one is refused.
		const firstRefused = async (address: string, roomOf: (count: number) => string): Promise<Response> => {
			const headers = { ...accept, "x-forwarded-for": address };
			for (let count = 0; ; count++) {
				const stop = new AbortController();
				const answer = await server.request(`/rooms/${roomOf(count)}/events`, { headers, signal: stop.signal });
				const [shown, kept] = (answer.body as ReadableStream<Uint8Array>).tee();
				const reader = shown.getReader();
				const text = new TextDecoder().decode((await reader.read()).value);
				if (!text.includes('"type":"welcome"')) return new Response(kept, answer);
				stop.abort();
				await Promise.all([reader.cancel().catch(() => {}), kept.cancel().catch(() => {})]);
			}
		};
		const one = "203.0.113.71";
		for (let count = 0; count < 30; count++) {
			const polled = await server.request(`/rooms/made-${count}/events`, { headers: { "x-forwarded-for": one } });
			expect(polled.status).toBe(200);
		}
		await expectPassing(await firstRefused(one, (count) => `made-too-many-${count}`), "rate_limited", "overloaded", 1_000);
		const other = "203.0.113.72";
		const hello = () => server.request("/frames", { method: "POST", headers: { "x-forwarded-for": other }, body: '{"type":"hello"}' });
		await until(async () => (await Promise.all(Array.from({ length: 50 }, hello))).some(({ status }) => status === 429));
		await expectPassing(await firstRefused(other, () => "made-0"), "rate_limited", "overloaded", 1_000);
	});

	test("[SSE-5] [OPS-3] so it is while the server stops, and nobody new is greeted", async () => {
		await expectPassing(await whileStopping("/rooms/a/events", { headers: accept }), "draining", "draining", 1_000);
		expect((await whileStopping("/rooms/a/events")).status).toBe(503);
		for (const type of ["hello", "ping"]) {
			const answer = await whileStopping("/frames", { method: "POST", body: JSON.stringify({ type }) });
			expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, "draining"]);
		}
	});
});

/** What a request is answered that comes while a server stops. One that comes too late meets shut doors, and is made to another server. */
async function whileStopping(path: string, init?: RequestInit): Promise<Response> {
	for (;;) {
		const leaving = await startServer({ HUBBUB_DATA: "memory" });
		const stopping = leaving.stop();
		const answer = await fetch(leaving.http + path, init)
			.then(async (came) => new Response(await came.text(), came))
			.catch(() => null);
		await stopping;
		if (answer) return answer;
	}
}

test("[SSE-5] a stream says from its first event when to come back, and again when the server says good-bye", async () => {
	const server = await startServer({ HUBBUB_DATA: "memory" });
	const answer = await server.request("/rooms/lobby/events", { headers: accept });
	const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
	let text = "";
	while (!text.includes('"joined"')) text += new TextDecoder().decode((await reader.read()).value);
	await server.request("/rooms/lobby/messages", { method: "POST", body: '{"text":"hello"}' });
	while (!text.includes('"batch"')) text += new TextDecoder().decode((await reader.read()).value);
	const stopping = server.stop();
	for (let part = await reader.read(); !part.done; part = await reader.read()) text += new TextDecoder().decode(part.value);
	await stopping;
	const told = read(text);
	expect(told[0]?.frame.type).toBe("welcome");
	expect(told[0]?.retry).toBeWithin(1_000, 3_001);
	expect(told.slice(1, -1).map(({ retry }) => retry)).toEqual(told.slice(1, -1).map(() => null));
	const bye = told.at(-1)!;
	expect(bye.frame).toMatchObject({ type: "bye", code: "draining", reconnectAfterMs: bye.retry });
	expect(bye.retry).toBeWithin(1_000, 3_001);
});
