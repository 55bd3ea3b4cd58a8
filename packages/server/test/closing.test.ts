import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { type Client, connect, until } from "./client.ts";
import { opcode, RawSocket } from "./raw-socket.ts";
import { adminKey, jwtSecret, startServer, type TestServer } from "./start-server.ts";

let server: TestServer;
const sockets: RawSocket[] = [];
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory" });
});
afterAll(async () => {
	for (const raw of sockets) raw.destroy();
	await server.stop();
});

async function open(path = "/ws", protocol = "hubbub.v1"): Promise<RawSocket> {
	const raw = await RawSocket.upgrade(server.port, path, protocol);
	sockets.push(raw);
	return raw;
}

async function welcomed(room: string, token?: string): Promise<RawSocket> {
	const raw = await open(`/rooms/${room}`);
	raw.send({ type: "hello", ...(token && { token }) });
	await raw.nextOf("joined");
	return raw;
}

async function viewersOf(room: string): Promise<number> {
	const response = await server.request(`/api/v1/rooms/${room}`, { headers: { authorization: `Bearer ${adminKey}` } });
	return (await response.json()).viewers;
}

/** Reads to the end: the last word's code, the close frame's code, and whether the connection ended then. */
async function howItEnded(raw: RawSocket): Promise<{ bye: string | undefined; close: number | null }> {
	let bye: string | undefined;
	let close: number | null = null;
	for (let frame = await raw.next(); frame; frame = await raw.next()) {
		if (frame.opcode === opcode.close) close = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1005;
		else if (frame.opcode === opcode.text && frame.payload.includes('"bye"')) bye = JSON.parse(frame.payload.toString()).code;
	}
	return { bye, close };
}

describe("each close code of the table", () => {
	test("[AUTH-2] 4001 for a token that is not valid", async () => {
		const raw = await open();
		raw.send({ type: "hello", token: "x" });
		expect(await howItEnded(raw)).toEqual({ bye: "unauthorized", close: 4001 });
	});

	test("[AUTH-5] 4001 when the token expires", async () => {
		const key = new TextEncoder().encode(jwtSecret);
		// Whole seconds: the one that is named may be over before its token is read. Then it is tried with one more.
		for (let seconds = 1; ; seconds++) {
			const exp = Math.floor(Date.now() / 1_000) + seconds;
			const raw = await open("/rooms/expiring");
			raw.send({ type: "hello", token: await new SignJWT({ sub: "u", exp }).setProtectedHeader({ alg: "HS256" }).sign(key) });
			if ((await raw.nextOf("joined")) === null) continue;
			expect(await howItEnded(raw)).toEqual({ bye: "unauthorized", close: 4001 });
			break;
		}
	});

	test("[WS-7] 4009 for a frame of more than 64 KiB", async () => {
		const raw = await welcomed("large");
		raw.frame(opcode.text, JSON.stringify({ type: "ping", pad: "x".repeat(65_536) }));
		expect(await howItEnded(raw)).toEqual({ bye: "frame_too_large", close: 4009 });
	});

	test("[WS-3] 4010 for a first frame that is no hello", async () => {
		const raw = await open();
		raw.send({ type: "ping" });
		expect(await howItEnded(raw)).toEqual({ bye: "bad_frame", close: 4010 });
	});

	test("[UP-2] 4010 for the 21st bad frame", async () => {
		const raw = await welcomed("bad");
		for (let count = 0; count < 21; count++) raw.frame(opcode.text, "{");
		expect(await howItEnded(raw)).toEqual({ bye: "bad_frame", close: 4010 });
	});

	test("[TXT-1] 4001 for a guest on the text subprotocol where no guests are let in", async () => {
		const host = await connect(`${server.ws}/rooms/members`, { token: adminKey });
		host.send({ type: "settings", ref: 1, room: "members", settings: { guests: false } });
		await host.next("ack");
		await host.close();
		const raw = await open("/rooms/members", "");
		expect((await howItEnded(raw)).close).toBe(4001);
	});

	test("[OPS-3] 4100 when the server leaves", async () => {
		const leaving = await startServer({ HUBBUB_DATA: "memory" });
		const raw = await RawSocket.upgrade(leaving.port);
		raw.send({ type: "hello" });
		await raw.nextOf("welcome");
		const ending = howItEnded(raw);
		await leaving.stop();
		expect(await ending).toEqual({ bye: "draining", close: 4100 });
	});

	test("[FAN-6] 4101 for too many answers that are not read, with the last word still in order", async () => {
		const unlimited = await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off" });
		const writer = await connect(`${unlimited.ws}/rooms/lobby`);
		for (let index = 0; index < 50; index++) await writer.say("👨‍👩‍👧‍👦".repeat(300));
		const raw = await RawSocket.upgrade(unlimited.port, "/rooms/lobby");
		raw.send({ type: "hello" });
		await raw.nextOf("joined");
		raw.pause();
		let gone = false;
		const ending = howItEnded(raw).then((how) => {
			gone = true;
			return how;
		});
		// Each answer is some 400 kB of history, and the last word goes behind what the socket did not take of it. More than the kernel keeps for one
		// connection is asked for before anything is read.
		for (let round = 0; round < 300; round++) {
			raw.send({ type: "leave", room: "lobby" });
			raw.send({ type: "join", room: "lobby" });
			if (round % 20 === 0) await writer.say("meanwhile");
		}
		await until(async () => (await (await fetch(`${unlimited.http}/metrics`)).text()).includes('hubbub_closes_total{code="too_slow"} 1'));
		expect(gone).toBe(false);
		raw.resume();
		expect(await ending).toEqual({ bye: "too_slow", close: 4101 });
		expect((await writer.say("still here")).type).toBe("ack");
		await writer.close();
		await unlimited.stop();
	});

	test("[WS-3] 4102 for a hello that never comes", async () => {
		const [v1, talking] = [await open(), await open()];
		// Pings are no hello.
		const pinging = setInterval(() => talking.frame(opcode.ping, ""), 500);
		const ends = await Promise.all([howItEnded(v1), howItEnded(talking)]);
		clearInterval(pinging);
		expect(ends).toEqual([
			{ bye: "silent", close: 4102 },
			{ bye: "silent", close: 4102 },
		]);
	});

	test("[WS-8] 4104 for a flood, of frames or of pings", async () => {
		for (const [code, payload] of [
			[opcode.text, '{"type":"like","room":"lobby","count":1}'],
			[opcode.ping, "x"],
		] as const) {
			const raw = await welcomed("flooded");
			for (let count = 0; count < 1_500; count++) raw.frame(code, payload);
			expect(await howItEnded(raw)).toEqual({ bye: "flooding", close: 4104 });
		}
	});

	test("[WS-5] before each close the reason is named in the close frame too", async () => {
		const client = await connect(`${server.ws}/ws`, { token: "x" });
		expect(await client.closed).toEqual({ code: 4001, reason: "unauthorized", wasClean: true });
	});
});

