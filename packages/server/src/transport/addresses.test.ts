import { describe, expect, test } from "bun:test";
import { isLoopback } from "../session/address-limits.ts";
import type { TrustedProxies } from "./addresses.ts";
import { clientAddress, limitKey, readTrustedProxies } from "./addresses.ts";

const trusting = (...list: string[]) => readTrustedProxies(list) as TrustedProxies;

describe("the client's address", () => {
	const nobody = trusting();
	const proxies = trusting("loopback", "10.0.0.0/8");

	test.each([
		["198.51.100.7", "203.0.113.9", nobody, "198.51.100.7", "a stranger's word is not taken"],
		["127.0.0.1", "203.0.113.9", nobody, "127.0.0.1", "nor this machine's, where it is not trusted"],
		["127.0.0.1", "203.0.113.9", proxies, "203.0.113.9", "a trusted proxy's is"],
		["127.0.0.1", "6.6.6.6, 203.0.113.9", proxies, "203.0.113.9", "what the client wrote before it is not"],
		["127.0.0.1", "6.6.6.6, 203.0.113.9, 10.1.2.3", proxies, "203.0.113.9", "two trusted proxies in a row"],
		["127.0.0.1", "10.9.9.9, 10.1.2.3", proxies, "10.9.9.9", "everything trusted: the farthest"],
		["127.0.0.1", "6.6.6.6, nonsense", proxies, "127.0.0.1", "what is no address stops the walk"],
		["127.0.0.1", null, proxies, "127.0.0.1", "no header"],
		["::1", "2001:db8::5", proxies, "2001:db8::5", "IPv6"],
		["::ffff:127.0.0.1", "[2001:db8::5]:4711", proxies, "2001:db8::5", "IPv4 in IPv6, and a port"],
		["127.0.0.1", "203.0.113.9:55", proxies, "203.0.113.9", "a port behind IPv4"],
	])("[SEC-6] %s with X-Forwarded-For %s: %#", (peer, header, trusted, expected, _why) => {
		expect(clientAddress(peer, header, trusted)).toBe(expected);
	});

	test.each([["10.0.0.0/33"], ["::/129"], ["example.org"], ["10.0.0.0/x"], [""]])("[OPS-1] %s is no network", (network) => {
		expect(readTrustedProxies([network])).toBeNull();
	});
});

test.each([
	["203.0.113.9", "203.0.113.9"],
	["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
	["2001:db8:1:2::9", "2001:db8:1:2::/64"],
	["2001:db8::1", "2001:db8:0:0::/64"],
	["::1", "::1"],
])("[SEC-6] limits count %s as %s", (address, key) => {
	expect(limitKey(address)).toBe(key);
});

test("[SEC-4] only this machine's own addresses are exempt", () => {
	expect(["127.0.0.1", "127.8.8.8", "::1"].every(isLoopback)).toBe(true);
	expect(["128.0.0.1", "10.0.0.1", "::2", "1127.0.0.1"].some(isLoopback)).toBe(false);
});
