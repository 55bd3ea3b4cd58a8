import { describe, expect, test } from "bun:test";
import { hexOfBase64, shortLength, splitBits, splitFields, unmaskStart } from "./fields.ts";

describe("a frame's bytes by field", () => {
	test("a short frame of a client is flags, length, mask and payload", () => {
		const frame = { hex: "81 85 37 fa 21 3d 7f 9f 4d 51 58", mask: "37 fa 21 3d", headerBytes: 6, payloadBytes: 5 };
		expect(splitFields(frame)).toEqual([
			{ name: "flags", hex: ["81"], more: 0 },
			{ name: "length", hex: ["85"], more: 0 },
			{ name: "mask", hex: ["37", "fa", "21", "3d"], more: 0 },
			{ name: "payload", hex: ["7f", "9f", "4d", "51", "58"], more: 0 },
		]);
	});

	test("a frame of 300 bytes has two bytes of extended length, one of 70,000 has eight", () => {
		const middle = { hex: "82 7e 01 2c 00 01", mask: null, headerBytes: 4, payloadBytes: 300 };
		const long = { hex: "82 7f 00 00 00 00 00 01 11 70 00", mask: null, headerBytes: 10, payloadBytes: 70_000 };
		expect(splitFields(middle)[2]).toEqual({ name: "extended", hex: ["01", "2c"], more: 0 });
		expect(splitFields(long)[2]).toEqual({ name: "extended", hex: ["00", "00", "00", "00", "00", "01", "11", "70"], more: 0 });
	});

	test("payload bytes that were not handed over are counted", () => {
		const frame = { hex: "82 7e 01 2c 00 01", mask: null, headerBytes: 4, payloadBytes: 300 };
		expect(splitFields(frame).at(-1)).toEqual({ name: "payload", hex: ["00", "01"], more: 298 });
	});

	test("a frame without payload has no payload field", () => {
		expect(splitFields({ hex: "89 00", mask: null, headerBytes: 2, payloadBytes: 0 }).map(({ name }) => name)).toEqual(["flags", "length"]);
	});

	test("the first two bytes come apart bit by bit", () => {
		expect(splitBits("c1 fe 00")).toEqual([
			{ name: "FIN", bits: "1" },
			{ name: "RSV", bits: "100" },
			{ name: "opcode", bits: "0001" },
			{ name: "MASK", bits: "1" },
			{ name: "length", bits: "1111110" },
		]);
		expect(splitBits("")).toBeNull();
	});

	test("the short length leaves out the mask bit", () => {
		expect([shortLength("81 85"), shortLength("82 fe"), shortLength("82 7f")]).toEqual([5, 126, 127]);
	});

	test("taking the mask off gives back what was said (RFC 6455 section 5.7)", () => {
		const frame = { hex: "81 85 37 fa 21 3d 7f 9f 4d 51 58", mask: "37 fa 21 3d", headerBytes: 6, payloadBytes: 5 };
		const plain = unmaskStart(frame, 12).map((byte) => Number.parseInt(byte.plain, 16));
		expect(String.fromCharCode(...plain)).toBe("Hello");
		expect(unmaskStart(frame, 2)).toHaveLength(2);
		expect(unmaskStart({ ...frame, mask: null }, 12)).toEqual([]);
	});

	test("an accept holds the twenty bytes of a SHA-1", () => {
		expect(hexOfBase64("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=").join("")).toBe("b37a4f2cc0624f1690f64606cf385945b2bec4ea");
	});
});
