import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { chooseEncoding, encodings, hasTag, wantsEventStream } from "./accept.ts";

describe("[FILE-2] the encoding", () => {
	test.each([
		// As browsers and tools say it.
		["gzip, deflate, br, zstd", "br"],
		["gzip, deflate", "gzip"],
		["br", "br"],
		["gzip;q=1.0, br;q=0.5", "gzip"],
		["gzip;q=0.5, br;q=0.5", "br"],
		["BR;Q=0.8 , GZip ; q = 0.9", "gzip"],
		["x-gzip", "gzip"],
		["*", "br"],
		["*;q=0.1", "br"],
		["br;q=0, *", "gzip"],
		["gzip, *;q=0", "gzip"],
		// Nothing of it, or plain liked better.
		[null, null],
		["", null],
		["deflate, zstd", null],
		["br;q=0, gzip;q=0.0", null],
		["*;q=0", null],
		["identity", null],
		["identity;q=0.9, br;q=0.5, gzip;q=0.1", null],
		["identity;q=0.5, br;q=0.5", "br"],
		["identity;q=0, gzip", "gzip"],
		// What is no weight is worth nothing.
		["br;q=2, gzip", "gzip"],
		["br;q=much, gzip;level=9", "gzip"],
		[";q=1,,br", "br"],
	] as const)("for %p is %p", (header, encoding) => {
		expect(chooseEncoding(header, encodings)).toBe(encoding);
	});

	test("is one of those there are, whatever a header says", () => {
		const part = fc.constantFrom("br", "gzip", "*", "identity", ";", ",", "q=", "0", "1", ".", " ", "=", "x", "\u0000");
		fc.assert(
			fc.property(fc.array(part, { maxLength: 40 }), fc.subarray([...encodings]), (parts, available) => {
				const chosen = chooseEncoding(parts.join(""), available);
				expect(chosen === null || available.includes(chosen)).toBe(true);
			}),
		);
	});
});

test.each<[string | null, boolean]>([
	["text/event-stream", true],
	["Text/Event-Stream", true],
	["text/event-stream;q=0", false],
	["text/event-stream; q=0.000", false],
	["text/event-stream;q=0, */*", false],
	["*/*, text/event-stream;q=0", false],
	["text/event-stream;q=0.001", true],
	["text/event-stream, application/json", true],
	["application/json, text/event-stream;q=0.9", false],
	["application/json;q=0.5, text/event-stream;q=0.9", true],
	["text/event-stream;charset=utf-8", true],
	["text/*", true],
	["text/*, */*;q=0.1", true],
	["text/*;q=0.1, */*", false],
	["*/*", false],
	["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", false],
	["application/json", false],
	["image/png", false],
	["text/event-stream;q=2", false],
	["text/event-stream;q=-1", false],
	["text/event-stream;q=high", false],
	["text/event-streams", false],
	["x-text/event-stream", false],
	["", false],
	[",,;q=1", false],
	[null, false],
])("[HTTP-4] Accept: %s: a stream is %p", (accept, isStream) => {
	expect(wantsEventStream(accept)).toBe(isStream);
});

test.each([
	['"a"', true],
	['W/"a"', true],
	['"b", W/"a" , "c"', true],
	["*", true],
	['"b"', false],
	["a", false],
	["", false],
	[null, false],
])('[FILE-2] the tag "a" is among %p: %p', (header, held) => {
	expect(hasTag(header, '"a"')).toBe(held);
});
