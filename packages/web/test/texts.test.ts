import { describe, expect, test } from "bun:test";
import { readAddress } from "../src/room/address.ts";
import { claim } from "../src/setup/claim.ts";
import { judgeAddress, roomIdOf } from "../src/setup/stream-address.ts";
import { isRepeated, streamKind } from "../src/stream/stream-kind.ts";
import { chosenLanguage } from "../src/theme/choice.ts";
import { languageFor } from "../src/words/language.ts";

describe("the page's address", () => {
	test.each([
		["http://localhost/", "lobby", "page"],
		["http://localhost/rooms/talk-1", "talk-1", "page"],
		["http://localhost/rooms/talk-1/", "talk-1", "page"],
		["http://localhost/rooms/a?embed=chat", "a", "chat"],
		["http://localhost/?embed=nonsense", "lobby", "page"],
	] as const)("%p is room %p as %p", (href, room, frame) => {
		expect(readAddress(new URL(href), "/")).toEqual({ room, frame });
	});

	test.each([
		["https://example.com/chat/", "/chat/", "lobby"],
		["https://example.com/chat/rooms/talk-1", "/chat/", "talk-1"],
		["https://example.com/rooms/rooms/a/?embed=chat", "/rooms/", "a"],
		["https://example.com/rooms/rooms/rooms/b", "/rooms/rooms/", "b"],
	])("[PATH-1] %p below %p is room %p", (href, rootPath, room) => {
		expect(readAddress(new URL(href), rootPath).room).toBe(room);
	});
});

describe("the language", () => {
	const of = (...preferences: string[]) => languageFor(preferences);

	test.each([
		[
			"zh-TW",
			"zh-TW zh-HK zh-MO zh-Hant zh-Hant-CN zh-Hant-SG zh-hant-hk zh_HK zh-Hant-TW-u-co-stroke zh-CHT yue yue-HK yue-Hant-CN zh-yue nan-TW hak-TW lzh-Hant",
		],
		[
			"zh-CN",
			"zh zh-CN zh-SG zh-MY zh-Hans zh-Hans-HK zh-Hans-TW zh-hans-mo ZH_cn zh-CHS cmn cmn-Hans-CN wuu yue-CN yue-Hans gan hsn nan hak zh-cmn-Hans zh-min-nan",
		],
		["en", "en EN-us en-GB en-AU en-CA-u-hc-h23 en-Latn-ZA en-150 en_IN en-US-posix"],
		["ja", "ja JA-jp ja-Jpan ja-JP-u-ca-japanese ja-Hira ja-Latn"],
	])("%s is for %s", (language, tags) => {
		for (const tag of tags.split(" ")) expect([tag, of(tag)]).toEqual([tag, language as never]);
	});

	test("is none for a tag of another language, or for what is no tag", () => {
		for (const tag of ["fr", "ko-Hani", "de-CN", "zha", "enm", "jam", "", "*", "中文", "zh--", "-", "x-zh", "english", "a".repeat(300)])
			expect([tag, of(tag)]).toEqual([tag, null]);
	});

	test("is the first that a reader prefers and we speak", () => {
		expect(of("fr", "zh-HK", "en")).toBe("zh-TW");
		expect(of("en-GB", "zh-TW")).toBe("en");
		expect(of("ko", "ja", "zh")).toBe("ja");
		expect(of()).toBe(null);
	});

	test("is not one in letters the reader does not read, as long as another fits", () => {
		expect(of("ja-Latn", "en")).toBe("en");
		expect(of("zh-Latn-pinyin", "ja", "en")).toBe("ja");
		expect(of("zh-Latn")).toBe("zh-CN");
		expect(of("zh-Bopo-TW")).toBe("zh-TW");
	});

	test("goes by weights where they are given, and takes nothing that weighs nothing", () => {
		expect(of("en;q=0.5", "ja;q=0.9", "fr")).toBe("ja");
		expect(of("en ; q=0.8", " zh-TW ;q=0.8")).toBe("en");
		expect(of("en;q=0", "zh-HK;q=0.001")).toBe("zh-TW");
		expect(of("ja;q=0")).toBe(null);
	});

	test("of a page is its address's, then the browser's, then English", () => {
		expect(chosenLanguage(new URLSearchParams("lang=ja"), ["zh-CN"])).toBe("ja");
		expect(chosenLanguage(new URLSearchParams({ lang: "fr, zh-Hant-CN;q=0.9, en;q=0.8" }), ["ja"])).toBe("zh-TW");
		expect(chosenLanguage(new URLSearchParams(), ["fr", "zh-HK", "en"])).toBe("zh-TW");
		expect(chosenLanguage(new URLSearchParams("lang=xx"), ["fr"])).toBe("en");
	});
});

