import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decodeCursor, encodeCursor } from "./cursor.ts";

const position = fc.record({ epoch: fc.stringMatching(/^[a-z0-9]{1,32}$/), offset: fc.nat({ max: Number.MAX_SAFE_INTEGER }) });

describe("a cursor", () => {
	test("[LOG-4] is read back as the position it was written from", () => {
		fc.assert(fc.property(position, (written) => expect(decodeCursor(encodeCursor(written))).toEqual(written)));
	});

	test("[LOG-4] fits any address and any header as it is", () => {
		fc.assert(fc.property(position, (written) => expect(encodeURIComponent(encodeCursor(written))).toBe(encodeCursor(written))));
	});

	test.each([
		[""],
		["."],
		["abc"],
		["abc."],
		[".1"],
		["ABC.1"],
		["abc.1.2"],
		["abc.-1"],
		["abc.1e5!"],
		["abc. 1"],
		["abc.1\n"],
		["abc.zzzzzzzzzzz"],
		[`${"a".repeat(33)}.1`],
		["../../etc/passwd"],
		["ａ.１"],
	])("[LOG-5] %p is none", (cursor) => {
		expect(decodeCursor(cursor)).toBeNull();
	});

	test("[LOG-5] reading never throws, and what is read has an offset that can be counted with", () => {
		fc.assert(
			fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[a-z0-9]{0,34}\.[0-9a-z]{0,12}$/)), (cursor) => {
				const read = decodeCursor(cursor);
				if (read) expect(Number.isSafeInteger(read.offset) && read.offset >= 0).toBe(true);
			}),
		);
	});
});
