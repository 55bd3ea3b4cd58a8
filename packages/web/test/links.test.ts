import { describe, expect, test } from "bun:test";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { worstTexts } from "@hubbub/protocol/worst-texts.ts";
import * as fc from "fast-check";
import { growth, growthMax, growthOf } from "../../protocol/test/growth.ts";
import { linkPieces } from "../src/room/links.ts";

/** The links of a text as they are shown. */
function links(text: string): string[] {
	return linkPieces(text).flatMap((piece) => (piece.kind === "link" ? [piece.text] : []));
}

function hrefs(text: string): string[] {
	return linkPieces(text).flatMap((piece) => (piece.kind === "link" ? [piece.href] : []));
}

describe("links in a text", () => {
	test("are only what was written as an address of the web", () => {
		expect(hrefs("see https://example.com/a?b=c#d and www.example.org, HTTP://EXAMPLE.NET/X")).toEqual([
			"https://example.com/a?b=c#d",
			"https://www.example.org/",
			"http://example.net/X",
		]);
		expect(links("readme.md, example.com, a@example.com, a@www.example.com, ftp://example.com/x, git+https://example.com/x")).toEqual([]);
		expect(links("www. https:// http://word https://?x https://. http://www.")).toEqual([]);
		expect(hrefs("http://localhost:3000/x http://127.0.0.1/ http://[::1]:8080/")).toEqual([
			"http://localhost:3000/x",
			"http://127.0.0.1/",
			"http://[::1]:8080/",
		]);
	});

	test("never run anything and never pretend to be another site", () => {
		for (const text of [
			"javascript:alert(1)",
			"JavaScript://www%0aalert(1)",
			"data:text/html,<script>1</script>",
			"https://bank.example@evil.example/",
			"https://bank.example:secret@evil.example/",
			"https://bank.example%2f@evil.example/",
			"www.bank.example@evil.example",
			"vbscript:x",
			"file:///etc/passwd",
		])
			expect(links(text)).toEqual([]);
	});

	test.each([
		["看https://a.example/1，再看https://b.example/2", "https://a.example/1", "https://b.example/2"],
		["看https://a.example/1再https://b.example/2", "https://a.example/1再", "https://b.example/2"],
		["https://a.example/1https://b.example/2www.c.example", "https://a.example/1", "https://b.example/2www.c.example"],
		["https://a.example/x！https://c.example/y？", "https://a.example/x", "https://c.example/y"],
		["在www.b.example，或者http://c.example。", "www.b.example", "http://c.example"],
		["https://a.example/1、https://a.example/2；https://a.example/3…", "https://a.example/1", "https://a.example/2", "https://a.example/3"],
	])("may be several without spaces: %s", (text, ...expected) => {
		expect(links(text)).toEqual(expected as string[]);
	});

	test.each([
		["“https://a.example/x”说", "https://a.example/x"],
		["‘https://a.example/x’说", "https://a.example/x"],
		["'https://a.example/x'说", "https://a.example/x"],
		["「https://a.example/x」と『https://b.example/』", "https://a.example/x"],
		["《https://a.example/x》", "https://a.example/x"],
		["【https://a.example/x】", "https://a.example/x"],
		["（https://a.example/x）", "https://a.example/x"],
		["«https://a.example/x»", "https://a.example/x"],
		["„https://a.example/x“", "https://a.example/x"],
		["<https://a.example/x>", "https://a.example/x"],
		['"https://a.example/x"', "https://a.example/x"],
		["**https://a.example/x**", "https://a.example/x"],
		["`https://a.example/x`", "https://a.example/x"],
		["[https://a.example/x]后", "https://a.example/x"],
		["(https://a.example/x)后", "https://a.example/x"],
		["https://a.example/x——说", "https://a.example/x"],
		["https://a.example/x～です", "https://a.example/x"],
		["https://a.example/ش، ثم", "https://a.example/ش"],
		["https://a.example/क। फिर", "https://a.example/क"],
		["https://a.example/x👍好", "https://a.example/x"],
		["https://a.example/x.", "https://a.example/x"],
		["https://a.example/x?!", "https://a.example/x"],
		["https://a.example再看", "https://a.example"],
		["www.b.example吧", "www.b.example"],
	])("end where the sentence goes on: %s", (text, first) => {
		expect(links(text)[0]).toBe(first);
	});

	test.each([
		"https://en.wikipedia.org/wiki/Foo_(bar)",
		"https://en.wikipedia.org/wiki/Foo_(bar)_(baz)#a(b)",
		"https://example.com/第一章",
		"https://ja.wikipedia.org/wiki/ジョン・レノン",
		"https://web.archive.org/web/2020/https://example.com/",
		"https://a.example/?to=https://b.example/c",
		"https://a.example/?a[0]=1&b=c",
		"https://a.example/it's",
		"https://a.example/~x/@y/z,1;2=3",
		"https://例え.テスト/道",
		"https://b站.example/",
		"http://пример.рф",
		"https://a.example/Foo–Bar",
	])("are whole: %s", (address) => {
		expect(links(address)).toEqual([address]);
		expect(links(`看（${address}），好`)).toEqual([address]);
		expect(links(`see (${address}).`)).toEqual([address]);
	});

	test("to a host of another script go where its letters say", () => {
		expect(hrefs("http://пример.рф")).toEqual(["http://xn--e1afmkfd.xn--p1ai/"]);
	});

	test("leave every letter of the text where it was, and lead only to the web", () => {
		const part = fc.constantFrom(
			...[
				"https://a.example/x",
				"www.b.example",
				"http://",
				"www.",
				"@",
				"(",
				")",
				"[",
				"]",
				"'",
				"“",
				"你好",
				"，",
				" ",
				"<b>",
				"a@b.c",
				".",
				"😀",
				"\n",
			],
		);
		fc.assert(
			fc.property(fc.array(fc.oneof(part, fc.string({ unit: "grapheme" }))), (parts) => {
				const text = parts.join("");
				const pieces = linkPieces(text);
				expect(pieces.map((piece) => piece.text).join("")).toBe(text);
				for (const piece of pieces) {
					expect(piece.text).not.toBe("");
					if (piece.kind === "link") expect(piece.href).toMatch(/^https?:\/\/[^@/]+\//);
				}
			}),
			{ numRuns: 1_000 },
		);
	});
});

describe("[SEC-2] what finding links costs grows no faster than the text", () => {
	test.each(worstTexts.map(({ name, textOf }) => [name, textOf] as const))("of %s", (_name, textOf) => {
		expect(growthOf(linkPieces, textOf(limits.textUnitsMax), textOf(limits.textUnitsMax * growth))).toBeLessThan(growthMax);
	});
});
