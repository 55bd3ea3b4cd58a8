import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { worstTexts } from "@hubbub/protocol/worst-texts.ts";
import { type Client, connect, shown, until } from "./client.ts";
import { frameBytes, opcode, RawSocket } from "./raw-socket.ts";
import { adminKey, startServer, type TestServer } from "./start-server.ts";
import { tokenOf } from "./ways/house.ts";

let server: TestServer;
let neighbour: Client;
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off", HUBBUB_LAB: "off" });
	neighbour = await connect(`${server.ws}/rooms/lobby`, { token: adminKey });
});
afterAll(async () => {
	await neighbour.close();
	await server.stop();
});

const nested = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;

async function welcomed(): Promise<RawSocket> {
	const raw = await RawSocket.upgrade(server.port, "/rooms/lobby");
	raw.send({ type: "hello" });
	await raw.nextOf("joined");
	return raw;
}

async function codeOfNextReject(raw: RawSocket): Promise<string | undefined> {
	return (await raw.nextOf("reject"))?.code;
}

/** The neighbour talks and is heard. */
async function expectNeighbourWell(): Promise<void> {
	const text = `well ${Math.random()}`;
	expect((await neighbour.say(text)).type).toBe("ack");
	await until(() => shown(neighbour).includes(text));
	expect(neighbour.socket.readyState).toBe(WebSocket.OPEN);
}