describe("the closing handshake", () => {
	test.each([
		["1000", Buffer.from([0x03, 0xe8])],
		["1001 and a reason", Buffer.from([0x03, 0xe9, 0x62, 0x79, 0x65])],
		["a code of one's own", Buffer.from([0x0f, 0xa0])],
	])("[WS-5] a close by the client with %s is answered in kind, and nothing after it", async (_what, payload) => {
		const raw = await welcomed("closing");
		raw.frame(opcode.close, payload);
		let answer = await raw.next();
		while (answer && answer.opcode !== opcode.close) answer = await raw.next();
		expect(answer?.payload.subarray(0, 2)).toEqual(payload.subarray(0, 2));
		expect(await raw.next()).toBeNull();
		await until(async () => (await viewersOf("closing")) === 0);
	});

	test("[WS-5] a close without a code is answered", async () => {
		const raw = await welcomed("closing");
		raw.frame(opcode.close, "");
		expect([1000, 1005]).toContain((await raw.closeCode()) as number);
		await until(async () => (await viewersOf("closing")) === 0);
	});

	test("[WS-5] a client of the platform closes cleanly", async () => {
		const client: Client = await connect(`${server.ws}/rooms/closing`);
		client.socket.close(1000, "bye");
		expect(await client.closed).toMatchObject({ code: 1000, wasClean: true });
		await until(async () => (await viewersOf("closing")) === 0);
	});

	test.each<[string, (raw: RawSocket) => void]>([
		["that ends its half of the connection", (raw) => raw.endSending()],
		["that is reset", (raw) => raw.vanish()],
		["that goes away", (raw) => raw.destroy()],
		[
			"that goes away in the middle of a frame",
			(raw) => {
				raw.write(Buffer.from([0x81, 0xfe, 0x10]));
				raw.destroy();
			},
		],
	])("[WS-6] a socket %s frees everything it held", async (_what, end) => {
		const raw = await welcomed("vanished");
		expect(await viewersOf("vanished")).toBe(1);
		end(raw);
		await until(async () => (await viewersOf("vanished")) === 0);
	});
});
