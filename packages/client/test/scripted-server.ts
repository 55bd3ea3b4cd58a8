import { createHash } from "node:crypto";

/** One connection as the scripted server sees it. */
export interface Peer {
	/** Counts connections from 1. */
	readonly number: number;
	send(frame: object): void;
	/** Ends the connection with a closing handshake. */
	close(code?: number, reason?: string): void;
	/** Ends it without a word. */
	terminate(): void;
}

/** What a scripted server does. Each part may be left out. */
export interface Script {
	/** Answers the upgrade instead of taking it. */
	refuse?(number: number): Response | null;
	/** A frame of the client's came in. */
	frame(peer: Peer, frame: Record<string, unknown>): void;
	/** The connection is gone, whoever ended it. */
	gone?(peer: Peer): void;
	/** A request that is no upgrade. */
	request?(request: Request): Response;
}

/** A server on a free port of the loopback that does what a test says. `stop` ends it and every connection. */
export function scriptedServer(script: Script): { readonly url: string; stop(): Promise<void> } {
	let connections = 0;
	const server = Bun.serve<{ peer: Peer | null; number: number }>({
		port: 0,
		hostname: "127.0.0.1",
		fetch(request, self) {
			if (!request.headers.has("sec-websocket-key")) return script.request?.(request) ?? new Response(null, { status: 404 });
			const number = ++connections;
			const refusal = script.refuse?.(number);
			if (refusal) return refusal;
			const headers = { "sec-websocket-protocol": "hubbub.v1" };
			return self.upgrade(request, { data: { peer: null, number }, headers }) ? undefined : new Response(null, { status: 400 });
		},
		websocket: {
			open(socket) {
				socket.data.peer = {
					number: socket.data.number,
					send: (frame) => void socket.send(JSON.stringify(frame)),
					close: (code, reason) => socket.close(code, reason),
					terminate: () => socket.terminate(),
				};
			},
			message(socket, data) {
				if (socket.data.peer) script.frame(socket.data.peer, JSON.parse(String(data)));
			},
			close(socket) {
				if (socket.data.peer) script.gone?.(socket.data.peer);
			},
		},
	});
	return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

/**
 * A server of bare TCP that upgrades, says `frames`, and then ends its half of the connection without a closing handshake. Tells
 * how many connections it had.
 */
export function halfClosingServer(frames: readonly object[]) {
	let connections = 0;
	const listener = Bun.listen<{ seen: string }>({
		port: 0,
		hostname: "127.0.0.1",
		socket: {
			open(socket) {
				socket.data = { seen: "" };
				connections++;
			},
			data(socket, bytes) {
				if (socket.data.seen.endsWith("\r\n\r\n")) return;
				socket.data.seen += bytes.toString("latin1");
				const key = /sec-websocket-key: (.*)\r\n/i.exec(socket.data.seen)?.[1];
				if (!socket.data.seen.endsWith("\r\n\r\n") || !key) return;
				// RFC 6455 section 1.3.
				const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
				socket.write(
					`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: hubbub.v1\r\n\r\n`,
				);
				for (const frame of frames) {
					const body = Buffer.from(JSON.stringify(frame));
					socket.write(Buffer.concat([Buffer.from([0x81, 126, body.length >> 8, body.length & 0xff]), body]));
				}
				socket.shutdown();
			},
		},
	});
	return { url: `http://127.0.0.1:${listener.port}`, connections: () => connections, stop: () => listener.stop(true) };
}
