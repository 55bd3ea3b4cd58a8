import { encodeServerSentEvent, type Payload } from "@hubbub/protocol/codec.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Link } from "../session/link.ts";
import { Session, type SessionServices } from "../session/session.ts";

const utf8 = new TextEncoder();
/** A comment, which every reader of event streams ignores (HTML Living Standard, section 9.2.6). */
const comment = utf8.encode(":\n\n");

/**
 * An event stream as a link: one way, frames as server-sent events, writable while the response's buffer is not full. There is no closing
 * handshake: it is over when the last byte has been taken, when the peer is gone, or when it is broken off.
 */
class EventStreamLink implements Link {
	readonly transport = "event-stream";
	readonly duplex = false;
	readonly address: string;
	readonly #controller: ReadableStreamDefaultController<Uint8Array>;
	readonly #limitQuiet: (seconds: number) => void;
	readonly #onOver: () => void;
	#state: "open" | "closing" | "over" = "open";

	constructor(controller: ReadableStreamDefaultController<Uint8Array>, options: EventStreamRequest & { onOver: () => void }) {
		this.#controller = controller;
		this.address = options.address;
		this.#limitQuiet = options.limitQuiet;
		this.#onOver = options.onOver;
		// Whether the peer is there is the session's to find out.
		this.#limitQuiet(0);
	}

	get writable(): boolean {
		return this.#state === "open" && (this.#controller.desiredSize ?? 0) > 0;
	}

	write(payload: Payload): void {
		this.#enqueue(payload.kind === "binary" ? payload.data : utf8.encode(encodeServerSentEvent(payload.data, payload.cursor)));
	}

	ping(): void {
		if (this.writable) this.#enqueue(comment);
	}

	close(): void {
		if (this.#state !== "open") return;
		this.#state = "closing";
		this.taken();
	}

	/** The response has taken some of what waited. */
	taken(): void {
		if (this.#state !== "closing" || (this.#controller.desiredSize ?? 0) < serverLimits.socketBufferBytesMax) return;
		this.#controller.close();
		this.ended();
	}

	terminate(): void {
		if (this.#state === "over") return;
		this.#controller.error(new Error("let go"));
		// An error alone leaves the connection to a peer that does not read.
		this.#limitQuiet(1);
		this.ended();
	}

	/** Nothing more goes this way, whoever ended it. */
	ended(): void {
		if (this.#state === "over") return;
		this.#state = "over";
		this.#onOver();
	}

	#enqueue(bytes: Uint8Array): void {
		if (this.#state === "open") this.#controller.enqueue(bytes);
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
	/** Has the connection ended when nothing passes for that many seconds; 0 is never. */
	readonly limitQuiet: (seconds: number) => void;
}

/**
 * Answers `Accept: text/event-stream`: the same session as a WebSocket's, its hello made from the request, its frames one way
 * (SPEC SSE-1 to SSE-3). What the client has to say goes over `POST`.
 */
export function openEventStream(request: EventStreamRequest, services: SessionServices): Response {
	const { connections } = services.metrics;
	const { room, view, token, after } = request;
	let open: { readonly session: Session; readonly link: EventStreamLink } | null = null;
	const onOver = () => {
		open?.session.onClosed();
		connections.dec({ transport: "event-stream" });
	};
	const peerLeft = () => open?.link.ended();
	const body = new ReadableStream<Uint8Array>(
		{
			start(controller) {
				const link = new EventStreamLink(controller, { ...request, onOver });
				const session = new Session(link, services, { codec: "stream", room });
				open = { session, link };
				connections.inc({ transport: "event-stream" });
				session.greet({ type: "hello", token, rooms: [{ room, after, view }] });
			},
			pull() {
				open?.link.taken();
				if (open?.link.writable) open.session.onWritable();
			},
			cancel: peerLeft,
		},
		new ByteLengthQueuingStrategy({ highWaterMark: serverLimits.socketBufferBytesMax }),
	);
	request.signal.addEventListener("abort", peerLeft);
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
