import { describe, expect, test } from "bun:test";
import { namedBy, reachOf } from "./hosts.ts";
import { type Host, isOriginOf, parseHost, parseOrigin, readOrigins } from "./origin.ts";

describe("an origin", () => {
	test.each<[string, string]>([
		["https://chat.example.com", "https://chat.example.com"],
		["HTTPS://Chat.Example.COM", "https://chat.example.com"],
		["https://chat.example.com:443", "https://chat.example.com"],
		["http://chat.example.com:80", "http://chat.example.com"],
		["http://chat.example.com:443", "http://chat.example.com:443"],
		["https://chat.example.com:8443", "https://chat.example.com:8443"],
		["https://chat.example.com.", "https://chat.example.com"],
		["https://chat.example.com.:8443", "https://chat.example.com:8443"],
		["https://直播.example", "https://xn--z6ut02b.example"],
		["https://BÜCHER.example", "https://xn--bcher-kva.example"],
		["http://[2001:DB8:0:0:0:0:0:1]:8080", "http://[2001:db8::1]:8080"],
		["http://[::1]", "http://[::1]"],
		["http://127.1:8080", "http://127.0.0.1:8080"],
		["capacitor://localhost", "capacitor://localhost"],
		["Ionic://Localhost", "ionic://localhost"],
		["tauri://localhost:1420", "tauri://localhost:1420"],
		["chrome-extension://abcdefghijklmnop", "chrome-extension://abcdefghijklmnop"],
		["app://-", "app://-"],
	])("[SEC-1] %s is %s", (written, origin) => {
		expect(parseOrigin(written)).toBe(origin);
		expect(parseOrigin(origin)).toBe(origin);
	});

	test.each([
		["null"],
		[""],
		["https://"],
		["https://a.example/"],
		["https://a.example/path"],
		["https://a.example?x"],
		["https://a.example#x"],
		["https://user@a.example"],
		["https://a.example, https://b.example"],
		["https://a.example https://b.example"],
		["https://a.example\\@b.example"],
		["https://a.example:99999"],
		["https://a.example:x"],
		["https://a.example:0"],
		["https://[::1"],
		["https://::1"],
		["https://%61.example"],
		["a.example"],
		["//a.example"],
		["ws://a.example"],
		["file://"],
		["file://localhost"],
		["data:text/html,x"],
		["javascript://a.example"],
		["capacitor://"],
		["capacitor:localhost"],
	])("[SEC-1] %s is none", (written) => {
		expect(parseOrigin(written)).toBeNull();
	});
});

describe("the page's own host", () => {
	test.each<[string, string, boolean]>([
		["https://chat.example.com", "chat.example.com", true],
		["http://chat.example.com", "chat.example.com", true],
		["https://chat.example.com", "chat.example.com:443", true],
		["https://chat.example.com", "Chat.Example.com.", true],
		["https://chat.example.com.", "chat.example.com", true],
		["https://chat.example.com", "chat.example.com:80", true],
		["https://chat.example.com:8443", "chat.example.com:8443", true],
		["http://chat.example.com:8443", "chat.example.com:8443", true],
		["https://chat.example.com", "chat.example.com:", true],
		["http://[::1]:8080", "[::1]:8080", true],
		["http://[::1]:8080", "[0:0:0:0:0:0:0:1]:8080", true],
		["https://xn--z6ut02b.example", "直播.example", true],
		["https://chat.example.com", "chat.example.com:8080", false],
		["https://chat.example.com:8443", "chat.example.com", false],
		["https://chat.example.com:8443", "chat.example.com:443", false],
		["https://chat.example.com.evil.example", "chat.example.com", false],
		["https://evil.example", "chat.example.com", false],
		["https://example.com", "chat.example.com", false],
		["https://chat.example.com", "127.0.0.1:8080", false],
		["capacitor://localhost", "localhost", false],
	])("[SEC-1] of %s is %s: %p", (written, host, isOwn) => {
		expect(isOriginOf(parseOrigin(written) as string, parseHost(host) as Host)).toBe(isOwn);
	});

	test("[SEC-1] of a listener that speaks TLS itself, https alone", () => {
		const host = parseHost("chat.example.com") as Host;
		expect(isOriginOf("https://chat.example.com", host, ["https"])).toBe(true);
		expect(isOriginOf("http://chat.example.com", host, ["https"])).toBe(false);
	});

	test.each([
		["a b"],
		["a, b"],
		["a,a"],
		["a/b"],
		["user@a"],
		["a:99999"],
		["a:x"],
		["<a>"],
		["[::1"],
		["::1"],
		["a?b"],
		["a\\b"],
		[":80"],
	])("[HTTP-1] %p is no host", (text) => {
		expect(namedBy(text)).toEqual({ kind: "invalid" });
	});

	test("[HTTP-1] none, and an empty one, are none", () => {
		expect([namedBy(null), namedBy("")]).toEqual([{ kind: "none" }, { kind: "none" }]);
	});
});

describe("a list of origins", () => {
	test("[OPS-1] is read as origins are compared, and what no page can have is named with its reason", () => {
		expect(readOrigins(["https://Shop.example:443", "capacitor://localhost", "*"])).toEqual({
			ok: true,
			origins: ["https://shop.example", "capacitor://localhost", "*"],
		});
		expect(readOrigins([])).toEqual({ ok: true, origins: [] });
	});

	test.each<[string, string]>([
		["shop.example", "has no scheme"],
		["localhost:3000", "has no scheme"],
		["//shop.example", "has no scheme"],
		["https://shop.example/", "has something behind the host"],
		["https://shop.example/page", "has something behind the host"],
		["https://shop.example?x=1", "has something behind the host"],
		["https://*.shop.example", "only a * alone"],
		["https://*", "only a * alone"],
		["https://me:secret@shop.example", "has a name or password"],
		["wss://shop.example", "begins with https://"],
		["ws://shop.example", "begins with http://"],
		["file://", "without an origin of their own (file)"],
		["data:text/html,x", "has no scheme"],
		["null", "every page without an origin of its own"],
		["https://shop.example:99999", "names no host that can be"],
		["https://", "names no host that can be"],
		["capacitor://", "names no host that can be"],
		["https://shop example", "names no host that can be"],
	])("[OPS-1] %s is refused, since it %s", (entry, words) => {
		const read = readOrigins(["https://a.example", entry]);
		expect(read.ok).toBe(false);
		if (read.ok) return;
		expect(read.complaint).toStartWith(`${entry} `);
		expect(read.complaint).toContain(words);
	});
});

test("[SEC-7] only this machine's own addresses are this machine alone", () => {
	expect([null, "localhost", "127.0.0.1", "127.8.8.8", "::1", "LOCALHOST"].map(reachOf)).toEqual(Array(6).fill("this-machine"));
	expect(["0.0.0.0", "::", "10.0.0.1", "example.org", "2001:db8::1", "::ffff:10.0.0.1", "fe80::1%eth0"].map(reachOf)).toEqual(
		Array(7).fill("network"),
	);
});
