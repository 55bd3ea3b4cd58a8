import { describe, expect, test } from "bun:test";
import { climb, emptyLadder, type Ladder, opcodeName, readHead, rungsMax, textOfBytes } from "./ladder.ts";
import { type Observation, readObservation } from "./observation.ts";

const accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const opening: readonly Observation[] = [
	{ atMs: 0, saw: "state", readyState: 0 },
	{
		atMs: 0.2,
		saw: "request",
		text: "GET /lab/echo HTTP/1.1\r\nHost: localhost\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
		bytes: 90,
	},
	{ atMs: 0.9, saw: "response", text: `HTTP/1.1 101 Switching Protocols\r\nSEC-WebSocket-Accept: ${accept}\r\n\r\n`, bytes: 80 },
	{
		atMs: 0.9,
		saw: "accept",
		key: "dGhlIHNhbXBsZSBub25jZQ==",
		guid: "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
		expected: accept,
		matches: true,
	},
	{ atMs: 1, saw: "state", readyState: 1 },
];

function frame(from: "client" | "server", opcode: number, payloadBytes: number): Observation {
	const mask = from === "client" ? "01 02 03 04" : null;
	const headerBytes = from === "client" ? 6 : 2;
	return { atMs: 2, saw: "frame", from, fin: true, opcode, mask, headerBytes, payloadBytes, hex: "81 05", text: null, closeCode: null };
}

function climbed(...seen: readonly Observation[]): Ladder {
	return seen.reduce(climb, emptyLadder);
}

describe("the ladder", () => {
	test("tells the handshake in its order, and compares the accept with what the server wrote", () => {
		const { rungs, readyState } = climbed(...opening);
		expect(rungs.map(({ kind }) => kind)).toEqual(["state", "head", "head", "accept", "state"]);
		expect(rungs[3]).toMatchObject({ expected: accept, answered: accept, matches: true });
		expect(rungs[3]).toHaveProperty("digest.length", 20);
		expect(readyState).toBe(1);
	});

	test("shows that an answer had no accept", () => {
		const refused: Observation = { atMs: 1, saw: "response", text: "HTTP/1.1 404 Not Found\r\n\r\n", bytes: 26 };
		const checked: Observation = { ...(opening[3] as Extract<Observation, { saw: "accept" }>), matches: false };
		expect(climbed(...opening.slice(0, 2), refused, checked).rungs.at(-1)).toMatchObject({ answered: null, matches: false });
	});

	test("knows how much of a frame is header", () => {
		const { rungs } = climbed(...opening, frame("client", 1, 18), frame("server", 9, 0));
		expect(rungs.at(-2)).toMatchObject({ kind: "frame", headerShare: 0.25 });
		expect(rungs.at(-1)).toMatchObject({ headerShare: 1 });
	});

	test("a connection that both sides closed ended, one that was dropped was cut", () => {
		const over: Observation = { atMs: 3, saw: "state", readyState: 3 };
		const closing: Observation = { atMs: 3, saw: "state", readyState: 2 };
		expect(climbed(...opening, frame("client", 8, 2), closing, frame("server", 8, 2), over).rungs.at(-1)).toMatchObject({ end: "closed" });
		expect(climbed(...opening, frame("client", 8, 2), closing, over).rungs.at(-1)).toMatchObject({ end: "cut" });
		expect(climbed(...opening, over).rungs.at(-1)).toMatchObject({ end: "cut" });
	});

	test("starts anew with a new connection, without using an id twice", () => {
		const once = climbed(...opening);
		const again = opening.reduce(climb, once);
		expect(again.rungs).toHaveLength(opening.length);
		expect(Math.min(...again.rungs.map(({ id }) => id))).toBeGreaterThan(Math.max(...once.rungs.map(({ id }) => id)));
	});

	test("is bounded, and says how much it has let go", () => {
		const many = Array.from({ length: rungsMax + 7 }, () => frame("client", 1, 5));
		const ladder = climbed(...opening, ...many);
		expect(ladder.rungs).toHaveLength(rungsMax);
		expect(ladder.forgotten).toBe(opening.length + 7);
	});

	test("ignores what it does not know, and what is no news at all", () => {
		const ladder = climbed(...opening);
		expect(climb(ladder, { atMs: 1, saw: "weather" } as unknown as Observation)).toEqual(ladder);
		expect([readObservation("{"), readObservation("null"), readObservation('{"saw":1,"atMs":1}')]).toEqual([null, null, null]);
	});
});

test("a head comes apart into its first line and its headers", () => {
	expect(readHead("HTTP/1.1 101 Switching Protocols\r\nDate: Mon, 1:2\r\nOdd\r\n\r\n")).toEqual({
		start: "HTTP/1.1 101 Switching Protocols",
		headers: [
			{ name: "Date", value: "Mon, 1:2" },
			{ name: "Odd", value: "" },
		],
	});
});

test("opcodes bear the names of RFC 6455, and others are reserved", () => {
	expect([0, 1, 2, 8, 9, 10, 3, 15].map(opcodeName)).toEqual([
		"continuation",
		"text",
		"binary",
		"close",
		"ping",
		"pong",
		"reserved",
		"reserved",
	]);
});

test("a text is filled to exactly as many bytes as asked for, without cutting a character", () => {
	for (const [seed, bytes] of [
		["你好", 7],
		["👋a", 70_000],
		["", 5],
		["你", 2],
		["abc", 0],
	] as const) {
		const text = textOfBytes(seed, bytes);
		expect(new TextEncoder().encode(text).length).toBe(bytes);
		expect(text.isWellFormed()).toBe(true);
	}
	expect(textOfBytes("你好", 7)).toBe("你好.");
});
