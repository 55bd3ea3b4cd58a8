import type { Downstream, Joined } from "@hubbub/protocol/downstream.ts";
import type { Upstream } from "@hubbub/protocol/upstream.ts";
import { isFinalClose } from "@hubbub/protocol/wire/close-codes.ts";
import { type Code, codes } from "@hubbub/protocol/wire/codes.ts";
import { decodeCursor } from "@hubbub/protocol/wire/cursor.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { SUBPROTOCOL_V1 } from "@hubbub/protocol/wire/version.ts";
import type { Line } from "./recordings/line.ts";
import type { Outcome } from "./tally.ts";

/** Time to connect, say hello and be in the room. */
export const enterMsMax = 10_000;
/** Time the other side has to finish the closing handshake. */
const leaveMsMax = 2_000;
/** An answer that takes longer is booked as unanswered. */
export const answerMsMax = 30_000;
/** A person says something, if only `ping`, after this share of the server's heartbeat: in time even when one is late. */
const quietShare = 0.7;

export interface PersonOptions {
	/** Where the server listens for `hubbub.v1`, for example `ws://localhost:8080/ws`. */
	readonly url: string;
	readonly room: string;
	readonly name: string;
	/** An operator's key or a JWT, or the guest token of an earlier visit. */
	readonly token?: string;
	/** Cursor to resume from. */
	readonly after?: string;
	readonly now: () => number;
	readonly events: PersonEvents;
}

export interface PersonEvents {
	/** In the room. `token` is the guest's own, to come back with. */
	onPresent?(joined: Joined, token: string | undefined): void;
	/** The line went out on the socket. */
	onSent?(line: Line): void;
	/** What became of a line that went out; each exactly once. `sentAt` is in `now`'s milliseconds. */
	onOutcome?(outcome: Outcome, line: Line, sentAt: number): void;
	/** A `batch` or `gap` frame, not yet parsed: most people do not care to read. */
	onRead?(frame: string): void;
	/** The connection is over, whoever ended it. `unsent` never went out, in the order they were given. Comes once and last. */
	onGone?(departure: Departure, unsent: readonly Line[]): void;
}

/**
 * How it ended. `left`: this side closed. `refused`: the server said no, with a code. `unreachable`: no WebSocket of ours came about.
 * `lost`: the connection ended after it had begun. `words` is one sentence for people.
 */
export interface Departure {
	readonly how: "left" | "refused" | "unreachable" | "lost";
	readonly code: Code | null;
	readonly words: string;
	/** Coming back unchanged would end the same way. */
	readonly final: boolean;
	readonly reconnectAfterMs: number | null;
}

/** One connection of one person in one room. */
export interface Person {
	readonly name: string;
	/** Lines given but not yet settled: waiting to go out, or waiting for their answer. */
	readonly busy: number;
	/** Says the line once in the room. After the end it does nothing but hand the line back through `onGone`, so do not call it then. */
	say(line: Line): void;
	/** Keeps the connection alive and gives up on what takes too long. Call it about once a second. */
	tend(): void;
	/** Closes the connection; what has no answer yet is booked as unanswered before this returns, what has not gone out is handed back. */
	leave(): void;
}

type Phase = "opening" | "greeting" | "present" | "leaving" | "gone";

