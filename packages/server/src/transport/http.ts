import { problem } from "@hubbub/protocol/problem.ts";
import type { Server } from "bun";
import { serverLimits } from "../runtime/limits.ts";
import type { Entrance } from "../session/entrance.ts";
import type { SessionTable } from "../session/session-table.ts";
import type { PageName, Pages } from "./pages.ts";
import { chooseSubprotocol, isLoopback, type SocketData } from "./websocket.ts";

/** The room behind `/`. */
export const lobby = "lobby";

export interface FrontDoor {
	readonly entrance: Entrance;
	readonly table: SessionTable;
	readonly pages: Pages;
	/** The operators' and rooms' HTTP API; answers everything under `/api/`, `/rooms/…/…` and the health addresses. */
	readonly api: (request: Request, address: string) => Response | Promise<Response>;
	readonly maxConnectionsPerIp: number;
	readonly allowedOrigins: readonly string[];
	/** Whether the server is on its way out and takes nobody new. */
	readonly isDraining: () => boolean;
}

/** What an address on this server means. */
type Route =
	| { readonly kind: "room"; readonly room: string }
	| { readonly kind: "any-room" }
	| { readonly kind: "setup" }
	| { readonly kind: "file" }
	| { readonly kind: "api" };

/** Answers one request of `Bun.serve`; undefined where the connection has become a WebSocket. */
export function createFetch(door: FrontDoor) {
	return async function answer(request: Request, server: Server<SocketData>): Promise<Response | undefined> {
		const url = new URL(request.url);
		const route = routeOf(url.pathname);
		const address = server.requestIP(request)?.address ?? "";
		if (request.headers.get("upgrade")?.toLowerCase() === "websocket") return upgrade(door, request, server, route, address);
		if (Number(request.headers.get("content-length") ?? 0) > serverLimits.bodyBytesMax) return problem("frame_too_large");
		switch (route.kind) {
			case "api":
				return door.api(request, address);
			case "room":
				return page(door, request, url, "room", route.room);
			case "setup":
				return page(door, request, url, "setup", null);
			case "file":
				return door.pages.file(url.pathname, request) ?? problem("not_found");
			case "any-room":
				return problem("not_found", "This address takes WebSockets only.");
			default:
				return route satisfies never;
		}
	};
}

function routeOf(path: string): Route {
	if (path === "/") return { kind: "room", room: lobby };
	if (path === "/ws") return { kind: "any-room" };
	if (path === "/setup") return { kind: "setup" };
	if (/^\/(api\/|healthz$|readyz$|metrics$|openapi\.json$)/.test(path)) return { kind: "api" };
	const room = /^\/rooms\/([^/]+)\/?(.*)$/.exec(path);
	if (!room) return { kind: "file" };
	return room[2] === "" ? { kind: "room", room: room[1] as string } : { kind: "api" };
}

async function page(door: FrontDoor, request: Request, url: URL, name: PageName, room: string | null): Promise<Response> {
	if (request.method !== "GET" && request.method !== "HEAD") return problem("method_not_allowed");
	if (room !== null && !(await door.entrance.exists(room))) return problem("room_not_found");
	return door.pages.page(name, { embedded: url.searchParams.has("embed") });
}

/** The opening handshake (RFC 6455 section 4.2.2), refused with a status and the table's code where it cannot be (SPEC WS-1 to WS-4). */
async function upgrade(
	door: FrontDoor,
	request: Request,
	server: Server<SocketData>,
	route: Route,
	address: string,
): Promise<Response | undefined> {
	if (route.kind !== "room" && route.kind !== "any-room") return problem("not_found", "There is no WebSocket at this address.");
	if (door.isDraining()) return problem("draining", undefined, serverLimits.reconnectSpreadMs);
	if (!isAllowedOrigin(request, door.allowedOrigins)) return problem("origin_not_allowed");
	if (!isLoopback(address) && door.table.connectionsFrom(address) >= door.maxConnectionsPerIp)
		return problem("too_many_connections", undefined, 10_000);
	const subprotocol = chooseSubprotocol(request.headers.get("sec-websocket-protocol"));
	if (subprotocol === null) return problem("unsupported_subprotocol");
	const room = route.kind === "room" ? route.room : null;
	if (room !== null && !(await door.entrance.exists(room))) return problem("room_not_found");
	if (room === null && subprotocol === "hubbub.text") return problem("unsupported_subprotocol", "Offer hubbub.v1 at this address.");
	const offered = request.headers.has("sec-websocket-protocol");
	const upgraded = server.upgrade(request, {
		data: { subprotocol, room, address, connection: null },
		...(offered && { headers: { "Sec-WebSocket-Protocol": subprotocol } }),
	});
	return upgraded ? undefined : problem("bad_frame", "The opening handshake is not valid.");
}

/** Same origin, or one that the operator named. Programs send none (SPEC SEC-1). */
export function isAllowedOrigin(request: Request, allowed: readonly string[]): boolean {
	const origin = request.headers.get("origin");
	if (origin === null) return true;
	if (allowed.includes("*") || allowed.includes(origin)) return true;
	const host = request.headers.get("host");
	return host !== null && (origin === `http://${host}` || origin === `https://${host}`);
}
