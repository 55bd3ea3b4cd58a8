import type { Payload } from "@hubbub/protocol/codec.ts";
import { SUBPROTOCOL_TEXT, SUBPROTOCOL_V1 } from "@hubbub/protocol/version.ts";
import type { ServerWebSocket, WebSocketHandler } from "bun";
import { serverLimits } from "../runtime/limits.ts";
import type { Link } from "../session/link.ts";
import { Session, type SessionServices } from "../session/session.ts";

/** What an upgraded socket carries from its handshake, and its session once it is open. */
export interface SocketData {
	readonly subprotocol: typeof SUBPROTOCOL_TEXT | typeof SUBPROTOCOL_V1;
	/** The room named by the address, null on `/ws`. */
	readonly room: string | null;
	readonly address: string;
	connection: { readonly session: Session; readonly link: WebSocketLink } | null;
}

/**
 * Chooses among the offered subprotocols (RFC 6455 section 4.2.2): the first that is ours, in the client's order of preference.
 * None offered is `hubbub.text`; only unknown ones is null, a refusal (SPEC WS-2).
 */
export function chooseSubprotocol(offered: string | null): SocketData["subprotocol"] | null {
	const names = (offered ?? "").split(",").flatMap((name) => name.trim() || []);
	if (names.length === 0) return SUBPROTOCOL_TEXT;
	return (names.find((name) => name === SUBPROTOCOL_V1 || name === SUBPROTOCOL_TEXT) as SocketData["subprotocol"] | undefined) ?? null;
}

/** A WebSocket as a link. Writable until the kernel pushes back; then not until everything waiting has gone. */
export class WebSocketLink implements Link {
	readonly transport = "websocket";
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

/** The handlers for `Bun.serve`. Liveness is the session table's, since the listener's own is reset by what it sends. */
export function createWebSocketHandler(services: SessionServices): WebSocketHandler<SocketData> {
	const { connections } = services.metrics;
	return {
		maxPayloadLength: serverLimits.listenerFrameBytesMax,
		backpressureLimit: serverLimits.socketBufferBytesMax,
		closeOnBackpressureLimit: false,
		idleTimeout: 0,
		sendPings: false,
		perMessageDeflate: false,
		open(socket) {
			const { address, room, subprotocol } = socket.data;
			const link = new WebSocketLink(socket, address);
			const session = new Session(link, services, { codec: subprotocol === SUBPROTOCOL_TEXT ? "text" : "json", room });
			socket.data.connection = { session, link };
			connections.inc({ transport: "websocket" });
		},
		message(socket, data) {
			socket.data.connection?.session.receive(data);
		},
		ping(socket) {
			socket.data.connection?.session.heardPing();
		},
		pong(socket) {
			socket.data.connection?.session.heard();
		},
		drain(socket) {
			const { connection } = socket.data;
			if (!connection || socket.getBufferedAmount() > 0) return;
			connection.link.drained();
			connection.session.onWritable();
		},
		close(socket) {
			socket.data.connection?.session.onClosed();
			connections.dec({ transport: "websocket" });
		},
	};
}

/** For `HUBBUB_MAX_CONNECTIONS_PER_IP`: addresses of this machine, which load tests and reverse proxies come from. */
export function isLoopback(address: string): boolean {
	return address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127.");
}
