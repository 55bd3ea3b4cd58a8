import { BlockList, isIPv4, isIPv6 } from "node:net";
import { isLoopback } from "../session/address-limits.ts";

/** Whose word about the client's address is taken. */
export type TrustedProxies = BlockList;

/** Reads networks like `10.0.0.0/8`, `::1` or `loopback`. Null where one is not a network. */
export function readTrustedProxies(list: readonly string[]): TrustedProxies | null {
	const trusted = new BlockList();
	for (const entry of list.flatMap((one) => (one === "loopback" ? ["127.0.0.0/8", "::1/128"] : [one]))) {
		const [network = "", prefix] = entry.split("/");
		const family = isIPv4(network) ? "ipv4" : isIPv6(network) ? "ipv6" : null;
		if (family === null || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return null;
		const bits = prefix === undefined ? (family === "ipv4" ? 32 : 128) : Number(prefix);
		if (bits > (family === "ipv4" ? 32 : 128)) return null;
		trusted.addSubnet(network, bits, family);
	}
	return trusted;
}

/**
 * The client's address: the peer's, or where the peer is a trusted proxy, the last address in `X-Forwarded-For` that no trusted proxy
 * bears. What stands to the left of that was written by the client and is not believed (SPEC SEC-6).
 */
export function clientAddress(peer: string, forwardedFor: string | null, trusted: TrustedProxies): string {
	let address = plain(peer);
	if (!isTrusted(address, trusted)) return address;
	const hops = (forwardedFor ?? "").split(",").flatMap((hop) => hop.trim() || []);
	while (isTrusted(address, trusted)) {
		const next = plain(hops.pop() ?? "");
		if (!isIPv4(next) && !isIPv6(next)) break;
		address = next;
	}
	return address;
}

/** Whether the peer of a connection is a proxy whose word is taken. */
export function isTrustedProxy(peer: string, trusted: TrustedProxies): boolean {
	return isTrusted(plain(peer), trusted);
}

/** What limits count as one client: an IPv4 address, or the /64 that one IPv6 customer has. */
export function limitKey(address: string): string {
	if (!isIPv6(address) || isLoopback(address)) return address;
	const [head = "", tail] = address.split("%")[0]?.split("::") ?? [];
	const left = head.split(":").filter(Boolean);
	const right = tail === undefined ? [] : tail.split(":").filter(Boolean);
	const filled = [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right];
	return `${filled
		.slice(0, 4)
		.map((group) => Number.parseInt(group, 16).toString(16))
		.join(":")}::/64`;
}

/** An IPv4 address that came in over IPv6 is that IPv4 address; a port is not part of an address. */
function plain(address: string): string {
	if (dottedQuad.test(address)) return address;
	const bare = address.replace(/^\[(.+)\](?::\d+)?$/, "$1").replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1");
	return bare.toLowerCase().startsWith("::ffff:") && isIPv4(bare.slice(7)) ? bare.slice(7) : bare;
}

const dottedQuad = /^\d+\.\d+\.\d+\.\d+$/;

/** The list tells by a slow way: the last answer is kept, as most connections come from a proxy, or by none. */
let lastTrusted: { readonly address: string; readonly by: TrustedProxies; readonly verdict: boolean } | null = null;

function isTrusted(address: string, trusted: TrustedProxies): boolean {
	if (lastTrusted?.address === address && lastTrusted.by === trusted) return lastTrusted.verdict;
	const verdict = isListed(address, trusted);
	lastTrusted = { address, by: trusted, verdict };
	return verdict;
}

function isListed(address: string, trusted: TrustedProxies): boolean {
	if (isIPv4(address)) return trusted.check(address, "ipv4");
	return isIPv6(address) && trusted.check(address, "ipv6");
}
