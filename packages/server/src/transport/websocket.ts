import type { Payload } from "@hubbub/protocol/codec.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { SUBPROTOCOL_TEXT, SUBPROTOCOL_V1 } from "@hubbub/protocol/wire/version.ts";
import type { ServerWebSocket, WebSocketHandler } from "bun";
import { Echo } from "../lab/echo.ts";
import { type LabTarget, LabWire } from "../lab/wire.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Credential } from "../session/credential.ts";
import type { Link } from "../session/link.ts";
import { Session, type SessionServices } from "../session/session.ts";
import { LabVisit } from "./lab-visit.ts";

type Subprotocol = typeof SUBPROTOCOL_TEXT | typeof SUBPROTOCOL_V1;

/** What an upgraded socket carries from its handshake: a place in a room with its session once it is open, or the lab's echo. */
export type SocketData =
	| {
			readonly use: "room";
			readonly subprotocol: Subprotocol;
			/** The room named by the address, null on `/ws`. */
			readonly room: string | null;
			readonly address: string;
			/** What the handshake's `Authorization` presented. */
			readonly credential: Credential;
			session: Session | null;
			link: WebSocketLink | null;
	  }
	| { readonly use: "echo"; readonly address: string; echo: Echo | null; visit: LabVisit | null }
	/** The lab's bytes, watched by a page. */
	| { readonly use: "wire"; readonly address: string; readonly target: LabTarget; wire: LabWire | null; visit: LabVisit | null };

/**
 * Chooses among the offered subprotocols (RFC 6455 section 4.2.2): the first that is ours, in the client's order of preference.
 * None offered is `hubbub.text`; only unknown ones is null, a refusal (SPEC WS-2).
 */
export function chooseSubprotocol(offered: string | null): Subprotocol | null {
	const names = (offered ?? "").split(",").flatMap((name) => name.trim() || []);
	if (names.length === 0) return SUBPROTOCOL_TEXT;
	return names.find((name) => name === SUBPROTOCOL_V1 || name === SUBPROTOCOL_TEXT) ?? null;
}

/** A WebSocket as a link. Writable until the kernel pushes back; then not until everything waiting has gone. */
export class WebSocketLink implements Link {
	readonly duplex = true;
	readonly address: string;
	readonly #socket: ServerWebSocket<SocketData>;
	#writable = true;

	constructor(socket: ServerWebSocket<SocketData>, address: string) {
		this.#socket = socket;
		this.address = address;
	}

	get writable(): boolean {
		return this.#writable;
	}

	write(payload: Payload): void {
		// −1: the kernel took some and the rest waits in user space. 0: the socket is closed, or its bound was reached.
		const status = payload.kind === "text" ? this.#socket.sendText(payload.data) : this.#socket.sendBinary(payload.data);
		if (status <= 0) this.#writable = false;
	}

	drained(): void {
		this.#writable = true;
	}

	ping(): void {
		if (this.#writable) this.#socket.ping();
	}

	close(code: number, reason: string): void {
		this.#socket.close(code, reason);
	}

	terminate(): void {
		this.#socket.terminate();
	}
}

/**
 * The handlers for `Bun.serve`. Liveness is the session table's, since the listener's own is reset by what it sends. The listener has one
 * bound for all its sockets, so the lab's are held to that of the rooms; see `lab-listener.ts` for longer messages.
 */
export function createWebSocketHandler(
	services: SessionServices,
	options: { lab: boolean; permessageDeflate: boolean },
): WebSocketHandler<SocketData> {
	const { connections } = services.metrics;
	const nowMs = services.clock.monotonicMs;
	const echoing = { rate: serverLimits.labEcho, unreadBytesMax: serverLimits.socketBufferBytesMax, nowMs };
	return {
		maxPayloadLength: serverLimits.listenerFrameBytesMax,
		backpressureLimit: serverLimits.listenerBufferBytesMax,
		closeOnBackpressureLimit: false,
		idleTimeout: 0,
		sendPings: false,
		perMessageDeflate: options.lab || options.permessageDeflate ? { compress: "shared", decompress: "shared" } : false,
		open(socket) {
			const { data } = socket;
			connections.inc({ transport: data.use === "room" ? "websocket" : "lab" });
			if (data.use !== "room") {
				data.visit = new LabVisit(socket, (visit, delayMs) => services.table.checkIn(visit, delayMs));
				services.table.add(data.visit);
				services.table.checkIn(data.visit, limits.heartbeatMs);
			}
			if (data.use === "echo") data.echo = new Echo(socket, echoing);
			if (data.use === "wire") data.wire = new LabWire(data.target, (seen) => socket.sendText(JSON.stringify(seen)), nowMs);
			if (data.use !== "room") return;
			const link = new WebSocketLink(socket, data.address);
			data.link = link;
			const codec = data.subprotocol === SUBPROTOCOL_TEXT ? "text" : "json";
			data.session = new Session(link, services, { codec, room: data.room, credential: data.credential });
		},
		message(socket, message) {
			const { data } = socket;
			if (data.use !== "room") data.visit?.heard();
			if (data.use === "room") data.session?.receive(message);
			else if (data.use === "echo") data.echo?.answer(message);
			else if (data.wire?.receive(message) === "too much") socket.close(1008, "That is too much for the lab.");
		},
		ping({ data }) {
			if (data.use === "room") data.session?.heardPing();
		},
		pong({ data }) {
			if (data.use === "room") data.session?.heard();
			else data.visit?.heard();
		},
		drain(socket) {
			const { data } = socket;
			if (data.use !== "room") return;
			if (socket.getBufferedAmount() > 0) return data.session?.onProgress();
			data.link?.drained();
			data.session?.onWritable();
		},
		close({ data }) {
			connections.dec({ transport: data.use === "room" ? "websocket" : "lab" });
			if (data.use === "room") data.session?.onClosed();
			if (data.use !== "room" && data.visit) services.table.remove(data.visit);
			if (data.use === "wire") data.wire?.end();
		},
	};
}