/** Opens the connection, says hello with the room in the same breath, and goes on until either side ends it. Never throws. */
export function openPerson(options: PersonOptions): Person {
	const { room, name, now, events } = options;
	let phase = "opening" as Phase;
	let lastSaidAt = now();
	let token: string | undefined;
	let parting: Departure | null = null;
	let nextRef = 1;
	let quietMsMax = limits.heartbeatMs * quietShare;
	/** When the phase that has a time limit began: entering, or leaving. */
	let phaseAt = now();
	const unsent: Line[] = [];
	const waiting = new Map<number, { line: Line; sentAt: number }>();
	const socket = openSocket(options.url);

	const write = (frame: Upstream) => {
		lastSaidAt = now();
		socket.send(JSON.stringify(frame));
	};
	const sayNow = (line: Line) => {
		const ref = nextRef++;
		waiting.set(ref, { line, sentAt: now() });
		write({ type: "say", ref, room, key: crypto.randomUUID(), text: line.text, style: line.style });
		events.onSent?.(line);
	};
	const settle = (ref: unknown, outcomeOf: (ms: number) => Outcome) => {
		const entry = waiting.get(ref as number);
		// Whatever comes after the wait was given up is booked already.
		if (!entry) return;
		waiting.delete(ref as number);
		events.onOutcome?.(outcomeOf(Math.max(0, now() - entry.sentAt)), entry.line, entry.sentAt);
	};
	const giveUp = () => {
		for (const ref of [...waiting.keys()]) settle(ref, () => ({ kind: "unanswered" }));
	};
	const end = (departure: Departure) => {
		if (phase === "gone") return;
		phase = "gone";
		giveUp();
		events.onGone?.(parting ?? departure, unsent.splice(0));
	};
	const receive = (data: string) => {
		// Batches are most of the traffic and the same for everyone; whoever reads them parses them once for all.
		if (data.startsWith('{"type":"batch"') || data.startsWith('{"type":"gap"')) {
			events.onRead?.(data);
			return;
		}
		const frame = parse(data);
		switch (frame?.type) {
			case "welcome":
				token = frame.token;
				quietMsMax = frame.heartbeatMs * quietShare;
				return;
			case "joined":
				if (frame.room !== room || phase !== "greeting") return;
				phase = "present";
				events.onPresent?.(frame, token);
				for (const line of unsent.splice(0)) sayNow(line);
				return;
			case "ack": {
				const position = decodeCursor(frame.cursor);
				settle(frame.ref, (ms) => ({ kind: "ack", fate: frame.fate, ms, position }));
				return;
			}
			case "reject":
				if (frame.ref !== undefined) settle(frame.ref, () => ({ kind: "reject", code: frame.code }));
				else if (phase === "greeting") {
					parting = refused(frame.code, frame.message, frame.retryAfterMs, room);
					socket.close(1000);
				}
				return;
			case "bye":
				parting ??= phase === "present" ? dismissed(frame) : refused(frame.code, frame.message, frame.reconnectAfterMs, room);
				return;
			default:
				if (frame?.type === "batch" || frame?.type === "gap") events.onRead?.(data);
		}
	};

	socket.addEventListener("open", () => {
		if (phase === "gone") return;
		if (socket.protocol !== SUBPROTOCOL_V1) {
			parting = unreachable(options.url, `what answers does not speak ${SUBPROTOCOL_V1}`);
			socket.close(1000);
			return;
		}
		phase = "greeting";
		write({ type: "hello", name, token: options.token, rooms: [{ room, after: options.after }] });
	});
	socket.addEventListener("message", (event) => {
		if (typeof event.data === "string" && phase !== "gone") receive(event.data);
	});
	socket.addEventListener("error", (event) => {
		const detail = (event as { message?: unknown }).message;
		if (phase === "opening") end(unreachable(options.url, typeof detail === "string" ? detail : ""));
	});
	socket.addEventListener("close", (event) => {
		if (phase === "opening") end(unreachable(options.url, event.reason));
		else {
			const words = `The connection ended with ${event.code}${event.reason ? ` (${event.reason})` : ""}.`;
			end({ how: "lost", code: null, words, final: isFinalClose(event.code), reconnectAfterMs: null });
		}
	});

	return {
		name,
		get busy() {
			return unsent.length + waiting.size;
		},
		say(line) {
			if (phase === "present") sayNow(line);
			else unsent.push(line);
		},
		tend() {
			const moment = now();
			for (const [ref, { sentAt }] of waiting) {
				if (moment - sentAt < answerMsMax) break;
				settle(ref, () => ({ kind: "unanswered" }));
			}
			if (phase === "present") {
				if (moment - lastSaidAt >= quietMsMax) write({ type: "ping" });
			} else if (phase === "leaving" ? moment - phaseAt >= leaveMsMax : phase !== "gone" && moment - phaseAt >= enterMsMax) {
				parting ??= unreachable(options.url, `it let nobody in within ${enterMsMax / 1_000} s`);
				socket.terminate();
				end(parting);
			}
		},
		leave() {
			if (phase === "leaving" || phase === "gone") return;
			parting ??= { how: "left", code: null, words: "Left.", final: true, reconnectAfterMs: null };
			if (phase !== "present") {
				socket.terminate();
				end(parting);
				return;
			}
			giveUp();
			phase = "leaving";
			phaseAt = now();
			socket.close(1000);
		},
	};
}

/** Bun's WebSocket, which the browser's types know nothing of: it has options and an abrupt end. */
function openSocket(url: string): WebSocket & { terminate(): void } {
	// Without compression: 1,000 people inflating the same frames 1,000 times would measure this machine, not the server.
	const options = { protocols: [SUBPROTOCOL_V1], perMessageDeflate: false };
	return new WebSocket(url, options as unknown as string[]) as WebSocket & { terminate(): void };
}

/** The frame, or null for what is not a JSON object: a server that sends such is found out by its missing answers. */
function parse(data: string): Downstream | null {
	try {
		const value: unknown = JSON.parse(data);
		return typeof value === "object" && value !== null ? (value as Downstream) : null;
	} catch {
		return null;
	}
}

function refused(code: Code, message: string, retryAfterMs: number | undefined, room: string): Departure {
	const known = codes[code];
	const words = `The server did not let us into the room "${room}": ${message || known?.message || "no reason given"} (${code})`;
	// 408, 429 and 503 pass with time; every other refusal would be repeated.
	return { how: "refused", code, words, final: ![408, 429, 503].includes(known?.http ?? 0), reconnectAfterMs: retryAfterMs ?? null };
}

function dismissed(bye: Extract<Downstream, { type: "bye" }>): Departure {
	const close = codes[bye.code]?.close ?? null;
	const words = `The server ended the connection: ${bye.message} (${bye.code})`;
	return {
		how: "lost",
		code: bye.code,
		words,
		final: close !== null && isFinalClose(close),
		reconnectAfterMs: bye.reconnectAfterMs ?? null,
	};
}

function unreachable(url: string, detail: string): Departure {
	// Bun repeats the address in front of what happened.
	const cause = detail.replace(/^WebSocket connection to '.*' failed: /, "").replace(/\.$/, "");
	const words = `No Hubbub server answers at ${url}${cause ? `: ${cause}` : ""}. Is it running (npm start)?`;
	return { how: "unreachable", code: null, words, final: false, reconnectAfterMs: null };
}

/** What a `say` frame adds around the text, in bytes, generously: ref, room, key, style. */
const frameOverheadBytes = 512;

/** A larger frame would cost its sender the connection, so it is not sent. */
export function fitsFrame(line: Line): boolean {
	const room = limits.frameBytesMax - frameOverheadBytes;
	return line.text.length * 6 <= room || Buffer.byteLength(JSON.stringify(line.text)) <= room;
}
