import { expect, test } from "bun:test";
import { limits } from "@hubbub/protocol/limits.ts";
import { bounds, byteLength } from "./bounds.ts";

test("this side's bounds are the protocol's", () => {
	expect(limits).toMatchObject(bounds);
});

test("text is counted in bytes of UTF-8", () => {
	expect(byteLength("a你🎉")).toBe(1 + 3 + 4);
});
