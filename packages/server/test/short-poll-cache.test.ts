import { afterAll, beforeAll, expect, test } from "bun:test";
import { Pollers } from "../bench/pollers/pollers.ts";
import { until } from "./client.ts";
import { startNginx } from "./documented-proxies.ts";
import type { RunningProxy } from "./proxy.ts";
import { startServer, type TestServer } from "./start-server.ts";

let server: TestServer;
let proxy: RunningProxy;
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off" });
	proxy = await startNginx(server.port, { tls: "off" });
});
afterAll(async () => {
	await proxy.stop();
	await server.stop();
});

async function say(text: string): Promise<number> {
	const answer = await server.request("/rooms/polled/messages", { method: "POST", body: JSON.stringify({ text }) });
	return ((await answer.json()) as { event: { offset: number } }).event.offset;
}

test("[POLL-4] behind a cache, a room's short pollers cost the origin at most 5 requests a second, and each sees every message once, by its third poll", async () => {
	await say("There is something before anybody comes.");
	const pollers = await Pollers.start({
		...{ port: proxy.port, host: "localhost", path: "/rooms/polled/events" },
		...{ pollers: 500, connections: 100, intervalMs: 1_000 },
	});
	try {
		await until(() => pollers.reached > 0);
		const startedMs = performance.now();
		const before = proxy.originRequests().length;
		let last = 0;
		for (let count = 0; count < 30; count++) {
			last = await say(`message ${count}`);
			pollers.announce(last);
			await Bun.sleep(270);
		}
		await until(() => pollers.reached === last);
		const seconds = (performance.now() - startedMs) / 1_000;
		const requests = proxy.originRequests().length - before;
		const report = pollers.report();
		expect(report).toMatchObject({ failed: [], doubled: 0, missing: 0, reached: last });
		expect(report.pollsToSee).toBeLessThanOrEqual(3);
		// The cache asks once in a second for each cursor, and there is one more cursor for each second that pollers are apart: three where
		// all of them ask every second. Pollers that a slow machine holds up are further apart.
		expect(requests / seconds).toBeLessThanOrEqual(Math.max(5, 2 + Math.ceil(report.gapMsMax / 1_000)));
	} finally {
		pollers.stop();
	}
});
