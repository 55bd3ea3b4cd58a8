import { inflateRawSync } from "node:zlib";
import { DEFLATE_TAG } from "@hubbub/protocol/wire/frame-tags.ts";

/** What a connection brought: the other side agreed, a JSON text (one byte a character), a ping to be answered, or its end. */
export type Piece =
	| { readonly kind: "agreed" }
	| { readonly kind: "payload"; readonly text: string }
	| { readonly kind: "ping"; readonly text: string }
	| { readonly kind: "end"; readonly why: string };

/** Cuts what came over one connection, one byte a character, into pieces. What is not whole yet is kept. */
export interface Framing {
	push(bytes: string): Piece[];
}

const headEnd = "\r\n\r\n";

/** Answers with a `Content-Length`, one after another. */
export class AnswerFraming implements Framing {
	#held = "";

	push(bytes: string): Piece[] {
		this.#held += bytes;
		const pieces: Piece[] = [];
		for (let end = this.#held.indexOf(headEnd); end >= 0; end = this.#held.indexOf(headEnd)) {
			const head = this.#held.slice(0, end);
			const from = end + headEnd.length;
			const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
			if (this.#held.length < from + length) break;
			const text = this.#held.slice(from, from + length);
			pieces.push(head.startsWith("HTTP/1.1 200 ") ? { kind: "payload", text } : { kind: "end", why: refusal(head) });
			this.#held = this.#held.slice(from + length);
		}
		return pieces;
	}
}

/** An event stream in chunked transfer coding. */
export class StreamFraming implements Framing {
	#held = "";
	#events = "";
	#stage: "head" | "chunks" | "over" = "head";

	push(bytes: string): Piece[] {
		if (this.#stage === "over") return [];
		this.#held += bytes;
		if (this.#stage === "head") {
			const end = this.#held.indexOf(headEnd);
			if (end < 0) return [];
			const head = this.#held.slice(0, end);
			if (!head.startsWith("HTTP/1.1 200 ")) return [{ kind: "end", why: refusal(head) }];
			if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return [{ kind: "end", why: "the stream is not chunked" }];
			this.#held = this.#held.slice(end + headEnd.length);
			this.#stage = "chunks";
		}
		if (this.#unwrap() === "over") this.#stage = "over";
		const events = this.#events.split("\n\n");
		this.#events = events.pop() as string;
		const pieces = events.flatMap((event): Piece[] => {
			const text = dataOf(event);
			return text === null ? [] : [{ kind: "payload", text }];
		});
		return this.#stage === "over" ? [...pieces, { kind: "end", why: "the stream ended" }] : pieces;
	}

	/** Takes the chunks that are whole out of what is held. `over` after the last one, and after what is no chunk. */
	#unwrap(): "over" | "more" {
		for (let line = this.#held.indexOf("\r\n"); line >= 0; line = this.#held.indexOf("\r\n")) {
			const length = Number.parseInt(this.#held.slice(0, line), 16);
			if (!(length > 0)) return "over";
			const from = line + 2;
			if (this.#held.length < from + length + 2) return "more";
			this.#events += this.#held.slice(from, from + length);
			this.#held = this.#held.slice(from + length + 2);
		}
		return "more";
	}
}

/** Frames of RFC 6455 from a server: bare, whole messages. Deflated batches are inflated, the same bytes once. */
export class SocketFraming implements Framing {
	#held = "";
	#stage: "head" | "frames" = "head";

	push(bytes: string): Piece[] {
		this.#held += bytes;
		const pieces: Piece[] = [];
		if (this.#stage === "head") {
			const end = this.#held.indexOf(headEnd);
			if (end < 0) return [];
			const head = this.#held.slice(0, end);
			if (!head.startsWith("HTTP/1.1 101 ")) return [{ kind: "end", why: refusal(head) }];
			this.#held = this.#held.slice(end + headEnd.length);
			this.#stage = "frames";
			pieces.push({ kind: "agreed" });
		}
		for (let frame = nextFrame(this.#held); frame; frame = nextFrame(this.#held)) {
			this.#held = this.#held.slice(frame.end);
			const piece = pieceOf(frame.first, frame.payload);
			if (piece) pieces.push(piece);
		}
		return pieces;
	}
}

/** A frame from a client, whose mask is of zeros and so leaves the ASCII `payload`, up to 65,535 bytes, as it is. */
export function clientFrame(opcode: number, payload: string): string {
	const { length } = payload;
	const size = length < 126 ? String.fromCharCode(0x80 | length) : String.fromCharCode(0x80 | 126, length >> 8, length & 0xff);
	return `${String.fromCharCode(0x80 | opcode)}${size}\0\0\0\0${payload}`;
}

function nextFrame(held: string): { first: number; payload: string; end: number } | null {
	if (held.length < 2) return null;
	const short = held.charCodeAt(1) & 0x7f;
	const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
	if (held.length < 2 + extra) return null;
	let length = extra === 0 ? short : 0;
	for (let index = 2; index < 2 + extra; index++) length = length * 256 + held.charCodeAt(index);
	const from = 2 + extra;
	if (held.length < from + length) return null;
	return { first: held.charCodeAt(0), payload: held.slice(from, from + length), end: from + length };
}

function pieceOf(first: number, payload: string): Piece | null {
	if (first === 0x81) return { kind: "payload", text: payload };
	if (first === 0x82 && payload.charCodeAt(0) === DEFLATE_TAG) return { kind: "payload", text: inflated(payload) };
	if (first === 0x89) return { kind: "ping", text: payload };
	if (first === 0x8a) return null;
	if (first === 0x88) return { kind: "end", why: `closed with ${(payload.charCodeAt(0) << 8) | payload.charCodeAt(1)}` };
	return { kind: "end", why: `a frame that begins with 0x${first.toString(16)}` };
}

const inflatedMax = 64;
const inflatedTexts = new Map<string, string>();

function inflated(payload: string): string {
	const known = inflatedTexts.get(payload);
	if (known !== undefined) return known;
	const text = inflateRawSync(Buffer.from(payload.slice(1), "latin1")).toString("latin1");
	inflatedTexts.set(payload, text);
	if (inflatedTexts.size > inflatedMax) for (const oldest of inflatedTexts.keys()) if (inflatedTexts.delete(oldest)) break;
	return text;
}

/** The `data:` of an event, or null for a comment. */
function dataOf(event: string): string | null {
	const line = event.split("\n").find((line) => line.startsWith("data: "));
	return line === undefined ? null : line.slice("data: ".length);
}

function refusal(head: string): string {
	return `answered ${head.slice(0, head.indexOf("\r\n"))}`;
}
