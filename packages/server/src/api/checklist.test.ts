import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Obstacle, obstacles, proxyLines } from "../proxies/proxy-lines.ts";
import { Check, checklist, type Exposure } from "./checklist.ts";

const closed: Exposure = {
	host: null,
	tls: true,
	trustsProxies: true,
	allowedOrigins: ["https://www.example.com"],
	autoCreateRooms: false,
	rateLimit: "on",
	lab: "closed",
	keptIn: "folder",
	signIn: "key-set",
};
const local = (headers: Record<string, string> = {}, url = "http://localhost:8080/api/v1/checklist") => ({
	url,
	headers: new Headers({ host: "localhost:8080", ...headers }),
	isProxied: false,
});
const proxied = (headers: Record<string, string>) => ({ ...local(headers), isProxied: true });

function openOf(
	exposure: Partial<Exposure>,
	arrival = local(),
	room: { guests: boolean } | null = { guests: false },
	seen: readonly Obstacle[] = [],
): string[] {
	return checklist({ ...closed, ...exposure }, arrival, room, seen).checks.flatMap(({ id, state }) => (state === "open" ? id : []));
}

describe("[OP-2] the checklist", () => {
	test("of a server that leaves nothing open says of each thing that it is settled", () => {
		const { checks } = checklist(closed, local(), { guests: false }, []);
		expect(checks.map(({ id }) => id).sort()).toEqual([...Check.entries.id.options].sort());
		expect(openOf({})).toEqual([]);
	});

	test.each<[string, Partial<Exposure>]>([
		["https", { tls: false }],
		["origins", { allowedOrigins: ["https://a.example", "*"] }],
		["sign-in", { signIn: "nothing" }],
		["rooms", { autoCreateRooms: true }],
		["rate-limit", { rateLimit: "off" }],
		["lab", { lab: "open" }],
		["data", { keptIn: "memory" }],
	])("names %s alone where %j", (id, exposure) => {
		expect(openOf(exposure)).toEqual([id]);
	});

	test("takes https for settled where the operator's browser came by it, whoever ends it", () => {
		const without = { tls: false };
		expect(openOf(without, proxied({ "x-forwarded-proto": "https, http" }))).toEqual([]);
		expect(openOf(without, local({ referer: "https://chat.example.com/setup" }))).toEqual([]);
		expect(openOf(without, local({ origin: "https://chat.example.com" }))).toEqual([]);
		expect(openOf(without, proxied({ "x-forwarded-proto": "http", referer: "https://elsewhere.example/" }))).toEqual(["https"]);
		expect(openOf(without, local({ referer: "http://chat.example.com/setup" }))).toEqual(["https"]);
	});

	test("[SEC-6] believes what is said of the scheme from trusted proxies alone", () => {
		const distrusting = { tls: false, trustsProxies: false };
		expect(openOf(distrusting, local({ "x-forwarded-proto": "https" }))).toEqual(["https"]);
		expect(openOf(distrusting, local({ "x-forwarded-proto": "http", origin: "https://chat.example.com" }))).toEqual([]);
	});

	test("finds a proxy that is not trusted by what it hands on", () => {
		const distrusting = { trustsProxies: false };
		expect(openOf(distrusting)).toEqual([]);
		expect(openOf(distrusting, local({ "x-forwarded-for": "203.0.113.9" }))).toEqual(["proxy"]);
		expect(openOf(distrusting, local({ forwarded: "for=203.0.113.9" }))).toEqual(["proxy"]);
	});

	test.each([...obstacles])(
		"[OPS-11] names %s where a proxy was seen in the way, with the line of each proxy that mends it",
		(obstacle) => {
			expect(openOf({}, local(), null, [obstacle])).toEqual([obstacle]);
			const { checks } = checklist(closed, local(), null, [obstacle]);
			expect(checks.find(({ id }) => id === obstacle)).toEqual({
				id: obstacle,
				state: "open",
				setting: null,
				lines: [...proxyLines[obstacle]],
			});
		},
	);

	test("asks about guests where there is a room, and not where there is none", () => {
		expect(openOf({}, local(), { guests: true })).toEqual(["guests"]);
		expect(openOf({}, local(), null)).toEqual([]);
	});

	test("knows a server that only this machine reaches from one that the network does", () => {
		const reach = (host: string | null, headers: Record<string, string> = {}) =>
			checklist({ ...closed, host }, local(headers), null, []).reach;
		for (const host of [null, "127.0.0.1", "127.0.0.2", "::1", "localhost"]) expect([host, reach(host)]).toEqual([host, "this-machine"]);
		for (const host of ["0.0.0.0", "::", "10.0.0.9", "2001:db8::1"]) expect([host, reach(host)]).toEqual([host, "network"]);
		expect(reach(null, { host: "chat.example.com" })).toBe("network");
		expect(reach(null, { host: "[::1]:8080" })).toBe("this-machine");
		expect(reach(null, { "x-forwarded-for": "203.0.113.9" })).toBe("network");
	});

	test("names only settings that docs/operations.md explains", () => {
		const page = readFileSync(join(import.meta.dir, "../../../../docs/operations.md"), "utf8");
		for (const { setting } of checklist(closed, local(), { guests: false }, []).checks)
			if (setting) expect(page).toContain(`\`${setting}\``);
	});
});
