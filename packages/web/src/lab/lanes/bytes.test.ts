import { describe, expect, test } from "bun:test";
import { bodyBytes, frameBytes, handshakeBytes, requestHeadBytes, responseHeadBytes } from "./bytes.ts";
import { EventText } from "./event-text.ts";
import { clusters } from "./strip-view.ts";

const facts = { host: "localhost:8080", origin: "http://localhost:8080", root: "/", userAgent: "Browser/1.0", languages: ["zh-CN", "en"] };

describe("counted and estimated bytes", () => {
	test("a frame's header grows at 126 and at 65,536 bytes, and by four where it is masked", () => {
		const headers = (from: "client" | "server") => [0, 125, 126, 65_535, 65_536].map((size) => frameBytes(size, from) - size);
		expect(headers("server")).toEqual([2, 2, 4, 4, 10]);
		expect(headers("client")).toEqual([6, 6, 8, 8, 14]);
	});

	test("a longer path or another header makes a request's head longer by as many bytes", () => {
		const head = requestHeadBytes("rooms/lab/events", facts);
		expect(requestHeadBytes("rooms/lab/events?x", facts) - head).toBe(2);
		expect(requestHeadBytes("rooms/lab/events", facts, ["a: b"]) - head).toBe(6);
		expect(handshakeBytes("/ws", "hubbub.v1", facts).up).toBeGreaterThan(head);
	});

	test("an answer's head is its status line and its headers, each with a line's end", () => {
		const response = new Response("x", { status: 200, statusText: "OK", headers: { etag: '"1"' } });
		response.headers.delete("content-type");
		expect(responseHeadBytes(response)).toBe('HTTP/1.1 200 OK\r\netag: "1"\r\n\r\n'.length);
	});

	test("a compressed body weighs what the head says, any other its own bytes", () => {
		const compressed = { headers: new Headers({ "content-encoding": "gzip", "content-length": "321" }) };
		expect(bodyBytes(compressed, "你".repeat(1_000))).toBe(321);
		expect(bodyBytes({ headers: new Headers({ "content-length": "999" }) }, "你好")).toBe(6);
	});
});

describe("an event stream", () => {
	const bytes = new TextEncoder().encode('id: e.1\ndata: {"a":"你好"}\n\n:\n\nevent: x\ndata: one\ndata: two\n\ndata: cut');

	test("is read the same however it is cut into pieces, and an event without its end is none yet", () => {
		const expected = [
			{ data: '{"a":"你好"}', id: "e.1" },
			{ data: "one\ntwo", id: null },
		];
		for (const size of [1, 3, 7, bytes.length]) {
			const text = new EventText();
			const events = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
				text.take(bytes.slice(index * size, (index + 1) * size)),
			);
			expect(events.flat()).toEqual(expected);
		}
	});

	test("whose event never ends is refused", () => {
		const text = new EventText();
		const endless = () => {
			for (let index = 0; index < 6; index++) text.take(new Uint8Array(1024 * 1024).fill(0x61));
		};
		expect(endless).toThrow(RangeError);
	});
});

test("dots that would lie on one another become a number, those made up for apart", () => {
	const dots = [0, 60, 120, 1_000, 5_000, 5_000].map((atMs, id) => ({ id, atMs, isMadeUp: id === 5 }));
	expect(clusters(dots)).toEqual([
		{ atMs: 0, count: 3, isMadeUp: false },
		{ atMs: 1_000, count: 1, isMadeUp: false },
		{ atMs: 5_000, count: 1, isMadeUp: false },
		{ atMs: 5_000, count: 1, isMadeUp: true },
	]);
});
