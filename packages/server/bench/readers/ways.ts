import { AnswerFraming, clientFrame, type Framing, SocketFraming, StreamFraming } from "./framing.ts";

export const wayNames = ["websocket", "deflate", "stream", "long-poll", "short-poll"] as const;
export type WayName = (typeof wayNames)[number];

/** How viewers hear of a room by one transport. */
export interface Way {
	/** What a viewer sends first, and on polling each time: one HTTP request. */
	request(cursor: string | null): string;
	/** What it sends once that was agreed to; null where nothing is. */
	greeting(viewer: number): string | null;
	framing(): Framing;
	/** `told`: one request is all there is. `held`: the next follows each answer. `each second`: by the clock. */
	readonly rhythm: "told" | "held" | "each second";
}

/** The way of this name into `room`. Heads hold what the protocol needs and no more: what browsers add is theirs. */
export function wayInto(room: string, name: WayName): Way {
	const events = `/rooms/${room}/events`;
	switch (name) {
		case "websocket":
			return socketWay(room, "");
		case "deflate":
			return socketWay(room, ',"accept":["deflate"]');
		case "stream":
			return {
				rhythm: "told",
				framing: () => new StreamFraming(),
				greeting: () => null,
				request: () => get(events, ["Accept: text/event-stream"]),
			};
		case "long-poll":
			return pollWay("held", (cursor) => get(`${events}?wait=25${after(cursor)}`, []));
		case "short-poll":
			return pollWay("each second", (cursor) => get(`${events}?wait=0${after(cursor)}`, []));
		default:
			throw new Error(`There is no way ${name satisfies never}.`);
	}
}

function socketWay(room: string, accept: string): Way {
	const upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: hubbub.v1"];
	return {
		rhythm: "told",
		framing: () => new SocketFraming(),
		greeting: (viewer) => clientFrame(1, `{"type":"hello","name":"viewer ${viewer}","rooms":[{"room":"${room}"}]${accept}}`),
		request: () => get("/ws", [...upgrade, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]),
	};
}

function pollWay(rhythm: Way["rhythm"], request: Way["request"]): Way {
	return { rhythm, request, framing: () => new AnswerFraming(), greeting: () => null };
}

function get(path: string, lines: readonly string[]): string {
	return `${[`GET ${path} HTTP/1.1`, "Host: localhost", ...lines].join("\r\n")}\r\n\r\n`;
}

function after(cursor: string | null): string {
	return cursor === null ? "" : `&after=${cursor}`;
}
