import { SUBPROTOCOL_V1 } from "@hubbub/protocol/version.ts";
import type { Environment, SocketLike } from "./environment.ts";
import { readFrame } from "./frame.ts";
import { FrameOrder } from "./inflate.ts";
import type { Link, LinkEnd, LinkListener, Transport } from "./transport.ts";

/** Frames over one WebSocket at `url`, with subprotocol `hubbub.v1`. */
export function websocketTransport(url: string, environment: Environment): Transport {
	// One bad stream of compressed bytes is enough: the next link asks for plain JSON.
	let inflate = environment.inflate;
	return {
		name: "websocket",
		get accept() {
			return inflate ? ["deflate"] : [];
		},
		open: (listener) =>
			openSocket(url, listener, environment, inflate, () => {
				inflate = null;
			}),
	};
}

function openSocket(
	url: string,
	listener: LinkListener,
	environment: Environment,
	inflate: Environment["inflate"],
	onBroken: () => void,
): Link {
	let socket: SocketLike;
	try {
		socket = new environment.WebSocket(url, [SUBPROTOCOL_V1]);
	} catch (error) {
		// A page's policy may forbid the address (mixed content, CSP); that is an end like any other.
		const reason = error instanceof Error ? error.message : String(error);
		queueMicrotask(() => listener.ended({ code: 1006, reason, wasClean: false }));
		return { send() {}, close() {} };
	}
	let phase: "opening" | "open" | "ended" = "opening";
	const end = (last: LinkEnd) => {
		if (phase === "ended") return;
		phase = "ended";
		listener.ended(last);
	};
	const order = new FrameOrder(
		inflate,
		(json) => {
			const frame = readFrame(json);
			if (frame && phase === "open") listener.frame(frame);
		},
		() => {
			onBroken();
			socket.close();
			end({ code: 1006, reason: "A compressed batch could not be read.", wasClean: false });
		},
	);
	socket.binaryType = "arraybuffer";
	socket.onopen = () => {
		// A proxy may answer the upgrade itself. Without the subprotocol the other side would talk lines for people.
		if (socket.protocol !== SUBPROTOCOL_V1) {
			socket.close();
			return end({ code: 1006, reason: "The other side does not speak hubbub.v1.", wasClean: false });
		}
		phase = "open";
		listener.opened();
	};
	socket.onmessage = (event: { data: string | ArrayBuffer }) => order.push(event.data);
	// An error is always followed by a close, which says more.
	socket.onerror = () => {};
	socket.onclose = (event: LinkEnd) => {
		// Some clients (Bun's) report a refused upgrade as 1002, which would be final. What never opened is a fault of the way there.
		const refused = phase === "opening";
		const { code, reason, wasClean } = event;
		order.after(() => end(refused ? { code: 1006, reason, wasClean: false } : { code, reason, wasClean }));
	};
	return {
		send: (json) => {
			if (phase === "open") socket.send(json);
		},
		close: (code, reason) => (code === undefined ? socket.close() : socket.close(code, reason)),
	};
}
