import { problem } from "@hubbub/protocol/problem.ts";
import type { Server } from "bun";
import { serverLimits } from "../runtime/limits.ts";
import { isLoopback } from "../session/address-limits.ts";
import type { Entrance } from "../session/entrance.ts";
import type { SessionTable } from "../session/session-table.ts";
import { clientAddress, limitKey, type TrustedProxies } from "./addresses.ts";
import { isAllowedOrigin, preflight, withCors } from "./origins.ts";
import type { PageName, Pages } from "./pages.ts";
import type { EventsRequest } from "./room-events.ts";
import { chooseSubprotocol, type SocketData } from "./websocket.ts";

/** The room behind `/`. */
export const lobby = "lobby";

export interface FrontDoor {
	readonly entrance: Entrance;
	readonly table: SessionTable;
	readonly pages: Pages;
	/** The operators' and rooms' HTTP API; answers everything under `/api/`, `/frames`, `/rooms/…/…` and the health addresses. */
	readonly api: (request: Request, address: string) => Response | Promise<Response>;
	/** `GET /rooms/{room}/events`: event streams and polls. */
	readonly roomEvents: (request: EventsRequest) => Promise<Response>;
	readonly maxConnectionsPerIp: number;
	readonly allowedOrigins: readonly string[];
	readonly trustedProxies: TrustedProxies;
	/** Whether the lab's echo is open. */
	readonly lab: boolean;
	/** Whether rooms' sockets may negotiate permessage-deflate. */
	readonly permessageDeflate: boolean;
	/** Whether the server is on its way out and takes nobody new. */
	readonly isDraining: () => boolean;
}

/** What an address on this server means. */
type Route =
	| { readonly kind: "room"; readonly room: string }
	| { readonly kind: "any-room" }
	| { readonly kind: "events"; readonly room: string }
	| { readonly kind: "lab"; readonly socket: "echo" | "wire" }
	| { readonly kind: "page"; readonly page: PageName }
	| { readonly kind: "file" }
	| { readonly kind: "api" };

/** Answers one request of `Bun.serve`; undefined where the connection has become a WebSocket. */
export function createFetch(door: FrontDoor) {
	return async function answer(request: Request, server: Server<SocketData>): Promise<Response | undefined> {
		const url = URL.parse(request.url);
		if (!url) return problem("bad_frame", "The request names no valid host.");
		const route = routeOf(url.pathname);
		const peer = server.requestIP(request)?.address ?? "";
		const address = limitKey(clientAddress(peer, request.headers.get("x-forwarded-for"), door.trustedProxies));
		if (!isAllowedOrigin(request, door.allowedOrigins)) return problem("origin_not_allowed");
		if (request.headers.get("upgrade")?.toLowerCase() === "websocket") return upgrade(door, request, server, route, address);
		if (Number(request.headers.get("content-length") ?? 0) > serverLimits.bodyBytesMax) return problem("frame_too_large");
		switch (route.kind) {
			case "api":
			case "events": {
				if (request.method === "OPTIONS") return preflight(request, door.allowedOrigins);
				const answered = route.kind === "api" ? door.api(request, address) : events(door, request, server, url, route.room, address);
				return withCors(request, await answered, door.allowedOrigins);
			}
			case "room":
				if (!(await door.entrance.exists(route.room))) return problem("room_not_found");
				return page(door, request, url, "room");
			case "page":
				return page(door, request, url, route.page);
			case "file":
				return file(door, request, url);
			case "any-room":
			case "lab":
				return problem("not_found", "This address takes WebSockets only.");
			default:
				return route satisfies never;
		}
	};
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
	if (request.method !== "GET") return problem("method_not_allowed");
	if (door.isDraining()) return problem("draining", undefined, serverLimits.reconnectSpreadMs);
	if (isCrowded(door, address)) return problem("too_many_connections", undefined, 10_000);
	if (!(await door.entrance.exists(room))) return problem("room_not_found");
	const { headers, signal } = request;
	const limitQuiet = (seconds: number) => server.timeout(request, seconds);
	return door.roomEvents({ room, query: url.searchParams, headers, address, signal, limitQuiet });
}

function file(door: FrontDoor, request: Request, url: URL): Response {
	const found = door.pages.file(url.pathname, request);
	if (!found) return problem("not_found");
	return request.method === "GET" || request.method === "HEAD" ? found : problem("method_not_allowed");
}

function page(door: FrontDoor, request: Request, url: URL, name: PageName): Response {
	if (request.method !== "GET" && request.method !== "HEAD") return problem("method_not_allowed");
	if (name === "lab" && !door.lab) return problem("not_found", "The lab is closed here (HUBBUB_LAB).");
	return door.pages.page(name, { embedded: url.searchParams.has("embed") });
}

function isCrowded(door: FrontDoor, address: string): boolean {
	return !isLoopback(address) && door.table.connectionsFrom(address) >= door.maxConnectionsPerIp;
}

/** The opening handshake (RFC 6455 section 4.2.2), refused with a status and the table's code where it cannot be (SPEC WS-1, WS-2). */
async function upgrade(
	door: FrontDoor,
	request: Request,
	server: Server<SocketData>,
	route: Route,
	address: string,
): Promise<Response | undefined> {
	const isLab = route.kind === "lab" && door.lab;
	if (!isLab && route.kind !== "room" && route.kind !== "any-room") return problem("not_found", "There is no WebSocket at this address.");
	if (door.isDraining()) return problem("draining", undefined, serverLimits.reconnectSpreadMs);
	if (isCrowded(door, address)) return problem("too_many_connections", undefined, 10_000);
	if (route.kind === "lab") return openLab(request, server, route.socket, address);
	const subprotocol = chooseSubprotocol(request.headers.get("sec-websocket-protocol"));
	if (subprotocol === null) return problem("unsupported_subprotocol");
	const room = route.kind === "room" ? route.room : null;
	if (room !== null && !(await door.entrance.exists(room))) return problem("room_not_found");
	if (room === null && subprotocol === "hubbub.text") return problem("unsupported_subprotocol", "Offer hubbub.v1 at this address.");
	// The listener would agree to compression for every socket; on rooms' it is the operator's choice. What it does not know it ignores.
	if (!door.permessageDeflate) request.headers.set("sec-websocket-extensions", "none");
	const offered = request.headers.has("sec-websocket-protocol");
	return accept(request, server, { use: "room", subprotocol, room, address, session: null, link: null }, offered ? subprotocol : undefined);
}

function openLab(request: Request, server: Server<SocketData>, socket: "echo" | "wire", address: string): Response | undefined {
	if (socket === "echo") return accept(request, server, { use: "echo", address, visit: null });
	const target = { port: server.port as number, tls: server.protocol === "https", path: "/lab/echo" };
	return accept(request, server, { use: "wire", address, target, wire: null, visit: null });
}

function accept(request: Request, server: Server<SocketData>, data: SocketData, subprotocol?: string): Response | undefined {
	const headers = new Headers(subprotocol === undefined ? [] : [["Sec-WebSocket-Protocol", subprotocol]]);
	return server.upgrade(request, { data, headers }) ? undefined : problem("bad_frame", "The opening handshake is not valid.");
}
