import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { connect as connectTcp, type Socket } from "node:net";
import { type Client, connect, until } from "./client.ts";
import { handshake, RawSocket } from "./raw-socket.ts";
import { type ServerProcess, spawnServer } from "./start-server.ts";

const openFiles = 256;

/** Starts a server that may have so many files open and no more: Bun raises the soft limit to the hard one. */
function spawnLimited(variables: Record<string, string> = {}): Promise<ServerProcess> {
	const through = ["sh", "-c", `ulimit -n ${openFiles} && exec "$@"`, "sh"];
	return spawnServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off", HUBBUB_LOG_LEVEL: "info", ...variables }, [], { through });
}

/** Connections that say nothing, of which the server learns nothing but that they cost a descriptor. */
async function openSilent(port: number, count: number): Promise<Socket[]> {
	return Promise.all(
		Array.from(
			{ length: count },
			() =>
				new Promise<Socket>((resolve) => {
					const socket = connectTcp(port, "127.0.0.1", () => resolve(socket));
					socket.on("error", () => resolve(socket));
					socket.on("close", () => resolve(socket));
				}),
		),
	);
}

describe.skipIf(process.platform === "win32")("open files used up", () => {
	let server: ServerProcess;
	let port: number;
	let client: Client;
	let silent: Socket[] = [];
	beforeEach(async () => {
		server = await spawnLimited();
		port = Number(new URL(server.url).port);
		client = await connect(`${server.ws}/rooms/lobby`);
	});
	afterEach(async () => {
		for (const socket of silent) socket.destroy();
		await server.end("SIGKILL");
	});

	const words = (line: RegExp) => server.output().match(new RegExp(line, "g")) ?? [];
	const isRefused = () =>
		new Promise<boolean>((resolve) => {
			const socket = connectTcp(port, "127.0.0.1", () => {
				resolve(false);
				socket.destroy();
			});
			socket.on("error", () => resolve(true));
		});

	test("[OPS-9] by connections that say nothing: whoever comes is refused, those who are there go on, and it takes people in again, with one line", async () => {
		silent = await openSilent(port, 600);
		await until(isRefused);
		for (let count = 0; count < 20; count++) expect((await client.say(`still here ${count}`)).type).toBe("ack");
		// The line comes by a pipe of its own, and may be read after the answers.
		await until(() => words(/open files are used up/).length > 0);
		expect(words(/open files are used up/)).toHaveLength(1);
		for (const socket of silent) socket.destroy();
		await until(async () => !(await isRefused()));
		const newcomer = await connect(`${server.ws}/rooms/lobby`);
		expect((await newcomer.say("here now")).type).toBe("ack");
		await client.next("batch", ({ events }) => events.some((event) => event.kind === "message" && event.text === "here now"));
		expect(words(/open files are used up/)).toHaveLength(1);
		expect(await server.end("SIGTERM")).toBe(0);
		expect((await client.closed).code).toBe(4100);
		expect((await newcomer.closed).code).toBe(4100);
	});

	test("[OPS-9] [WS-1] by WebSockets: beyond what the limit leaves, 503 with a time to come back, and the socket is closed", async () => {
		const sockets: RawSocket[] = [];
		const statuses: number[] = [];
		for (let count = 0; count < openFiles; count++) {
			const raw = await RawSocket.open(port);
			raw.write(handshake("/rooms/lobby"));
			const { status, headers, body } = await raw.response();
			statuses.push(status);
			sockets.push(raw);
			if (status === 101) continue;
			expect(status).toBe(503);
			expect(JSON.parse(body)).toMatchObject({ code: "overloaded" });
			expect(headers.get("retry-after")).toBe("10");
			await raw.ended();
		}
		expect(statuses.filter((status) => status === 101)).toHaveLength(openFiles - 128 - 1);
		expect((await fetch(`${server.url}/rooms/lobby/events?wait=5`)).status).toBe(503);
		// A browser takes 503 for final: a stream of two words says when to come back (SPEC SSE-1).
		const stream = await (await fetch(`${server.url}/rooms/lobby/events`, { headers: { accept: "text/event-stream" } })).text();
		expect(stream).toContain('"code":"overloaded"');
		expect(stream).toMatch(/^retry: \d+$/m);
		expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
		expect((await client.say("still here")).type).toBe("ack");
		expect(words(/open files are used up/)).toHaveLength(0);
		sockets.find((_raw, index) => statuses[index] === 101)?.destroy();
		await until(async () => {
			const raw = await RawSocket.open(port);
			raw.write(handshake("/rooms/lobby"));
			const { status } = await raw.response();
			sockets.push(raw);
			return status === 101;
		});
		for (const raw of sockets) raw.destroy();
	});
});

test("[OPS-9] HUBBUB_MAX_CONNECTIONS is the number of those that are held, whatever the limit", async () => {
	const server = await spawnServer({ HUBBUB_DATA: "memory", HUBBUB_MAX_CONNECTIONS: "2" });
	const clients = [await connect(`${server.ws}/rooms/lobby`), await connect(`${server.ws}/rooms/lobby`)];
	const raw = await RawSocket.open(Number(new URL(server.url).port));
	raw.write(handshake("/rooms/lobby"));
	expect((await raw.response()).status).toBe(503);
	expect((await fetch(`${server.url}/rooms/lobby/messages`)).status).toBe(200);
	for (const client of clients) await client.close();
	expect(await server.end("SIGTERM")).toBe(0);
});
