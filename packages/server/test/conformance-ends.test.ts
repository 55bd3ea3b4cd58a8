import { describe, expect, test } from "bun:test";
import { createRoomEvents } from "../src/transport/room-events.ts";
import { until } from "./client.ts";
import { say } from "./live-room.ts";
import { RawSocket } from "./raw-socket.ts";
import { makeHouse } from "./scripted-session.ts";
import { startServer, type TestServer } from "./start-server.ts";
import { refusalOf } from "./ways/http-ways.ts";

const stream = { accept: "text/event-stream" };

async function openConnections(server: TestServer): Promise<string[]> {
	const metrics = await (await server.request("/metrics")).text();
	return [...metrics.matchAll(/^hubbub_connections\{transport="([^"]+)"\} [1-9]/gm)].map(([, transport]) => transport as string);
}

async function withServer(run: (server: TestServer) => Promise<void>): Promise<void> {
	const server = await startServer({ HUBBUB_DATA: "memory" });
	await run(server).finally(() => server.stop());
}

describe("an event stream that is over", () => {
	test("[SSE-3] is freed when the server has ended it, when the reader has gone, and when it was refused", () =>
		withServer(async (server) => {
			const refused = await server.request("/rooms/lobby/events", { headers: { ...stream, authorization: "Bearer no-such-token" } });
			expect([refused.status, (await refused.json()).code]).toEqual([401, "unauthorized"]);
			await until(async () => (await openConnections(server)).length === 0);
			const left = await server.request("/rooms/lobby/events", { headers: stream });
			const reader = (left.body as ReadableStream<Uint8Array>).getReader();
			await reader.read();
			await until(async () => (await openConnections(server)).includes("event-stream"));
			await reader.cancel();
			await until(async () => (await openConnections(server)).length === 0);
		}));

	test("[SSE-1] goes on from Last-Event-ID, though its address still names an older cursor", () =>
		withServer(async (server) => {
			const told = async (text: string) =>
				(await (await server.request("/rooms/lobby/messages", { method: "POST", body: JSON.stringify({ text }) })).json()) as {
					cursor: string;
				};
			const [first, second] = [await told("first"), await told("second")];
			await told("third");
			const headers = { ...stream, "last-event-id": second.cursor };
			const response = await server.request(`/rooms/lobby/events?after=${first.cursor}`, { headers });
			const reader = (response.body as ReadableStream<Uint8Array>).getReader();
			let text = "";
			while (!text.includes('"joined"')) text += new TextDecoder().decode((await reader.read()).value);
			expect(text).toContain('"third"');
			expect(text).not.toContain('"second"');
			await reader.cancel();
		}));

	test("[SSE-4] [FAN-6] of a reader that takes nothing is broken off, down to its connection", async () => {
		const house = makeHouse();
		const roomEvents = createRoomEvents(house.sessionServices, { streamLeft() {}, pollCut() {} });
		const listener = Bun.serve({
			...{ hostname: "127.0.0.1", port: 0, idleTimeout: 30 },
			fetch: (request, server) => {
				const query = new URL(request.url).searchParams;
				const limitQuiet = (seconds: number) => server.timeout(request, seconds);
				const { headers, signal } = request;
				return roomEvents({ room: "lobby", query, headers, isHead: false, address: "203.0.113.1", signal, limitQuiet });
			},
		});
		try {
			const room = await house.room("lobby");
			const socket = await RawSocket.open(listener.port as number);
			socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n");
			await until(async () => {
				await house.clock.settle();
				return room.viewers === 1;
			});
			socket.pause();
			// More than the kernel takes; after that the reader is behind, and 20 s later it is let go.
			const long = "字".repeat(490);
			const letGo = () => house.services.metrics.registry.getSingleMetricAsString("hubbub_closes_total");
			for (let count = 0; !(await letGo()).includes('code="too_slow"} 1'); ) {
				for (let index = 0; index < 200; index++) await say(room, `person ${count}`, `${count++} ${long}`);
				await house.pass(1_000);
				await Bun.sleep(10);
			}
			expect(house.table.size).toBe(1);
			await house.pass(6_000);
			expect(house.table.size).toBe(0);
			expect(room.viewers).toBe(0);
			// It reads again: there is an end behind what the kernel held.
			await until(() => listener.pendingRequests === 0);
			socket.resume();
			await socket.ended();
		} finally {
			await listener.stop(true);
		}
	});
});

describe("a server that stops", () => {
	test("[OPS-3] answers the polls it holds, and says good-bye on its streams", async () => {
		const server = await startServer({ HUBBUB_DATA: "memory" });
		const { cursor } = (await (await server.request("/rooms/lobby/events")).json()) as { cursor: string };
		const held = server.request(`/rooms/lobby/events?wait=25&after=${cursor}`);
		const streaming = await server.request("/rooms/lobby/events", { headers: stream });
		const reader = (streaming.body as ReadableStream<Uint8Array>).getReader();
		let text = new TextDecoder().decode((await reader.read()).value);
		await until(
			async () =>
				((await (await server.request("/rooms/lobby/events?wait=0")).json()) as { ambient: { viewers: number } }).ambient.viewers === 2,
		);
		await server.stop();
		const refusal = await refusalOf(await held);
		expect(refusal.code).toBe("draining");
		expect(refusal.retryAfterMs).toBeGreaterThan(0);
		for (let part = await reader.read(); !part.done; part = await reader.read()) text += new TextDecoder().decode(part.value);
		expect(text).toMatch(/"type":"bye","code":"draining"[^\n]+\n\n$/);
	});
});
