import { problem } from "@hubbub/protocol/problem.ts";
import type { Server } from "bun";
import type { ProxySigns } from "../proxies/proxy-signs.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Logger } from "../runtime/log.ts";
import type { Random } from "../runtime/random.ts";
import { clientAddress, isTrustedProxy, limitKey, type TrustedProxies } from "./addresses.ts";
import { depthOf, suspectBase, withoutBase } from "./base-path.ts";
import { refuseReader } from "./event-stream.ts";
import { asksForWebSocket, lostItsUpgrade, refuseMethod, type SocketDoor, type SocketRoute, upgrade, whyNoMore } from "./handshake.ts";
import { isNameTaken, type NamesTaken, namedBy, refuseName } from "./hosts.ts";
import { isAllowedOrigin, type PageOfRequest, preflight, refusalWords, withCors } from "./origins.ts";
import type { PageName, Pages } from "./pages.ts";
import { everyDepth, isPlainPath, type RawSegments } from "./raw-path.ts";
import { RefusalLog } from "./refusal-log.ts";
import { type EventsRequest, isStreamAsked } from "./room-events.ts";
import type { SocketData } from "./websocket.ts";

/** The room behind `/`. */
export const lobby = "lobby";

export interface FrontDoor extends NamesTaken, SocketDoor {
	readonly pages: Pages;
	readonly logger: Logger;
	/** The operators' and rooms' HTTP API; answers everything under `/api/`, `/frames`, `/rooms/…/…` and the health addresses. */
	readonly api: (request: Request, came: { address: string; path: string; isProxied: boolean }) => Response | Promise<Response>;
	/** `GET /rooms/{room}/events`: event streams and polls. */
	readonly roomEvents: (request: EventsRequest) => Promise<Response>;
	readonly random: Random;
	/** Hears of each request before it is answered. */
	readonly onRequest: () => void;
	/** What a proxy leaves before every path; "" for nothing. */
	readonly basePath: string;
	readonly trustedProxies: TrustedProxies;
	/** Hears what gives away a proxy that stands in the way. */
	readonly signs: Pick<ProxySigns, "handshakeWithoutUpgrade">;
}

/** What an address on this server means. */
type Route =
	| SocketRoute
	| { readonly kind: "events"; readonly room: string }
	| { readonly kind: "page"; readonly page: PageName }
	| { readonly kind: "file" }
	| { readonly kind: "api" };

const lostWords =
	"This address takes WebSockets only, and the handshake came without its Upgrade: a proxy on the way takes it off. See docs/proxies/README.md.";

/** What an address that is only read takes. */
const readingMethods: readonly string[] = ["GET", "HEAD"];

/** Answers the requests of `Bun.serve`: undefined where the connection has become a WebSocket. */
export function createFetch(door: FrontDoor) {
	const refusals = new RefusalLog(door.logger);
	return everyDepth<SocketData>(async (request, server, segments) => {
		const response = await answer(request, server, segments);
		// A proxy may pass on unread whatever follows a request for an upgrade. After a refusal that would be requests its rules have not seen.
		if (request.headers.has("upgrade")) response?.headers.set("connection", "close");
		return response;
	});

	async function answer(request: Request, server: Server<SocketData>, segments: RawSegments): Promise<Response | undefined> {
		door.onRequest();
		const { headers } = request;
		const named = namedBy(headers.get("host"));
		// Where no host is named the listener hands over the path alone.
		const url = named.kind === "none" ? URL.parse(`http://localhost${request.url}`) : URL.parse(request.url);
		if (named.kind === "invalid" || !url) return problem("bad_frame", "The request must name one host, and a valid one.");
		if (named.kind === "host" && !isNameTaken(named.host, door)) {
			refusals.name(named.host.name);
			return refuseName(named.host, headers.get("accept"));
		}
		if (!isPlainPath(segments, url.pathname)) return problem("not_found");
		const path = withoutBase(url.pathname, door.basePath);
		const route = routeOf(path);
		const peer = server.requestIP(request)?.address ?? "";
		const address = limitKey(clientAddress(peer, headers.get("x-forwarded-for"), door.trustedProxies));
		const isProxied = isTrustedProxy(peer, door.trustedProxies);
		const page = { headers, named, isTls: server.protocol === "https", isProxied };
		if (asksForWebSocket(headers)) {
			const socket = route.kind === "room" || route.kind === "any-room" || route.kind === "lab" ? route : null;
			return refuseOrigin(door, page, refusals) ?? upgrade(door, request, server, socket, address);
		}
		if (lostItsUpgrade(headers)) door.signs.handshakeWithoutUpgrade(headers);
		if (Number(request.headers.get("content-length") ?? 0) > serverLimits.bodyBytesMax) return problem("frame_too_large");
		switch (route.kind) {
			case "api":
			case "events": {
				const refused = refuseOrigin(door, page, refusals);
				if (refused) return refused;
				if (request.method === "OPTIONS") return preflight(request, door.allowedOrigins);
				const whole = named.kind === "none" ? new Request(url, request) : request;
				const answered =
					route.kind === "api" ? door.api(whole, { address, path, isProxied }) : events(door, request, server, url, route.room, address);
				return withCors(request, await answered, door.allowedOrigins);
			}
			case "room":
				if (!(await door.admission.exists(route.room))) return problem("room_not_found");
				return showPage(door, request, url, path, "room");
			case "page":
				return showPage(door, request, url, path, route.page);
			case "file":
				return file(door, request, path) ?? nothingHere(path, refusals);
			case "any-room":
			case "lab":
				return problem("not_found", lostItsUpgrade(headers) ? lostWords : "This address takes WebSockets only.");
			default:
				return route satisfies never;
		}
	}
}

