import { SUBPROTOCOL_V1 } from "@hubbub/protocol/wire/version.ts";
import { type BrowserFacts, frameBytes, handshakeBytes, utf8Bytes } from "./bytes.ts";
import { type Driver, type LaneLine, readFrame, retryMs } from "./lane.ts";

/** The room over `hubbub.v1`: one handshake, then frames for as long as it lasts. */
export function webSocketDriver(facts: BrowserFacts): Driver {
	return async (line) => {
		while (!line.signal.aborted) {
			await oneConnection(line, facts);
			await line.wait(retryMs);
		}
	};
}

/** Resolves when the connection is over, whoever ended it. */
function oneConnection(line: LaneLine, facts: BrowserFacts): Promise<void> {
	const heads = handshakeBytes("ws", SUBPROTOCOL_V1, facts);
	const socket = new WebSocket(`${facts.origin.replace(/^http/, "ws")}${facts.root}ws`, SUBPROTOCOL_V1);
	line.tell({ type: "asked", headBytes: heads.up });
	return new Promise((resolve) => {
		const leave = () => {
			line.signal.removeEventListener("abort", leave);
			socket.onopen = socket.onmessage = socket.onclose = null;
			socket.close(1000);
			resolve();
		};
		const fail = (why: string) => {
			line.tell({ type: "ended", how: "failed", why });
			leave();
		};
		socket.onopen = () => {
			line.tell({ type: "answering", headBytes: heads.down, isOpen: true });
			const after = line.after() ?? undefined;
			const hello = JSON.stringify({ type: "hello", rooms: [{ room: line.room, after }] });
			socket.send(hello);
			line.tell({ type: "gave", bytes: frameBytes(utf8Bytes(hello), "client") });
		};
		socket.onmessage = ({ data }: MessageEvent<string>) => {
			line.tell({ type: "took", bytes: frameBytes(utf8Bytes(data), "server") });
			const frame = readFrame(data);
			if (!frame) return;
			line.tell({ type: "frame", frame });
			if (frame.type === "reject") fail(frame.code);
		};
		socket.onclose = ({ code, reason }) => fail(reason || String(code));
		line.signal.addEventListener("abort", leave);
	});
}
