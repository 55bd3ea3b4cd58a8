import { encodeDownstream, encodeServerSentEvent, type Payload } from "@hubbub/protocol/codec.ts";
import { problem } from "@hubbub/protocol/problem.ts";
import type { CloseCode } from "@hubbub/protocol/wire/close-codes.ts";
import { type Code, codes } from "@hubbub/protocol/wire/codes.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Random } from "../runtime/random.ts";
import { farewell } from "../session/farewell.ts";
import type { Link } from "../session/link.ts";
import { type Arrived, Session, type SessionServices } from "../session/session.ts";

const utf8 = new TextEncoder();
/** A comment, which every reader of event streams ignores (HTML Living Standard, section 9.2.6). */
const comment = utf8.encode(":\n\n");

/**
 * An event stream as a link: one way, frames as server-sent events, writable while the response's buffer is not full. There is no closing
 * handshake: it is over when the last byte has been taken, when the peer is gone, or when it is broken off.
 */
class EventStreamLink implements Link {
	readonly duplex = false;
	readonly address: string;
	readonly #controller: ReadableStreamDefaultController<Uint8Array>;
	readonly #limitQuiet: (seconds: number) => void;
	readonly #onOver: () => void;
	/** What the first event says of coming back, should the stream be cut without a word. */
	#retryMs: number | undefined;
	#state: "open" | "closing" | "over" = "open";

	constructor(
		controller: ReadableStreamDefaultController<Uint8Array>,
		options: EventStreamRequest & { retryMs: number; onOver: () => void },
	) {
		this.#controller = controller;
		this.address = options.address;
		this.#limitQuiet = options.limitQuiet;
		this.#onOver = options.onOver;
		this.#retryMs = options.retryMs;
		// Whether the peer is there is the session's to find out.
		this.#limitQuiet(0);
	}

	get writable(): boolean {
		return this.#state === "open" && (this.#controller.desiredSize ?? 0) > 0;
	}

	write(payload: Payload): void {
		if (payload.kind === "binary") return this.#enqueue(payload.data);
		const { data, cursor, retryMs = this.#retryMs } = payload;
		this.#retryMs = undefined;
		this.#enqueue(utf8.encode(encodeServerSentEvent(data, { cursor, retryMs })));
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

	/** Nothing more goes this way, whoever ended it. True the first time. */
	ended(): boolean {
		if (this.#state === "over") return false;
		this.#state = "over";
		this.#onOver();
		return true;
	}

	#enqueue(bytes: Uint8Array): void {
		if (this.#state === "open") this.#controller.enqueue(bytes);
	}
}

/** A cache or a proxy that keeps, changes or gathers what passes would break the stream. */
export const eventStreamHeaders = {
	"content-type": "text/event-stream; charset=utf-8",
	"cache-control": "no-store, no-transform",
	"x-accel-buffering": "no",
	"x-content-type-options": "nosniff",
} as const;

/** Why somebody may not read. */
export interface Refusal {
	readonly code: Code;
	readonly detail?: string;
	readonly retryAfterMs?: number;
}

/**
 * Turns a reader of events away. For a browser's `EventSource` any status but 200 is final, however soon it might be let in (HTML Living
 * Standard, section 9.2.2): so what passes is told it by a stream of two words that ends, and says when to come back (SPEC SSE-5).
 */
export function refuseReader(
	{ code, detail, retryAfterMs }: Refusal,
	reader: { isStream: boolean; room: string; random: Random },
): Response {
	const { http, close, message } = codes[code];
	const isPassing = http === 429 || http >= 500;
	if (!reader.isStream || !isPassing) return problem(code, detail, retryAfterMs);
	const notBeforeMs = Math.max(serverLimits.streamRetryMsMin, retryAfterMs ?? 0);
	const bye = farewell(close === null ? "overloaded" : (code as CloseCode), {
		detail: detail ?? message,
		notBeforeMs,
		random: reader.random,
	});
	const reject = {
		type: "reject",
		code,
		message: bye.message,
		room: reader.room,
		...(retryAfterMs !== undefined && { retryAfterMs }),
	} as const;
	const words = close === null ? encodeServerSentEvent(encodeDownstream(reject)) : "";
	return new Response(words + encodeServerSentEvent(encodeDownstream(bye), { retryMs: bye.reconnectAfterMs }), {
		headers: eventStreamHeaders,
	});
}

/** What an event stream is asked for. */
export interface EventStreamRequest {
	readonly room: string;
	readonly view: "all" | "top";
	readonly address: string;
	readonly arrived: Arrived;
	/** `Last-Event-ID`, or `after` of the query. */
	readonly after: string | undefined;
	readonly signal: AbortSignal;
	/** Has the connection ended when nothing passes for that many seconds; 0 is never. */
	readonly limitQuiet: (seconds: number) => void;
	/** The reader left, not the server, when the stream was so old. */
	readonly onLeft: (ageMs: number) => void;
}

/**
 * Answers `Accept: text/event-stream`: the same session as a WebSocket's, its hello made from the request, its frames one way
 * (SPEC SSE-1 to SSE-3). What the client has to say goes over `POST`.
 */
export function openEventStream(request: EventStreamRequest, services: SessionServices): Response {
	const { connections } = services.metrics;
	const { room, view, arrived, after } = request;
	const retryMs = Math.ceil(serverLimits.streamRetryMsMin + services.random.unit() * serverLimits.reconnectSpreadMs);
	let open: { readonly session: Session; readonly link: EventStreamLink } | null = null;
	const onOver = () => {
		open?.session.onClosed();
		connections.dec({ transport: "event-stream" });
	};
	const openedMs = services.clock.monotonicMs();
	const peerLeft = () => {
		if (open?.link.ended()) request.onLeft(services.clock.monotonicMs() - openedMs);
	};
	const body = new ReadableStream<Uint8Array>(
		{
			start(controller) {
				const link = new EventStreamLink(controller, { ...request, retryMs, onOver });
				const session = new Session(link, services, { codec: "stream", room, credential: { kind: "none" } });
				open = { session, link };
				connections.inc({ transport: "event-stream" });
				session.greet(arrived, { type: "hello", rooms: [{ room, after, view }] });
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
	// While it was looked at who they are, they may have gone.
	if (request.signal.aborted) peerLeft();
	return new Response(body, { headers: eventStreamHeaders });
}
