import type { Downstream } from "@hubbub/protocol/downstream.ts";
import type { Code } from "@hubbub/protocol/wire/codes.ts";
import type { LiveConnection } from "../connection.ts";
import { HubbubError, type LocalCode } from "../error.ts";
import { parseObject } from "../frame.ts";
import type { Dialect, DialectHost, SocketData } from "./dialect.ts";

/** A frame as the page wrote it; nothing about its fields is certain. */
type RawFrame = { readonly type: string; readonly ref?: string | number; readonly room?: unknown } & Readonly<Record<string, unknown>>;

/**
 * Frames of `hubbub.v1` as JSON text, both ways. The hello, pings and the joining again after a loss are the socket's own; a page may
 * say its own hello in its `open` listener, and its token, name and rooms are used.
 */
export class JsonDialect implements Dialect {
	readonly #connection: LiveConnection;
	readonly #host: DialectHost;
	#helloSaid = false;

	constructor(connection: LiveConnection, host: DialectHost) {
		this.#connection = connection;
		this.#host = host;
	}

	/** The first `open` was told; the hello goes out right after. Without rooms of the page's own, the address names one. */
	opened(room: string | null): void {
		this.#helloSaid = true;
		if (room !== null && this.#connection.rooms.size === 0) this.#connection.room(room);
	}

	frame(frame: Downstream): void {
		this.#host.deliver(JSON.stringify(frame));
	}

	send(data: SocketData, bytes: number): void {
		const frame = typeof data === "string" ? (parseObject(data) as RawFrame | null) : null;
		if (typeof frame?.type !== "string") return this.#reject({ type: "" }, "bad_frame", "Send a JSON object with a type.");
		const { type, room } = frame;
		if (type === "hello") return this.#hello(frame);
		// What is asked of a room is answered, if it takes a reconnect. The rest means nothing later, where it is not heard now: likes, pings, types of a later version.
		if (typeof room === "string" && type !== "like" && type !== "ping") return this.#inRoom(frame, room, bytes);
		if (["join", "leave", "say"].includes(type)) return this.#reject(frame, "bad_frame", "The field room is missing or wrong.");
		if (this.#connection.state.phase === "live") this.#connection.send(frame);
		else this.#reject(frame, "unavailable", "Not connected; not sent.");
	}

	#hello(frame: RawFrame): void {
		const { token, name, rooms } = frame;
		if (this.#helloSaid && (token ?? name) !== undefined) {
			return this.#reject(frame, "bad_frame", "Hello was said already.");
		}
		try {
			this.#connection.introduce(name, token);
		} catch (error) {
			return this.#reject(frame, "bad_frame", (error as Error).message);
		}
		for (const wanted of Array.isArray(rooms) ? rooms : []) this.send(JSON.stringify({ type: "join", ...wanted }), 0);
	}

	#inRoom(frame: RawFrame, id: string, bytes: number): void {
		const { type, ref, after, view } = frame;
		const room = this.#connection.rooms.get(id);
		const isIn = room && room.phase !== "left";
		if (type === "join") {
			if (isIn) return this.#reject(frame, "already_joined", "The connection is in this room already.");
			const cursor = typeof after === "string" ? after : undefined;
			this.#connection.room(id, { ref, after: cursor, view: view === "top" ? view : undefined });
		} else if (type === "leave") {
			if (!isIn) return this.#reject(frame, "not_joined", "This room is not joined.");
			room.leave();
			this.frame({ type: "left", ref, room: id });
		} else
			this.#connection.submit({ ...frame, room: id }, bytes, (answer) => {
				if (answer instanceof HubbubError)
					this.#reject(
						frame,
						wireCodes[answer.code as keyof typeof wireCodes] ?? (answer.code as Code),
						answer.message,
						answer.retryAfterMs,
					);
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
const wireCodes = {
	queue_full: "overloaded",
	left: "not_joined",
	closed: "unavailable",
} as const satisfies Partial<Record<LocalCode, Code>>;
