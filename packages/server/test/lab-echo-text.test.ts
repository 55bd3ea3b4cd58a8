import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { opcode, RawSocket } from "./raw-socket.ts";
import { startServer, type TestServer } from "./start-server.ts";

// Group 6 of the Autobahn test suite for servers, written anew: UTF-8 as it should be and as it should not, whole, in fragments and byte by byte.

let server: TestServer;
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_LAB: "on" });
});
afterAll(() => server.stop());

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

async function withEcho(run: (echo: RawSocket) => Promise<void>): Promise<void> {
	const echo = await RawSocket.upgrade(server.port, "/lab/echo", "");
	try {
		await run(echo);
	} finally {
		echo.destroy();
	}
}

/** One text message, a byte a fragment where `size` is 1. */
function sendIn(echo: RawSocket, payload: Uint8Array, size: number): void {
	for (let start = 0; start === 0 || start < payload.length; start += size)
		echo.frame(start === 0 ? opcode.text : opcode.continuation, payload.subarray(start, start + size), {
			final: start + size >= payload.length,
		});
}

const ways: [string, number][] = [
	["in one frame", Number.POSITIVE_INFINITY],
	["in fragments of 3 bytes", 3],
	["in fragments of a byte", 1],
];

const valid: [string, string][] = [
	["an empty text", ""],
	["Greek", "ce ba e1 bd b9 cf 83 ce bc ce b5"],
	["Chinese", "e7 9b b4 e6 92 ad e9 97 b4"],
	["the first of one byte", "00"],
	["the last of one byte", "7f"],
	["the first of two bytes", "c2 80"],
	["the last of two bytes", "df bf"],
	["the first of three bytes", "e0 a0 80"],
	["the last of three bytes, a noncharacter", "ef bf bf"],
	["the first of four bytes", "f0 90 80 80"],
	["the last there is, U+10FFFF", "f4 8f bf bf"],
	["the last before the surrogates", "ed 9f bf"],
	["the first after the surrogates", "ee 80 80"],
	["the replacement character", "ef bf bd"],
	["a byte order mark", "ef bb bf"],
	["noncharacters of other planes", "f0 9f bf be f1 8f bf bf f3 9f bf be"],
	["an emoji among letters", "61 f0 9f 8e 89 62"],
];

const invalid: [string, string][] = [
	["a surrogate among letters", "ce ba ed a0 80 65 64 69 74 65 64"],
	["a continuation byte alone", "80"],
	["the last continuation byte alone", "bf"],
	["seven continuation bytes", "80 bf 80 bf 80 bf 80"],
	["a lead of two bytes alone", "c3"],
	["a lead of two bytes and a space", "c3 20"],
	["a lead of three bytes alone", "e2 82"],
	["a lead of four bytes alone", "f0 9f 8e"],
	["a sequence of five bytes", "f8 88 80 80 80"],
	["a sequence of six bytes", "fc 84 80 80 80 80"],
	["FE", "fe"],
	["FF", "ff"],
	["a slash in two bytes", "c0 af"],
	["a slash in three bytes", "e0 80 af"],
	["a slash in four bytes", "f0 80 80 af"],
	["a nought in two bytes", "c0 80"],
	["the longest overlong of two bytes", "c1 bf"],
	["the longest overlong of three bytes", "e0 9f bf"],
	["the longest overlong of four bytes", "f0 8f bf bf"],
	["U+110000", "f4 90 80 80"],
	["a high surrogate", "ed a0 80"],
	["the last high surrogate", "ed af bf"],
	["a low surrogate", "ed b0 80"],
	["a pair of surrogates", "ed a0 80 ed b0 80"],
	["a good text with a broken end", "48 65 6c 6c 6f c3"],
];

describe("6: UTF-8", () => {
	for (const [how, size] of ways) {
		test.each(valid)(`[LAB-1] %s comes back, ${how}`, (_what, text) =>
			withEcho(async (echo) => {
				sendIn(echo, hex(text), size);
				const frame = await echo.next();
				expect(frame?.opcode).toBe(opcode.text);
				expect(frame?.payload.toString("hex")).toBe(hex(text).toString("hex"));
			}),
		);

		test.each(invalid)(`[WS-7] %s is let go with 1007, ${how}`, (_what, text) =>
			withEcho(async (echo) => {
				sendIn(echo, hex(text), size);
				const frame = await echo.next();
				expect([frame?.opcode, frame?.payload.readUInt16BE(0)]).toEqual([opcode.close, 1007]);
				await echo.ended();
			}),
		);
	}

	test("[LAB-1] a character that is cut between two fragments is whole, and what is no text may be in a binary message", () =>
		withEcho(async (echo) => {
			const text = Buffer.from("κόσμε");
			for (let cut = 1; cut < text.length; cut++) {
				echo.frame(opcode.text, text.subarray(0, cut), { final: false });
				echo.frame(opcode.ping, "");
				echo.frame(opcode.continuation, text.subarray(cut));
				expect((await echo.next())?.opcode).toBe(opcode.pong);
				expect((await echo.next())?.payload.toString()).toBe("κόσμε");
			}
			for (const [, bad] of invalid) {
				echo.frame(opcode.binary, hex(bad));
				expect((await echo.next())?.payload.equals(hex(bad))).toBe(true);
			}
		}));
});
