import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "./client.ts";
import { adminKey, startServer, type TestServer } from "./start-server.ts";

let server: TestServer;
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off" });
});
afterAll(() => server.stop());

const authorization = `Bearer ${adminKey}`;

function send(method: string, path: string, body: string): Promise<Response> {
	return server.request(path, { method, headers: { authorization }, body });
}

async function expectRefused(answer: Response, words: string): Promise<void> {
	const { status, code, detail } = await answer.json();
	expect({ status, code, isNamed: detail.includes(words) ? words : detail }).toEqual({ status: 400, code: "bad_frame", isNamed: words });
}

const wrong: [string, string][] = [
	['{"unknown":1}', "unknown"],
	['{"title":"x","slowmodeSeconds":5}', "slowmodeSeconds"],
	['{"__proto__":{"title":"x"}}', "__proto__"],
	['{"streamUrl":"//evil.example/x"}', "streamUrl"],
	['{"streamUrl":"/\\\\evil.example/x"}', "streamUrl"],
	['{"streamUrl":"/\\t/evil.example/x"}', "streamUrl"],
	['{"streamUrl":"javascript:alert(1)"}', "streamUrl"],
	['{"slowModeSeconds":"5"}', "slowModeSeconds"],
	['{"guests":1}', "guests"],
	['{"title":null}', "title"],
	['{"title":["x"]}', "title"],
	['{"write":"nobody"}', "write"],
];

describe("settings that are wrong", () => {
	test.each(wrong)(
		"[SET-1] %s are 400 with the field's name, by the API, by a posted frame and by a socket, and change nothing",
		async (settings, name) => {
			await expectRefused(await send("PUT", "/api/v1/rooms/strict", settings), name);
			const frame = `{"type":"settings","ref":"r","room":"strict","settings":${settings}}`;
			await expectRefused(await send("POST", "/frames", frame), name);
			const client = await connect(`${server.ws}/rooms/strict`, { token: adminKey });
			await client.next("joined");
			client.socket.send(frame);
			const reject = await client.next("reject", ({ ref }) => ref === "r");
			expect([reject.code, reject.message.includes(name) ? name : reject.message]).toEqual(["bad_frame", name]);
			await client.close();
			const { events } = await (await server.request("/rooms/strict/messages")).json();
			expect(events).toEqual([]);
		},
	);

	test.each([["[]"], ['[{"title":"x"}]'], ["null"], ['"title"'], ["5"], ["true"], [""], ["{"]])(
		"[SET-1] a body that is %j is 400 wherever the API takes one",
		async (body) => {
			for (const [method, path] of [
				["PUT", "/api/v1/rooms/strict"],
				["PUT", "/api/v1/operator"],
				["POST", "/api/v1/rooms/strict/messages"],
				["POST", "/rooms/strict/messages"],
			] as const) {
				const answer = await send(method, path, body);
				expect([path, answer.status, (await answer.json()).code]).toEqual([path, 400, "bad_frame"]);
			}
		},
	);

	test("[SET-1] what the API has no field for is a mistake, while a message as everybody sends it may bring more", async () => {
		await expectRefused(await send("PUT", "/api/v1/operator", '{"name":"Ms Li","nick":"Li"}'), "nick");
		await expectRefused(await send("POST", "/api/v1/rooms/strict-2/messages", '{"text":"x","colour":1}'), "colour");
		expect((await send("POST", "/rooms/strict-2/messages", '{"text":"x","colour":1}')).status).toBe(201);
		expect((await send("PUT", "/api/v1/operator", '{"name":"Ms Li"}')).status).toBe(200);
	});

	test("[SET-1] [TEXT-1] are answered as they were kept: a title cleaned, in one line", async () => {
		const title = "  Maths\n\u202egnp.exe\u0007 ";
		const { settings } = await (await send("PUT", "/api/v1/rooms/strict-4", JSON.stringify({ title }))).json();
		expect(settings.title).toBe("Maths gnp.exe");
		expect(
			(await (await server.request("/api/v1/rooms/strict-4", { headers: { Authorization: `Bearer ${adminKey}` } })).json()).settings,
		).toEqual(settings);
	});

	test("[SET-1] right ones, and none at all, are taken as ever", async () => {
		expect((await send("PUT", "/api/v1/rooms/strict-3", "{}")).status).toBe(200);
		const settings = { title: "Maths", streamUrl: "/live.m3u8", slowModeSeconds: 3, write: "members", guests: true };
		expect(await (await send("PUT", "/api/v1/rooms/strict-3", JSON.stringify(settings))).json()).toMatchObject({ settings });
	});
});
