import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { masked, readFrame, writeFrame } from "./frame.ts";
import { acceptOf, readResponseHead } from "./handshake.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

describe("frames (RFC 6455 section 5)", () => {
	test("the RFC's masked Hello reads as Hello, and is written so", () => {
		const wire = bytes(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58);
		const read = readFrame(wire, 1_000);
		expect(new TextDecoder().decode(read?.frame.payload)).toBe("Hello");
		expect(read).toMatchObject({ size: 11, frame: { fin: true, rsv1: false, opcode: 1, headerBytes: 6 } });
		expect(writeFrame(1, new TextEncoder().encode("Hello"), bytes(0x37, 0xfa, 0x21, 0x3d))).toEqual(wire);
	});

	test.each([
		[0, 6],
		[125, 6],
		[126, 8],
		[65_535, 8],
		[65_536, 14],
	])("a client's frame of %d bytes has a header of %d", (length, headerBytes) => {
		const wire = writeFrame(2, new Uint8Array(length), bytes(1, 2, 3, 4));
		expect(readFrame(wire, 100_000)?.frame.headerBytes).toBe(headerBytes);
		expect(wire.length).toBe(headerBytes + length);
	});

	test("a frame cut anywhere is not there yet", () => {
		const wire = writeFrame(2, new Uint8Array(200), bytes(1, 2, 3, 4));
		for (let end = 0; end < wire.length; end++) expect(readFrame(wire.subarray(0, end), 1_000)).toBeNull();
	});

	test("any payload comes back from a written frame, and its mask", () => {
		fc.assert(
			fc.property(
				fc.uint8Array({ maxLength: 70_000 }),
				fc.uint8Array({ minLength: 4, maxLength: 4 }),
				fc.constantFrom(1, 2, 8, 9),
				(payload, mask, opcode) => {
					const frame = readFrame(writeFrame(opcode, payload, mask), 70_000)?.frame;
					expect(frame?.opcode).toBe(opcode);
					expect([...(frame?.mask ?? [])]).toEqual([...mask]);
					expect(Buffer.compare(frame?.payload ?? bytes(9), payload)).toBe(0);
				},
			),
			{ numRuns: 50 },
		);
	});

	test("a declared length beyond the bound is refused from the header alone", () => {
		expect(() => readFrame(bytes(0x82, 0x7f, 0, 0, 0, 1, 0, 0, 0, 0), 1_000)).toThrow(RangeError);
	});

	test("masking twice is nothing", () => {
		expect(masked(masked(bytes(1, 2, 3, 4, 5), bytes(9, 8, 7, 6)), bytes(9, 8, 7, 6))).toEqual(bytes(1, 2, 3, 4, 5));
	});
});

describe("the opening handshake (RFC 6455 section 1.3)", () => {
	test("the RFC's key is answered by the RFC's accept", () => {
		expect(acceptOf("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	});

	test("an answer's head is read once it is whole", () => {
		const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
		expect(readResponseHead(new TextEncoder().encode(head.slice(0, -1)))).toBeNull();
		expect(readResponseHead(new TextEncoder().encode(`${head}\x81`))).toEqual({ text: head, size: head.length, status: 101 });
	});
});
