import { SUBPROTOCOL_V1 } from "@hubbub/protocol/wire/version.ts";
import type { Environment, SocketLike } from "./environment.ts";
import { readFrame } from "./frame.ts";
import { FrameOrder } from "./inflate.ts";
import { broken, type Link, type LinkEnd, type LinkListener, type Transport } from "./transport.ts";

/** Frames over one WebSocket at `url`, with subprotocol `hubbub.v1`. */
export function websocketTransport(url: string, environment: Environment): Transport {
	// One bad stream of compressed bytes is enough: the next link asks for plain JSON.
	let { inflate } = environment;
	return {
		name: "websocket",
		pings: true,
		get accept() {
			return inflate ? ["deflate"] : [];
		},
		open: (listener) =>
			openSocket(url, listener, environment.WebSocket, inflate, () => {
				inflate = null;
			}),
	};
}

function openSocket(
	url: string,
	listener: LinkListener,
	WebSocket: Environment["WebSocket"],
	inflate: Environment["inflate"],
	onBroken: () => void,
): Link {
	let socket: SocketLike;
	try {
		socket = new WebSocket(url, [SUBPROTOCOL_V1]);
	} catch (error) {
		// A page's policy may forbid the address (mixed content, CSP); that is an end like any other.
		queueMicrotask(() => listener.ended(broken(String((error as Error)?.message ?? error))));
		return { send() {}, close() {} };
	}
	let phase: "opening" | "open" | "ended" = "opening";
	const end = (last: LinkEnd) => {
		if (phase === "ended") return;
		phase = "ended";
		listener.ended(last);
	};
	const giveUp = (reason: string) => {
		socket.close();
		end(broken(reason));
	};
	const order = new FrameOrder(
		inflate,
		(json) => {
			const frame = readFrame(json);
			if (frame && phase === "open") listener.frame(frame);
		},
		() => {
			onBroken();
			giveUp("A compressed batch could not be read.");
		},
	);
	socket.binaryType = "arraybuffer";
	socket.onopen = () => {
		// A proxy may answer the upgrade itself. Without the subprotocol the other side would talk lines for people.
		if (socket.protocol !== SUBPROTOCOL_V1) return giveUp("The other side does not speak hubbub.v1.");
		phase = "open";
		listener.opened();
	};
	socket.onmessage = (event: { data: string | ArrayBuffer }) => order.push(event.data);
	// An error is always followed by a close, which says more.
	socket.onerror = () => {};
	socket.onclose = (event: LinkEnd) => {
		// Some clients (Bun's) report a refused upgrade as 1002, which would be final. What never opened is a fault of the network.
		const last = phase === "opening" ? broken(event.reason) : event;
		order.after(() => end(last));
	};
	return {
		send: (json) => {
			if (phase === "open") socket.send(json);
		},
		close: (code, reason) => (code === undefined ? socket.close() : socket.close(code, reason)),
	};
}
