import type { Code } from "@hubbub/protocol/codes.ts";
import type { Downstream } from "@hubbub/protocol/downstream.ts";
import type { LiveConnection } from "./connection.ts";
import { HubbubError, type LocalCode } from "./error.ts";
import { parseObject } from "./frame.ts";
import type { FaceHost, SocketData, SocketFace } from "./socket-face.ts";

/** A frame as the page wrote it; nothing about its fields is certain. */
type RawFrame = { readonly type: string; readonly ref?: string | number; readonly room?: unknown } & Readonly<Record<string, unknown>>;

/**
 * Frames of `hubbub.v1` as JSON text, both ways. The hello, pings and the joining again after a loss are the socket's own; a page may
 * say its own hello in its `open` listener, and its token, name and rooms are used.
 */
export class FrameFace implements SocketFace {
	readonly #connection: LiveConnection;
	readonly #host: FaceHost;
	#helloSaid = false;

	constructor(connection: LiveConnection, host: FaceHost) {
		this.#connection = connection;
		this.#host = host;
	}

	/** The first `open` was told; the hello goes out right after. Without rooms of the page's own, the address names one. */
	beforeHello(room: string | null): void {
		this.#helloSaid = true;
		if (room !== null && !this.#connection.hasRooms) this.#connection.room(room);
	}

	frame(frame: Downstream): void {
		this.#host.deliver(JSON.stringify(frame));
	}

	send(data: SocketData, bytes: number): void {
		const frame = typeof data === "string" ? parse(data) : null;
		if (!frame) return this.#reject({ type: "" }, "bad_frame", "Send one JSON object with a type, as text.");
		switch (frame.type) {
			case "hello":
				return this.#hello(frame);
			case "join":
				return this.#join(frame);
			case "leave":
				return this.#leave(frame);
			case "say":
			case "delete":
			case "settings":
				return this.#command(frame, bytes);
			default:
				// What is not heard now means nothing later: likes, pings, types of a later version.
				if (this.#connection.state.phase === "live") this.#connection.send(frame);
				else this.#reject(frame, "unavailable", "Not connected just now; not sent.");
		}
	}

	#hello(frame: RawFrame): void {
		const { token, name, rooms } = frame as { token?: unknown; name?: unknown; rooms?: unknown };
		if (this.#helloSaid && (token !== undefined || name !== undefined)) {
			return this.#reject(frame, "bad_frame", "Hello was said already. Give token and name as options.");
		}
		this.#connection.introduce({
			...(typeof token === "string" && { token }),
			...(typeof name === "string" && { name }),
		});
		for (const wanted of Array.isArray(rooms) ? rooms : []) this.#join({ type: "join", ...wanted });
	}

	#join(frame: RawFrame): void {
		const { room, after, ref } = frame as { room: unknown; after?: unknown; ref?: string | number };
		if (typeof room !== "string") return this.#reject(frame, "bad_frame", "The field room is missing or wrong.");
		if ((this.#connection.findRoom(room)?.phase ?? "left") !== "left")
			return this.#reject(frame, "already_joined", "The connection is in this room already.");
		this.#connection.room(room, { callerRef: ref, ...(typeof after === "string" && { after }) });
	}

	#leave(frame: RawFrame): void {
		const room = this.#connection.findRoom(String(frame.room));
		if (!room || room.phase === "left") return this.#reject(frame, "not_joined", "This room is not joined.");
		room.leave();
		this.frame({ type: "left", ref: frame.ref, room: room.id });
	}

	#command(frame: RawFrame, bytes: number): void {
		const { room } = frame;
		if (typeof room !== "string") return this.#reject(frame, "bad_frame", "The field room is missing or wrong.");
		this.#connection.submit({ ...frame, room }, bytes, (answer) => {
			if (answer instanceof HubbubError) this.#reject(frame, wireCode(answer.code), answer.message, answer.retryAfterMs);
			else this.frame({ ...answer, ref: frame.ref });
			this.#host.settled();
		});
	}

	#reject(frame: RawFrame, code: Code, message: string, retryAfterMs?: number | null): void {
		const room = typeof frame.room === "string" ? frame.room : undefined;
		this.frame({ type: "reject", ref: frame.ref, code, message, retryAfterMs: retryAfterMs ?? undefined, room });
	}
}

/** This side's own reasons in the words of the wire; the others are the wire's. */
const wireCodes = { queue_full: "overloaded", left: "not_joined", closed: "unavailable", network: "unavailable" } as const satisfies Record<
	LocalCode,
	Code
>;

function wireCode(code: Code | LocalCode): Code {
	return wireCodes[code as LocalCode] ?? code;
}

function parse(data: string): RawFrame | null {
	const frame = parseObject(data);
	return typeof frame?.type === "string" ? (frame as RawFrame) : null;
}