/** Null, or the answer to a page of another origin that the operator did not name. Pages themselves and their files are anybody's to load. */
function refuseOrigin(door: FrontDoor, page: PageOfRequest, refusals: RefusalLog): Response | null {
	if (isAllowedOrigin(page, door.allowedOrigins)) return null;
	const origin = (page.headers.get("origin") ?? "").slice(0, serverLimits.originUnitsShown);
	const words = refusalWords(origin, page);
	refusals.origin(origin, words);
	return problem("origin_not_allowed", words);
}

function routeOf(path: string): Route {
	if (path === "/") return { kind: "room", room: lobby };
	if (path === "/ws") return { kind: "any-room" };
	if (path === "/lab/echo") return { kind: "lab", socket: "echo" };
	if (path === "/lab/wire") return { kind: "lab", socket: "wire" };
	if (path === "/lab") return { kind: "page", page: "lab" };
	if (path === "/setup") return { kind: "page", page: "setup" };
	if (/^\/(api\/|frames$|healthz$|readyz$|metrics$|openapi\.json$)/.test(path)) return { kind: "api" };
	const [, room, rest] = /^\/rooms\/([^/]+)\/?(.*)$/.exec(path) ?? [];
	if (room === undefined) return { kind: "file" };
	if (rest === "") return { kind: "room", room };
	return rest === "events" ? { kind: "events", room } : { kind: "api" };
}

async function events(
	door: FrontDoor,
	request: Request,
	server: Server<SocketData>,
	url: URL,
	room: string,
	address: string,
): Promise<Response> {
	const refused = refuseMethod(request, readingMethods);
	if (refused) return refused;
	const { headers, method, signal } = request;
	const isHead = method === "HEAD";
	const full = whyNoMore(door, address);
	if (full) {
		const refusal = refuseReader(full, { isStream: isStreamAsked({ headers, isHead }), room, random: door.random });
		refusal.headers.set("connection", "close");
		return refusal;
	}
	if (!(await door.admission.exists(room))) return problem("room_not_found");
	const limitQuiet = (seconds: number) => server.timeout(request, seconds);
	return door.roomEvents({ room, query: url.searchParams, headers, isHead, address, signal, limitQuiet });
}

function file(door: FrontDoor, request: Request, path: string): Response | null {
	const found = door.pages.file(path, request);
	return found && (refuseMethod(request, readingMethods) ?? found);
}

/** Says that there is nothing, and where it seems that a proxy left its path before ours, which setting would help. */
function nothingHere(path: string, refusals: RefusalLog): Response {
	const suspicion = suspectBase(path);
	if (suspicion === null) return problem("not_found");
	const { base, isSure } = suspicion;
	const advice = `If a proxy serves Hubbub below ${base} and leaves that path before every address, set HUBBUB_BASE_PATH=${base}.`;
	if (isSure) refusals.path(path, advice);
	return problem("not_found", advice);
}

function showPage(door: FrontDoor, request: Request, url: URL, path: string, name: PageName): Response {
	const refused = refuseMethod(request, readingMethods);
	if (refused) return refused;
	if (name === "lab" && !door.lab) return problem("not_found", "The lab is closed here (HUBBUB_LAB).");
	// The names of a page's files are relative to its address, so the root's must end in a slash.
	if (url.pathname === door.basePath) return new Response(null, { status: 308, headers: { location: `${door.basePath}/${url.search}` } });
	return door.pages.page(name, request, { embedded: url.searchParams.has("embed"), depth: depthOf(path) });
}
