import { problem } from "@hubbub/protocol/problem.ts";
import type { Server } from "bun";
import { Echo } from "../lab/echo.ts";
import type { Clock } from "../runtime/clock.ts";
import { serverLimits } from "../runtime/limits.ts";

export interface Visitor {
	echo: Echo | null;
}

/**
 * The lab's echo on a port of its own, for conformance suites: it takes messages of up to 16 MiB, which on the rooms' port would let each
 * room's socket hold as much, since a listener has one bound for all of its sockets. On this machine alone, for few sockets, and for programs: a
 * browser's page, which names its origin, is refused. Throws as `Bun.serve` does.
 */
export function openLabListener(port: number, clock: Clock): Server<Visitor> {
	const echoing = { rate: null, unreadBytesMax: serverLimits.labFrameBytesMax, nowMs: clock.monotonicMs };
	let sockets = 0;
	return Bun.serve<Visitor>({
		hostname: "127.0.0.1",
		port,
		development: false,
		fetch(request, server) {
			if (new URL(request.url).pathname !== "/lab/echo") return problem("not_found", "There is only /lab/echo at this port.");
			if (request.headers.has("origin")) return problem("origin_not_allowed", "This port is for programs.");
			if (sockets >= serverLimits.labSocketsMax) return problem("too_many_connections", undefined, serverLimits.retrySoonMs);
			return server.upgrade(request, { data: { echo: null } }) ? undefined : problem("bad_frame", "The opening handshake is not valid.");
		},
		websocket: {
			maxPayloadLength: serverLimits.labFrameBytesMax,
			backpressureLimit: 2 * serverLimits.labFrameBytesMax,
			perMessageDeflate: { compress: "shared", decompress: "shared" },
			idleTimeout: serverLimits.quietSeconds,
			open(socket) {
				sockets++;
				socket.data.echo = new Echo(socket, echoing);
			},
			message: (socket, message) => socket.data.echo?.answer(message),
			close() {
				sockets--;
			},
		},
	});
}