describe("bad input on one connection", () => {
	test.each<[string, string | Uint8Array, number, string]>([
		["JSON that is none", "{{{", opcode.text, "bad_frame"],
		["arrays nested 5,000 deep", nested, opcode.text, "bad_frame"],
		["a field nested 5,000 deep", `{"type":"ping","x":${nested}}`, opcode.text, "bad_frame"],
		["a wrong field type", '{"type":"say","room":5}', opcode.text, "bad_frame"],
		["an unknown type", '{"type":"hack"}', opcode.text, "unknown_type"],
		["bytes where text is due", Buffer.from("{}"), opcode.binary, "bad_frame"],
		["an empty frame", "", opcode.text, "bad_frame"],
	])("[UP-2] [UP-4] %s is refused, and the connection and its neighbours go on", async (_what, payload, code, expected) => {
		const raw = await welcomed();
		raw.frame(code, payload);
		expect(await codeOfNextReject(raw)).toBe(expected);
		raw.send({ type: "ping", ref: "after" });
		expect((await raw.nextOf("pong"))?.ref).toBe("after");
		raw.destroy();
		await expectNeighbourWell();
	});

	test.each<[string, (raw: RawSocket) => void, number]>([
		["an unmasked frame", (raw) => raw.frame(opcode.text, '{"type":"ping"}', { masked: false }), 1002],
		["a reserved bit", (raw) => raw.frame(opcode.text, '{"type":"ping"}', { reserved: 2 }), 1002],
		["an unknown opcode", (raw) => raw.frame(3, "x"), 1002],
		["a ping of 126 bytes", (raw) => raw.frame(opcode.ping, "x".repeat(126)), 1002],
		["half a ping", (raw) => raw.frame(opcode.ping, "x", { final: false }), 1002],
		["a continuation of nothing", (raw) => raw.frame(opcode.continuation, "x"), 1002],
		["text that is not UTF-8", (raw) => raw.frame(opcode.text, Buffer.from([0x22, 0xff, 0xfe, 0x22])), 1007],
		["a surrogate in UTF-8", (raw) => raw.frame(opcode.text, Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])), 1007],
		["a close code that is none", (raw) => raw.frame(opcode.close, Buffer.from([0x00, 0x01])), 1002],
		["a frame of 10 MB", (raw) => raw.frame(opcode.text, Buffer.alloc(10_000_000, 0x20)), 1009],
		["the head of a frame of 2^62 bytes", (raw) => raw.write(Buffer.from("81ff400000000000000037fa213d", "hex")), 1009],
	])("[WS-7] %s ends its connection, and no other", async (_what, send, code) => {
		const raw = await welcomed();
		send(raw);
		expect(await raw.closeCode()).toBe(code);
		await raw.ended();
		raw.destroy();
		await expectNeighbourWell();
	});

	test("[WS-7] a message in pieces is one message, and of more than 64 KiB in pieces it is too large", async () => {
		const raw = await welcomed();
		raw.frame(opcode.text, '{"type":"pi', { final: false });
		raw.frame(opcode.ping, "between");
		raw.frame(opcode.continuation, 'ng","ref":1}');
		expect((await raw.nextOf("pong"))?.ref).toBe(1);
		raw.frame(opcode.text, " ".repeat(40_000), { final: false });
		raw.frame(opcode.continuation, `${" ".repeat(40_000)}{}`);
		expect(await raw.closeCode()).toBe(4009);
		raw.destroy();
	});

	test("[WS-7] bytes that trickle in one by one are put together", async () => {
		const raw = await welcomed();
		for (const byte of frameBytes(opcode.text, '{"type":"ping","ref":"slow"}')) {
			raw.write(Buffer.from([byte]));
			await new Promise((resolve) => setImmediate(resolve));
		}
		expect((await raw.nextOf("pong"))?.ref).toBe("slow");
		raw.destroy();
	});

	test("[WS-6] pings are answered with what they carry", async () => {
		const raw = await welcomed();
		raw.frame(opcode.ping, "hello?");
		let frame = await raw.next();
		while (frame && frame.opcode !== opcode.pong) frame = await raw.next();
		expect(frame?.payload.toString()).toBe("hello?");
		raw.destroy();
	});

	test("[SEC-2] texts that were made to be slow are answered by what is wrong with them, and hold nobody up", async () => {
		const guest = await connect(`${server.ws}/rooms/lobby`, { name: "Mallory" });
		for (const { name, textOf } of worstTexts) {
			const answer = await guest.say(textOf(limits.textUnitsMax));
			const word = answer.type === "ack" ? "ack" : answer.code;
			expect([name, word]).toEqual([name, expect.stringMatching(/^(?:ack|text_empty|text_too_long)$/)]);
			expect(await guest.say(textOf(limits.textUnitsMax * 2))).toMatchObject({ code: "text_too_long" });
		}
		await expectNeighbourWell();
		await guest.close();
	});

	test("[SEC-2] [NAME-1] names that were made to be slow are cut to names, in a hello, in a token and over HTTP", async () => {
		for (const { name, textOf } of worstTexts) {
			const guest = await connect(`${server.ws}/rooms/lobby`, { name: textOf(limits.nameUnitsSentMax) });
			const { user, token } = await guest.next("welcome");
			expect([name, user.name.length <= limits.nameUnitsMax + 5]).toEqual([name, true]);
			await guest.close();
			const again = await connect(`${server.ws}/rooms/lobby`, { token: token as string, name: textOf(limits.nameUnitsSentMax) });
			expect((await again.next("welcome")).user).toMatchObject({ id: user.id });
			await again.close();
			const tooLong = await connect(`${server.ws}/rooms/lobby`, {
				name: textOf(limits.nameUnitsSentMax).padEnd(limits.nameUnitsSentMax + 1, "x"),
			});
			expect((await tooLong.closed).code).toBe(4010);
		}
		const member = await tokenOf({ sub: "\u0327\u0301".repeat(60), name: `a${"\u0327\u0301".repeat(500)}` });
		const response = await server.request("/rooms/lobby/messages", {
			method: "POST",
			body: JSON.stringify({ text: "hi" }),
			headers: { authorization: `Bearer ${member}`, "content-type": "application/json" },
		});
		expect([
			response.status,
			((await response.json()) as { event: { from: { name: string } } }).event.from.name.length <= limits.nameUnitsMax,
		]).toEqual([201, true]);
		await expectNeighbourWell();
	});

	test("[SEC-2] 2,000 hostile connections leave the memory as it was, and the neighbour well", async () => {
		const attacks: ((raw: RawSocket) => void)[] = [
			(raw) => raw.frame(opcode.text, nested),
			(raw) => raw.frame(opcode.text, Buffer.from([0xff])),
			(raw) => raw.frame(opcode.text, '{"type":"ping"}', { masked: false }),
			(raw) => raw.frame(opcode.text, `{"type":"hello","name":"${"x".repeat(70_000)}"}`),
			(raw) => raw.write(Buffer.from("81ff400000000000000037fa213d", "hex")),
			(raw) => raw.frame(opcode.binary, "x"),
			(raw) => raw.frame(opcode.text, '{"type":"hello","rooms":[{"room":"lobby"}]}', { final: false }),
			(raw) => raw.send({ type: "hello", token: "x" }),
		];
		const attack = async (count: number) => {
			for (let done = 0; done < count; done += 50)
				await Promise.all(
					Array.from({ length: 50 }, async (_, index) => {
						const raw = await RawSocket.upgrade(server.port, "/rooms/lobby");
						attacks[index % attacks.length]?.(raw);
						if (index % attacks.length !== 6) await raw.ended();
						raw.vanish();
					}),
				);
			await until(async () => /hubbub_connections\{transport="websocket"\} 1\n/.test(await (await server.request("/metrics")).text()));
		};
		const settledBytes = async () => {
			for (let round = 0; round < 5; round++) {
				Bun.gc(true);
				await Bun.sleep(10);
			}
			return process.memoryUsage();
		};
		await attack(400);
		const before = await settledBytes();
		await attack(2_000);
		const after = await settledBytes();
		// One connection that stayed would hold more than 10 kB: 2,000 of them far more than this.
		expect(after.heapUsed - before.heapUsed).toBeLessThan(8 * 1024 * 1024);
		expect(after.rss - before.rss).toBeLessThan(96 * 1024 * 1024);
		await expectNeighbourWell();
	});
});
