import { encodeServerSentEvent, type Payload } from "@hubbub/protocol/codec.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Link } from "../session/link.ts";
import { Session, type SessionServices } from "../session/session.ts";

const utf8 = new TextEncoder();
/** A comment, which every reader of event streams ignores (HTML Living Standard, section 9.2.6). */
const comment = utf8.encode(":\n\n");

/** An event stream as a link: one way, frames as server-sent events, writable while the response's buffer is not full. */
class EventStreamLink implements Link {
	readonly transport = "event-stream";
	readonly duplex = false;
	readonly address: string;
	readonly #controller: ReadableStreamDefaultController<Uint8Array>;
	#open = true;

	constructor(controller: ReadableStreamDefaultController<Uint8Array>, address: string) {
		this.#controller = controller;
		this.address = address;
	}

	get writable(): boolean {
		return this.#open && (this.#controller.desiredSize ?? 0) > 0;
	}

	write(payload: Payload): void {
		this.#enqueue(payload.kind === "binary" ? payload.data : utf8.encode(encodeServerSentEvent(payload.data, payload.cursor)));
	}

	ping(): void {
		if (this.writable) this.#enqueue(comment);
	}

	close(): void {
		if (!this.#open) return;
		this.#open = false;
		this.#controller.close();
	}

	terminate(): void {
		if (!this.#open) return;
		this.#open = false;
		this.#controller.error(new Error("let go"));
	}

	/** The peer is gone. */
	ended(): void {
		this.#open = false;
	}

	#enqueue(bytes: Uint8Array): void {
		if (this.#open) this.#controller.enqueue(bytes);
	}
}

/** What an event stream is asked for. */
export interface EventStreamRequest {
	readonly room: string;
	readonly view: "all" | "top";
	readonly address: string;
	readonly token: string | undefined;
	/** `Last-Event-ID`, or `after` of the query. */
	readonly after: string | undefined;
	readonly signal: AbortSignal;
}

/**
 * Answers `Accept: text/event-stream`: the same session as a WebSocket's, its hello made from the request, its frames one way
 * (SPEC SSE-1 to SSE-3). What the client has to say goes over `POST`.
 */
export function openEventStream(request: EventStreamRequest, services: SessionServices): Response {
	const { connections } = services.metrics;
	const { room, view, token, after } = request;
	let open: { readonly session: Session; readonly link: EventStreamLink } | null = null;
	const over = () => {
		if (!open) return;
		open.link.ended();
		open.session.onClosed();
		open = null;
		connections.dec({ transport: "event-stream" });
	};
	const body = new ReadableStream<Uint8Array>(
		{
			start(controller) {
				const link = new EventStreamLink(controller, request.address);
				const session = new Session(link, services, { codec: "stream", room });
				open = { session, link };
				connections.inc({ transport: "event-stream" });
				session.greet({ type: "hello", token, rooms: [{ room, after, view }] });
			},
			pull() {
				if (open?.link.writable) open.session.onWritable();
			},
			cancel: over,
		},
		new ByteLengthQueuingStrategy({ highWaterMark: serverLimits.socketBufferBytesMax }),
	);
	request.signal.addEventListener("abort", over);
	return new Response(body, {
		headers: {
			"content-type": "text/event-stream; charset=utf-8",
			// A cache or a proxy that keeps, changes or gathers what passes would break the stream.
			"cache-control": "no-store, no-transform",
			"x-accel-buffering": "no",
			"x-content-type-options": "nosniff",
		},
	});
}
