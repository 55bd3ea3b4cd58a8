import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { readAddress } from "../src/room/address.ts";
import { linkPieces } from "../src/room/links.ts";
import { requestKey } from "../src/setup/request-key.ts";
import { streamKind } from "../src/stage/stream-kind.ts";
import { chosenLanguage, spoken } from "../src/theme/choice.ts";

function links(text: string): string[] {
	return linkPieces(text).flatMap((piece) => (piece.kind === "link" ? [piece.href] : []));
}

describe("links in a text", () => {
	test("are only what was written as an address of the web", () => {
		expect(links("see https://example.com/a?b=c#d and www.example.org")).toEqual([
			"https://example.com/a?b=c#d",
			"https://www.example.org/",
		]);
		expect(links("readme.md, example.com, a@example.com, ftp://example.com/x")).toEqual([]);
	});

	test("never run anything and never pretend to be another site", () => {
		for (const text of [
			"javascript:alert(1)",
			"data:text/html,<script>1</script>",
			"https://bank.example@evil.example/",
			"vbscript:x",
			"file:///etc/passwd",
		])
			expect(links(text)).toEqual([]);
	});

	test("end where a Chinese sentence goes on", () => {
		expect(linkPieces("看https://example.com/第一章，很好")).toEqual([
			{ kind: "text", text: "看" },
			{ kind: "link", text: "https://example.com/第一章", href: "https://example.com/%E7%AC%AC%E4%B8%80%E7%AB%A0" },
			{ kind: "text", text: "，很好" },
		]);
	});

	test("leave every letter of the text where it was", () => {
		const part = fc.constantFrom("https://a.example/x", "www.b.example", "你好", "，", " ", "<b>", "a@b.c", ".", "http://", "😀", "\n");
		fc.assert(
			fc.property(fc.array(fc.oneof(part, fc.string({ unit: "grapheme" }))), (parts) => {
				const text = parts.join("");
				expect(
					linkPieces(text)
						.map((piece) => piece.text)
						.join(""),
				).toBe(text);
			}),
		);
	});
});

describe("the page's address", () => {
	test.each([
		["http://localhost/", "lobby", "page"],
		["http://localhost/rooms/talk-1", "talk-1", "page"],
		["http://localhost/rooms/talk-1/", "talk-1", "page"],
		["http://localhost/rooms/a?embed=chat", "a", "chat"],
		["http://localhost/?embed=nonsense", "lobby", "page"],
	] as const)("%p is room %p as %p", (href, room, frame) => {
		expect(readAddress(new URL(href))).toEqual({ room, frame });
	});
});

describe("the language", () => {
	test("is the address's, then the browser's first that we speak, then English", () => {
		expect(chosenLanguage(new URLSearchParams("lang=ja"), ["zh-CN"])).toBe("ja");
		expect(chosenLanguage(new URLSearchParams(), ["fr", "zh-HK", "en"])).toBe("zh-TW");
		expect(chosenLanguage(new URLSearchParams("lang=xx"), ["fr"])).toBe("en");
		expect([spoken("zh"), spoken("zh-Hans-HK"), spoken("zh-Hant"), spoken("EN-us"), spoken("de")]).toEqual([
			"zh-CN",
			"zh-TW",
			"zh-TW",
			"en",
			null,
		]);
	});
});

test("a playlist is told from a file by its path", () => {
	expect(streamKind("https://a.example/live/index.m3u8?token=1")).toBe("hls");
	expect(streamKind("/recordings/a.MP4")).toBe("file");
	expect(streamKind("https://a.example/x.mp4?next=b.m3u8")).toBe("file");
	expect(streamKind("https://a.example/live#hls")).toBe("hls");
});

describe("asking for the operator's key", () => {
	const answer = (status: number, body: unknown) => () => Promise.resolve(new Response(JSON.stringify(body), { status }));

	test("tells a made key, a server set up before, a wrong token and everything else apart", async () => {
		expect(await requestKey(answer(201, { adminKey: "k" }), "t")).toEqual({ phase: "made", adminKey: "k" });
		expect(await requestKey(answer(403, { code: "setup_done" }), "t")).toEqual({ phase: "done" });
		expect(await requestKey(answer(401, { code: "unauthorized" }), "t")).toEqual({ phase: "bad-token" });
		expect(await requestKey(answer(500, {}), "t")).toEqual({ phase: "failed" });
		expect(await requestKey(() => Promise.resolve(new Response("<html>")), "t")).toEqual({ phase: "failed" });
		expect(await requestKey(() => Promise.reject(new TypeError("network")), "t")).toEqual({ phase: "failed" });
	});

	test("the token travels in a header alone", async () => {
		const seen: { url: string; authorization: string | null }[] = [];
		await requestKey((url, init) => {
			seen.push({ url, authorization: new Headers(init.headers).get("authorization") });
			return Promise.resolve(new Response("{}"));
		}, "secret");
		expect(seen).toEqual([{ url: "/api/v1/setup", authorization: "Bearer secret" }]);
	});
});
