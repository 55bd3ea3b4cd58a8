import { problem } from "@hubbub/protocol/problem.ts";
import type { Server } from "bun";
import { serverLimits } from "../runtime/limits.ts";
import { isLoopback } from "../session/address-limits.ts";
import { headerCredential, malformedWords } from "../session/credential.ts";
import type { RoomAdmission } from "../session/room-admission.ts";
import type { SessionTable } from "../session/session-table.ts";
import { chooseSubprotocol, type SocketData } from "./websocket.ts";

/** What decides whether a connection may become a WebSocket. */
export interface SocketDoor {
	readonly admission: RoomAdmission;
	readonly table: SessionTable;
	/** Connections held at once: WebSockets, event streams and polls that wait. */
	readonly maxConnections: number;
	readonly maxConnectionsPerIp: number;
	/** Whether the lab's echo is open. */
	readonly lab: boolean;
	/** Whether rooms' sockets may negotiate permessage-deflate. */
	readonly permessageDeflate: boolean;
	/** Whether the server is on its way out and takes nobody new. */
	readonly isDraining: () => boolean;
}

/** The addresses that a WebSocket may have. */
export type SocketRoute =
	| { readonly kind: "room"; readonly room: string }
	| { readonly kind: "any-room" }
	| { readonly kind: "lab"; readonly socket: "echo" | "wire" };

/** Whether a request asks to become a WebSocket, among whatever else it offers to become (RFC 9110 section 7.8). */
export function asksForWebSocket(headers: Headers): boolean {
	return tokens(headers.get("upgrade")).includes("websocket");
}

/** Whether a request was a WebSocket's handshake once, and a proxy that knows none has taken off what is said from one hop to the next. */
export function lostItsUpgrade(headers: Headers): boolean {
	return headers.has("sec-websocket-key") && !asksForWebSocket(headers);
}

/** Null, or the answer to a method that an address does not take: with those it does (RFC 9110 section 15.5.6). */
export function refuseMethod(request: Request, allowed: readonly string[]): Response | null {
	if (allowed.includes(request.method)) return null;
	const allow = [...allowed, "OPTIONS"].join(", ");
	if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
	const refusal = problem("method_not_allowed");
	refusal.headers.set("allow", allow);
	return refusal;
}

/** Why a connection that would be held cannot be, or null. Whoever is refused does not keep their socket, of which there may be too few. */
export function whyNoMore(
	{ table, isDraining, maxConnections, maxConnectionsPerIp }: SocketDoor,
	address: string,
): { readonly code: "draining" | "overloaded" | "too_many_connections"; readonly retryAfterMs: number } | null {
	if (isDraining()) return { code: "draining", retryAfterMs: serverLimits.reconnectSpreadMs };
	if (table.size >= maxConnections) return { code: "overloaded", retryAfterMs: serverLimits.crowdedRetryMs };
	if (isLoopback(address) || table.connectionsFrom(address) < maxConnectionsPerIp) return null;
	return { code: "too_many_connections", retryAfterMs: serverLimits.crowdedRetryMs };
}

/** The opening handshake (RFC 6455 section 4.2.2), refused with a status and the table's code where it cannot be (SPEC WS-1, WS-2). */
export async function upgrade(
	door: SocketDoor,
	request: Request,
	server: Server<SocketData>,
	route: SocketRoute | null,
	address: string,
): Promise<Response | undefined> {
	const refused = refuseMethod(request, ["GET"]) ?? refuseHandshake(request.headers);
	if (refused) return refused;
	if (route === null || (route.kind === "lab" && !door.lab)) return problem("not_found", "There is no WebSocket at this address.");
	const full = whyNoMore(door, address);
	if (full) return problem(full.code, undefined, full.retryAfterMs);
	if (route.kind === "lab") return openLab(request, server, route.socket, address);
	const credential = headerCredential(request.headers.get("authorization"));
	if (credential.kind === "malformed") return problem("unauthorized", malformedWords);
	const subprotocol = chooseSubprotocol(request.headers.get("sec-websocket-protocol"));
	if (subprotocol === null) return problem("unsupported_subprotocol");
	const room = route.kind === "room" ? route.room : null;
	if (room !== null && !(await door.admission.exists(room))) return problem("room_not_found");
	if (room === null && subprotocol === "hubbub.text") return problem("unsupported_subprotocol", "Offer hubbub.v1 at this address.");
	// The listener would agree to compression for every socket; on rooms' it is the operator's choice. What it does not know it ignores.
	if (!door.permessageDeflate) request.headers.set("sec-websocket-extensions", "none");
	const offered = request.headers.has("sec-websocket-protocol");
	const data = { use: "room", subprotocol, room, address, credential, session: null, link: null } as const;
	return accept(request, server, data, offered ? subprotocol : undefined);
}

/**
 * Null, or what is missing in the opening handshake (RFC 6455 section 4.2.1). The listener looks at the version, and would overlook these.
 */
function refuseHandshake(headers: Headers): Response | null {
	const key = headers.get("sec-websocket-key") ?? "";
	if (!headers.get("host")) return problem("bad_frame", "The opening handshake names no host.");
	if (!tokens(headers.get("connection")).includes("upgrade"))
		return problem("bad_frame", "The opening handshake lacks Connection: Upgrade.");
	if (!/^[A-Za-z0-9+/]{22}==$/.test(key))
		return problem("bad_frame", "The opening handshake has no Sec-WebSocket-Key of 16 bytes in base64.");
	return null;
}

/** The members of a header that is a list, in lower case. */
function tokens(header: string | null): string[] {
	return (header ?? "").split(",").map((token) => token.trim().toLowerCase());
}

function openLab(request: Request, server: Server<SocketData>, socket: "echo" | "wire", address: string): Response | undefined {
	if (socket === "echo") return accept(request, server, { use: "echo", address, echo: null, visit: null });
	const target = {
		hostname: withinReach(server.hostname),
		port: server.port as number,
		tls: server.protocol === "https",
		path: "/lab/echo",
	};
	return accept(request, server, { use: "wire", address, target, wire: null, visit: null });
}

/** An address at which this machine reaches one that it listens on. */
function withinReach(listensOn: string | undefined): string {
	if (listensOn === "::") return "::1";
	return listensOn === undefined || listensOn === "0.0.0.0" ? "127.0.0.1" : listensOn;
}

function accept(request: Request, server: Server<SocketData>, data: SocketData, subprotocol?: string): Response | undefined {
	const headers = new Headers(subprotocol === undefined ? [] : [["Sec-WebSocket-Protocol", subprotocol]]);
	return server.upgrade(request, { data, headers }) ? undefined : problem("bad_frame", "The opening handshake is not valid.");
}
