import { expect, test } from "bun:test";
import { byteLength } from "./byte-length.ts";

test("text is counted in bytes of UTF-8", () => {
	expect(byteLength("a你🎉")).toBe(1 + 3 + 4);
});
