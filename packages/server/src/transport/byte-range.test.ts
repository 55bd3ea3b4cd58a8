import { expect, test } from "bun:test";
import { type ByteRange, byteRangeOf } from "./byte-range.ts";

test.each<[string | null, ByteRange]>([
	[null, "whole"],
	["bytes=0-", { from: 0, to: 99 }],
	["bytes=0-0", { from: 0, to: 0 }],
	["bytes=10-19", { from: 10, to: 19 }],
	[" bytes=10-19 ", { from: 10, to: 19 }],
	["bytes=90-200", { from: 90, to: 99 }],
	["bytes=99-", { from: 99, to: 99 }],
	["bytes=-10", { from: 90, to: 99 }],
	["bytes=-200", { from: 0, to: 99 }],
	["bytes=100-", "unsatisfiable"],
	["bytes=100-200", "unsatisfiable"],
	["bytes=-0", "unsatisfiable"],
	["bytes=19-10", "whole"],
	["bytes=0-9,20-29", "whole"],
	["bytes=-", "whole"],
	["bytes=a-b", "whole"],
	["bytes=1e1-", "whole"],
	["items=0-9", "whole"],
	["bytes=99999999999999999999-", "unsatisfiable"],
	["", "whole"],
])("[FILE-1] of 100 bytes %j wants %j", (header, wanted) => {
	expect(byteRangeOf(header, 100)).toEqual(wanted);
});

test("[FILE-1] nothing of an empty file can be had in part", () => {
	expect(byteRangeOf("bytes=0-", 0)).toBe("unsatisfiable");
	expect(byteRangeOf("bytes=-1", 0)).toBe("unsatisfiable");
});
