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
		if (!frame) return this.#reject({ type: "" }, "bad_frame", "Send a JSON object with a type.");
		switch (frame.type) {
			case "hello":
				return this.#hello(frame);
			case "join":
			case "leave":
			case "say":
			case "delete":
			case "settings":
				if (typeof frame.room === "string") return this.#inRoom(frame, frame.room, bytes);
				return this.#reject(frame, "bad_frame", "The field room is missing or wrong.");
			default:
				// What is not heard now means nothing later: likes, pings, types of a later version.
				if (this.#connection.state.phase === "live") this.#connection.send(frame);
				else this.#reject(frame, "unavailable", "Not connected; not sent.");
		}
	}

	#hello(frame: RawFrame): void {
		const { token, name, rooms } = frame;
		if (this.#helloSaid && (token ?? name) !== undefined) {
			return this.#reject(frame, "bad_frame", "Hello was said already.");
		}
		this.#connection.introduce(name, token);
		for (const wanted of Array.isArray(rooms) ? rooms : []) this.send(JSON.stringify({ type: "join", ...wanted }), 0);
	}

	#inRoom(frame: RawFrame, id: string, bytes: number): void {
		const { type, ref, after, view } = frame;
		const room = this.#connection.findRoom(id);
		const isIn = room && room.phase !== "left";
		if (type === "join") {
			if (isIn) return this.#reject(frame, "already_joined", "The connection is in this room already.");
			const cursor = typeof after === "string" ? after : undefined;
			this.#connection.room(id, { callerRef: ref, after: cursor, view: view === "top" ? view : undefined });
		} else if (type === "leave") {
			if (!isIn) return this.#reject(frame, "not_joined", "This room is not joined.");
			room.leave();
			this.frame({ type: "left", ref, room: id });
		} else
			this.#connection.submit({ ...frame, room: id }, bytes, (answer) => {
				if (answer instanceof HubbubError) this.#reject(frame, wireCode(answer.code), answer.message, answer.retryAfterMs);
				else this.frame({ ...answer, ref });
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