test("a playlist is told from a file by its path", () => {
	expect(streamKind("https://a.example/live/index.m3u8?token=1")).toBe("hls");
	expect(streamKind("/recordings/a.MP4")).toBe("file");
	expect(streamKind("https://a.example/x.mp4?next=b.m3u8")).toBe("file");
	expect(streamKind("https://a.example/live#hls")).toBe("hls");
});

test("a file is repeated where its address says so, a playlist never", () => {
	expect(isRepeated("/sample.webm#loop")).toBe(true);
	expect(isRepeated("https://a.example/a.mp4?t=1#LOOP")).toBe(true);
	expect(isRepeated("/sample.webm")).toBe(false);
	expect(isRepeated("/sample.webm#loops")).toBe(false);
	expect(isRepeated("/loop")).toBe(false);
	expect(isRepeated("/live.m3u8#loop")).toBe(false);
});

describe("asking for the operator's key", () => {
	const answer = (status: number, body: unknown) => () => Promise.resolve(new Response(JSON.stringify(body), { status }));

	test("tells a made key, a server set up before, a wrong token and everything else apart", async () => {
		expect(await claim("t", answer(201, { adminKey: "k" }))).toEqual({ outcome: "made", adminKey: "k" });
		expect(await claim("t", answer(403, { code: "setup_done" }))).toEqual({ outcome: "done" });
		expect(await claim("t", answer(401, { code: "unauthorized" }))).toEqual({ outcome: "bad-token" });
		expect(await claim("t", answer(500, {}))).toEqual({ outcome: "failed" });
		expect(await claim("t", () => Promise.resolve(new Response("<html>")))).toEqual({ outcome: "failed" });
		expect(await claim("t", () => Promise.reject(new TypeError("network")))).toEqual({ outcome: "failed" });
	});

	test("the token travels in a header alone", async () => {
		const seen: { url: string; authorization: string | null }[] = [];
		await claim("secret", (url, init) => {
			seen.push({ url, authorization: new Headers(init.headers).get("authorization") });
			return Promise.resolve(new Response("{}"));
		});
		expect(seen).toEqual([{ url: "api/v1/setup", authorization: "Bearer secret" }]);
	});
});

describe("what an operator types", () => {
	test.each<[string, ReturnType<typeof judgeAddress>]>([
		["", "none"],
		["https://example.com/live.m3u8", "playable"],
		["HTTP://example.com/a.mp4#loop", "playable"],
		["/sample.webm#loop", "playable"],
		["rtmp://example.com/live", "for-sending"],
		["RTSPS://10.0.0.9/1", "for-sending"],
		["srt://example.com:9000", "for-sending"],
		["www.example.com/live.m3u8", "no-address"],
		["//evil.example/x", "no-address"],
		["https://", "no-address"],
		["javascript:alert(1)", "no-address"],
		["直播", "no-address"],
	])("as the address of a stream, %j is %s", (typed, judged) => {
		expect(judgeAddress(typed)).toBe(judged);
	});

	test.each([
		["maths", "maths"],
		["  Maths, Monday ", "maths-monday"],
		["ＡＢＣ １", "abc-1"],
		["--x", "x"],
		["a/../b?c#d", "abcd"],
		["数学", ""],
		["數學 2", "2"],
		["a".repeat(80), "a".repeat(64)],
		["x_y-z", "x_y-z"],
	])("as a room, %j becomes %j, which every address can hold", (typed, room) => {
		expect(roomIdOf(typed)).toBe(room);
		if (room !== "") expect(room).toMatch(/^[a-z0-9][a-z0-9_-]{0,63}$/);
	});
});
