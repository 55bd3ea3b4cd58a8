import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Batch } from "@hubbub/protocol/downstream.ts";
import { connect, until } from "./client.ts";
import { startNginx } from "./documented-proxies.ts";
import type { RunningProxy } from "./proxy.ts";
import { adminKey, startServer, type TestServer } from "./start-server.ts";
import { eventStreamWay, longPollWay, shortPollWay } from "./ways/http-ways.ts";
import type { Admitted, Visitor } from "./ways/way.ts";

let server: TestServer;
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off" });
});
afterAll(() => server.stop());

function visitorOf(entered: Admitted): Visitor {
	if (!entered.ok) throw new Error(entered.code);
	return entered.visitor;
}

async function say(room: string, text: string): Promise<void> {
	await server.request(`/rooms/${room}/messages`, { method: "POST", body: JSON.stringify({ text }) });
}

describe("behind a proxy that gathers what passes", () => {
	let proxy: RunningProxy;
	beforeAll(async () => {
		const gather = (text: string) =>
			text
				.replaceAll("proxy_buffering off", "proxy_buffering on")
				.replace("proxy_ignore_headers Vary", "proxy_ignore_headers Vary X-Accel-Buffering");
		proxy = await startNginx(server.port, { edit: gather });
	});
	afterAll(() => proxy.stop());

	test("[SSE-3] [POLL-3] an event stream shows nothing, not even its beginning, while polls by the same proxy are whole", async () => {
		const stop = new AbortController();
		let received = 0;
		const headers = { accept: "text/event-stream" };
		const stream = fetch(`${proxy.http}/rooms/gathered/events`, { headers, tls: proxy.tls, signal: stop.signal }).then(async (response) => {
			for await (const chunk of response.body as ReadableStream<Uint8Array>) received += chunk.length;
		});
		const isThere = /hubbub_connections\{transport="event-stream"\} 1\n/;
		await until(async () => isThere.test(await (await server.request("/metrics")).text()));
		const long = visitorOf(await longPollWay.enter(proxy, { room: "gathered" }));
		const short = visitorOf(await shortPollWay.enter(proxy, { room: "gathered", after: long.told.cursor }));
		for (let count = 0; count < 5; count++) {
			expect(await long.say(`message ${count}`)).toMatchObject({ ok: true });
			await long.until(() => long.told.events.length === count + 1);
			await short.until(() => short.told.events.length === count + 1);
		}
		// The server has written its beginning and five batches to the stream; nothing of it has come through.
		expect(await (await server.request("/metrics")).text()).toMatch(isThere);
		expect(received).toBe(0);
		stop.abort();
		await stream.catch(() => {});
		await Promise.all([long.leave(), short.leave()]);
	});

	test("[POLL-1] who gives the stream up goes on by polls with the cursor it had", async () => {
		const direct = visitorOf(await eventStreamWay.enter(server, { room: "moved" }));
		await direct.say("seen on the stream");
		await direct.until(() => direct.told.events.length === 1);
		const { cursor } = direct.told;
		await direct.leave();
		await say("moved", "said meanwhile");
		const moved = visitorOf(await longPollWay.enter(proxy, { room: "moved", after: cursor }));
		await say("moved", "said afterwards");
		await moved.until(() => moved.told.events.length === 2);
		expect(moved.told.start?.recovered).toBe(true);
		expect(moved.told.texts()).toEqual(["said meanwhile", "said afterwards"]);
		await moved.leave();
	});
});

// On a machine that stands still for a second the proxy cuts what was not quiet: then it is tried again.
describe("behind a proxy that cuts quiet connections", () => {
	let proxy: RunningProxy;
	beforeAll(async () => {
		proxy = await startNginx(server.port, { edit: (text) => text.replace("proxy_read_timeout 60s", "proxy_read_timeout 1s") });
	});
	afterAll(() => proxy.stop());

	test.concurrent("[WS-6] a WebSocket that was cut is freed at the server, and its reader goes on where it was", async () => {
		const open = (after?: string) => connect(`${proxy.ws}/ws`, { rooms: [{ room: "cut-socket", after }] }, { tls: proxy.tls });
		let cursor: string | undefined;
		while (cursor === undefined) {
			const client = await open();
			await client.say("before the cut", { room: "cut-socket" }).catch(() => {});
			const read = await client.next("batch", ({ events }) => events.length > 0).catch(() => null);
			const { code } = await client.closed;
			if (read) expect(code).toBe(1006);
			cursor = read?.cursor;
		}
		await say("cut-socket", "during the cut");
		for (;;) {
			const again = await open(cursor);
			const joined = await again.next("joined").catch(() => null);
			// What was acknowledged a moment ago may not be flushed yet: then it is in the first batch.
			const holder = joined?.events.length === 0 ? await again.next("batch", ({ events }) => events.length > 0).catch(() => null) : joined;
			if (!joined || !holder) continue;
			expect({ recovered: joined.recovered, texts: holder.events.map((event) => event.kind === "message" && event.text) }).toEqual({
				recovered: true,
				texts: ["during the cut"],
			});
			expect(joined.state.viewers).toBeLessThanOrEqual(2);
			// This one may have been cut as well meanwhile.
			await until(async () => (await (await server.request("/rooms/cut-socket/events?wait=0")).json()).ambient.viewers <= 1);
			await again.close();
			return;
		}
	});

	test.concurrent("[SSE-2] a stream that was cut is taken up by Last-Event-ID, again and again, and nothing is lost or doubled", async () => {
		let after: string | null = null;
		const texts: string[] = [];
		const all: string[] = [];
		const sayNext = async () => {
			all.push(`number ${all.length}`);
			await say("cut-stream", all.at(-1) as string);
		};
		for (let cuts = 0; cuts < 3; ) {
			const headers: Record<string, string> = { accept: "text/event-stream", ...(after !== null && { "last-event-id": after }) };
			const response = await fetch(`${proxy.http}/rooms/cut-stream/events`, { headers, tls: proxy.tls });
			let text = "";
			let said = 0;
			try {
				for await (const chunk of response.body as ReadableStream<Uint8Array>) {
					text += new TextDecoder().decode(chunk);
					if (said >= 2 || !text.includes('"type":"joined"')) continue;
					said++;
					await sayNext();
				}
			} catch {
				// nginx leaves the body unfinished.
			}
			if (said === 2) cuts++;
			for (const [, id, data] of text.matchAll(/^id: (.+)\ndata: (.+)\n$/gm)) {
				after = id as string;
				for (const event of JSON.parse(data as string).events) texts.push(event.text);
			}
			await sayNext();
		}
		// What came after the last cut, and what the proxy did not pass on of what came just before it.
		while (texts.length < all.length) {
			const rest = (await (await server.request(`/rooms/cut-stream/events?wait=5&after=${after}`)).json()) as Batch;
			after = rest.cursor;
			for (const event of rest.events) if (event.kind === "message") texts.push(event.text);
		}
		expect(texts).toEqual(all);
	});

	test.concurrent("[POLL-3] a poll that was cut is asked again with its cursor", async () => {
		const { cursor } = (await (await server.request("/rooms/cut-poll/events")).json()) as { cursor: string };
		const address = `${proxy.http}/rooms/cut-poll/events?wait=25&after=${cursor}`;
		expect((await fetch(address, { tls: proxy.tls })).status).toBe(504);
		await say("cut-poll", "there is something now");
		let answered = await fetch(address, { tls: proxy.tls });
		while (answered.status === 504) answered = await fetch(address, { tls: proxy.tls });
		const answer = (await answered.json()) as { recovered: boolean; events: { text: string }[] };
		expect(answer.recovered).toBe(true);
		expect(answer.events.map(({ text }) => text)).toEqual(["there is something now"]);
	});
});

