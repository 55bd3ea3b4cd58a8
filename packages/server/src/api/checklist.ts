import * as v from "valibot";
import { type Obstacle, obstacles, proxyLines, proxyNames } from "../proxies/proxy-lines.ts";

/** What of the settings decides who can do what from outside. */
export interface Exposure {
	/** The address listened on; null is this machine alone. */
	readonly host: string | null;
	readonly tls: boolean;
	readonly trustsProxies: boolean;
	readonly allowedOrigins: readonly string[];
	readonly autoCreateRooms: boolean;
	readonly rateLimit: "on" | "off";
	readonly lab: "open" | "closed";
	readonly keptIn: "folder" | "memory";
	/** By what people sign in, beside the operator's key. */
	readonly signIn: "nothing" | "secret" | "key-set";
}

/** What a request tells of the way it came. */
export interface Arrival {
	/** The request's address as the listener sees it. */
	readonly url: string;
	readonly headers: Headers;
	/** Whether it came through a proxy whose word is taken. */
	readonly isProxied: boolean;
}

export const Check = v.object({
	/** What is looked at: see `checklist()`. */
	id: v.picklist(["https", "proxy", "origins", "sign-in", "guests", "rooms", "rate-limit", "lab", "data", ...obstacles]),
	/** `open` is something an operator should have decided before the address is public; not everything that is open is wrong. */
	state: v.picklist(["settled", "open"]),
	/** The setting that decides it; null where a room's settings do, or a proxy's. */
	setting: v.nullable(v.string()),
	/** Where a proxy's do: what mends it there, as it stands in the proxy's configuration. */
	lines: v.optional(v.array(v.object({ proxy: v.picklist(proxyNames), line: v.string() }))),
});
export type Check = v.InferOutput<typeof Check>;

export const Checklist = v.object({
	/** Whether anybody but this machine reaches the server, as far as it can tell. */
	reach: v.picklist(["this-machine", "network"]),
	signIn: v.picklist(["nothing", "secret", "key-set"]),
	checks: v.array(Check),
});
export type Checklist = v.InferOutput<typeof Checklist>;

const loopback = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i;

/**
 * What is open on this server, for an operator who is about to make its address public or has done so. Pure: from the settings, from the
 * way the operator's own request came, from the room they ask about, and from what proxies were seen to stand in the way of.
 */
export function checklist(
	exposure: Exposure,
	arrival: Arrival,
	room: { readonly guests: boolean } | null,
	seen: readonly Obstacle[],
): Checklist {
	const check = (id: Check["id"], setting: string | null, isOpen: boolean): Check => ({ id, state: isOpen ? "open" : "settled", setting });
	const { headers } = arrival;
	const isForwarded = headers.has("x-forwarded-for") || headers.has("forwarded");
	return {
		reach: isReachedFromOutside(exposure, arrival, isForwarded) ? "network" : "this-machine",
		signIn: exposure.signIn,
		checks: [
			check("https", "HUBBUB_TLS_CERT", !exposure.tls && schemeSeen(arrival) !== "https"),
			// Every viewer would have the proxy's address: limits by address would count them all as one.
			check("proxy", "HUBBUB_TRUSTED_PROXIES", isForwarded && !exposure.trustsProxies),
			check("origins", "HUBBUB_ALLOWED_ORIGINS", exposure.allowedOrigins.includes("*")),
			check("sign-in", "HUBBUB_JWT_SECRET", exposure.signIn === "nothing"),
			...(room ? [check("guests", null, room.guests)] : []),
			check("rooms", "HUBBUB_AUTO_CREATE_ROOMS", exposure.autoCreateRooms),
			check("rate-limit", "HUBBUB_RATE_LIMIT", exposure.rateLimit === "off"),
			check("lab", "HUBBUB_LAB", exposure.lab === "open"),
			check("data", "HUBBUB_DATA", exposure.keptIn === "memory"),
			...obstacles.map((id) => ({ ...check(id, null, seen.includes(id)), lines: [...proxyLines[id]] })),
		],
	};
}

/** Bound to this machine, it may still be public by a proxy, which shows in how the operator came. */
function isReachedFromOutside({ host }: Exposure, { headers }: Arrival, isForwarded: boolean): boolean {
	if (host !== null && !loopback.test(host)) return true;
	const named = (headers.get("host") ?? "").replace(/:\d+$/, "");
	return isForwarded || (named !== "" && !loopback.test(named));
}

/** The scheme in the operator's browser, which a proxy may have taken off: as a trusted proxy says, or else the page that asks. */
function schemeSeen({ url, headers, isProxied }: Arrival): string {
	const said = isProxied && headers.get("x-forwarded-proto")?.split(",")[0]?.trim().toLowerCase();
	return said || /^(\w+):/.exec(headers.get("origin") ?? headers.get("referer") ?? url)?.[1]?.toLowerCase() || "";
}