describe("behind the documented cache", () => {
	let proxy: RunningProxy;
	beforeAll(async () => {
		proxy = await startNginx(server.port, { tls: "off" });
	});
	afterAll(() => proxy.stop());

	const ask = (path: string, headers: Record<string, string> = {}) => fetch(`${proxy.http}${path}`, { headers });

	test("[POLL-4] a cursor in a header is none of a poll's, so that nobody can put a wrong answer into the cache", async () => {
		await say("poisoned", "history");
		const { cursor } = (await (await ask("/rooms/poisoned/events")).json()) as { cursor: string };
		// A second of nginx's later the cache holds nothing of this address.
		await Bun.sleep(1_100);
		await ask("/rooms/poisoned/events?wait=0", { "last-event-id": cursor });
		const answer = (await (await ask("/rooms/poisoned/events?wait=0")).json()) as { recovered: boolean; events: unknown[] };
		expect(answer.recovered).toBe(false);
		expect(answer.events).toHaveLength(1);
	});

	test("[POLL-4] streams and long polls pass by the cache, and a room without guests is kept by none", async () => {
		await say("passing", "first");
		const { cursor } = (await (await ask("/rooms/passing/events?wait=0")).json()) as { cursor: string };
		const held = ask(`/rooms/passing/events?wait=20&after=${cursor}`);
		const stream = await ask("/rooms/passing/events?wait=0", { accept: "text/event-stream" });
		expect(stream.headers.get("content-type")).toStartWith("text/event-stream");
		await stream.body?.cancel();
		await say("passing", "second");
		expect(((await (await held).json()) as { events: unknown[] }).events).toHaveLength(1);
		const init = { method: "PUT", headers: { authorization: `Bearer ${adminKey}` }, body: '{"guests":false}' };
		await server.request("/api/v1/rooms/among-us", init);
		const refused = await ask("/rooms/among-us/events?wait=0");
		const entered = await ask("/rooms/among-us/events?wait=0", { authorization: `Bearer ${adminKey}` });
		const refusedAgain = await ask("/rooms/among-us/events?wait=0");
		expect([refused.status, entered.status, refusedAgain.status]).toEqual([403, 200, 403]);
	});

	test("[SEC-1] another site's page is not answered out of the cache", async () => {
		const path = "/rooms/origins/events?wait=0";
		expect((await ask(path)).status).toBe(200);
		expect((await ask(path, { origin: "https://evil.example" })).status).toBe(403);
		expect((await ask(path)).status).toBe(200);
	});

	test("[POLL-5] who takes gzip gets it, and everyone shares one answer of the origin", async () => {
		for (let count = 0; count < 30; count++) await say("zipped", `a message that is one of many: ${count}`);
		const { cursor } = (await (await ask("/rooms/zipped/events")).json()) as { cursor: string };
		await until(async () => (await (await ask(`/rooms/zipped/events?after=${cursor.split(".")[0]}.1`)).json()).events.length === 29);
		const path = `/rooms/zipped/events?after=${cursor.split(".")[0]}.0`;
		// Of this address alone: what went before may be written down after it was answered.
		const asked = () => proxy.originRequests().filter((line) => line.includes(path)).length;
		const answers = await Promise.all(
			["gzip", "gzip, br", "identity", "br;q=1, gzip;q=0.5"].map((accepted) => ask(path, { "accept-encoding": accepted })),
		);
		expect(answers.map((answer) => answer.headers.get("content-encoding"))).toEqual(["gzip", "gzip", null, "gzip"]);
		const bodies = await Promise.all(answers.map((answer) => answer.text()));
		expect(new Set(bodies).size).toBe(1);
		// Two at most: nginx's second may have turned in between.
		expect(asked()).toBeLessThanOrEqual(2);
	});
});
