import { type Field, hexOfBase64, splitFields } from "./fields.ts";
import type { FrameSeen, Observation, ReadyState } from "./observation.ts";

/** One step of the ladder diagram, growing downward. `id` is unique while the page lives. */
export type Rung = { readonly id: number; readonly atMs: number } & (
	| {
			readonly kind: "head";
			readonly from: "client" | "server";
			readonly start: string;
			readonly headers: readonly Header[];
			readonly bytes: number;
	  }
	| AcceptRung
	| FrameRung
	| { readonly kind: "state"; readonly readyState: ReadyState; readonly end: End }
	| { readonly kind: "mistake"; readonly words: string }
);

/** How an open connection ended: after close frames from both sides, or without; null where it did not. */
export type End = "closed" | "cut" | null;

export interface Header {
	readonly name: string;
	readonly value: string;
}

/** How the accept follows from the key, and whether the server said the same. */
export interface AcceptRung {
	readonly kind: "accept";
	readonly key: string;
	readonly guid: string;
	/** The 20 bytes of SHA-1, as pairs of hexadecimal digits. */
	readonly digest: readonly string[];
	readonly expected: string;
	/** What stood in the server's answer; null where nothing did. */
	readonly answered: string | null;
	readonly matches: boolean;
}

export interface FrameRung extends Omit<FrameSeen, "saw"> {
	readonly kind: "frame";
	readonly fields: readonly Field[];
	/** How much of the frame is header, 0 to 1. */
	readonly headerShare: number;
}

/** The ladder as far as it is shown. */
export interface Ladder {
	readonly rungs: readonly Rung[];
	readonly readyState: ReadyState;
	/** Rungs that were let go at the top. */
	readonly forgotten: number;
	readonly nextId: number;
}

/** Rungs kept: some twenty messages there and back with everything around them. */
export const rungsMax = 80;
export const emptyLadder: Ladder = { rungs: [], readyState: 3, forgotten: 0, nextId: 1 };

/** The ladder with one observation more. A new connection starts a new ladder; beyond `rungsMax` the oldest rungs go. */
export function climb(ladder: Ladder, seen: Observation): Ladder {
	const startsAnew = seen.saw === "state" && seen.readyState === 0;
	const before = startsAnew ? { ...emptyLadder, nextId: ladder.nextId } : ladder;
	const rung = rungOf(before, seen);
	if (!rung) return before;
	const rungs = [...before.rungs, rung];
	const over = Math.max(0, rungs.length - rungsMax);
	return {
		rungs: rungs.slice(over),
		readyState: seen.saw === "state" ? seen.readyState : before.readyState,
		forgotten: before.forgotten + over,
		nextId: before.nextId + 1,
	};
}

function rungOf(ladder: Ladder, seen: Observation): Rung | null {
	const base = { id: ladder.nextId, atMs: seen.atMs };
	switch (seen.saw) {
		case "request":
		case "response":
			return { ...base, kind: "head", from: seen.saw === "request" ? "client" : "server", ...readHead(seen.text), bytes: seen.bytes };
		case "accept": {
			const { key, guid, expected, matches } = seen;
			return { ...base, kind: "accept", key, guid, digest: hexOfBase64(expected), expected, answered: answeredAccept(ladder), matches };
		}
		case "frame": {
			const { saw: _, ...frame } = seen;
			const total = frame.headerBytes + frame.payloadBytes;
			return { ...base, kind: "frame", ...frame, fields: splitFields(frame), headerShare: frame.headerBytes / total };
		}
		case "state":
			return { ...base, kind: "state", readyState: seen.readyState, end: seen.readyState === 3 ? endOf(ladder) : null };
		case "mistake":
			return { ...base, kind: "mistake", words: seen.words };
		default:
			seen satisfies never;
			return null;
	}
}

function endOf(ladder: Ladder): End {
	if (ladder.readyState === 0 || ladder.readyState === 3) return null;
	const closers = ladder.rungs.flatMap((rung) => (rung.kind === "frame" && rung.opcode === 8 ? rung.from : []));
	return closers.includes("client") && closers.includes("server") ? "closed" : "cut";
}

function answeredAccept(ladder: Ladder): string | null {
	const answer = ladder.rungs.findLast((rung) => rung.kind === "head" && rung.from === "server");
	if (answer?.kind !== "head") return null;
	return answer.headers.find(({ name }) => name.toLowerCase() === "sec-websocket-accept")?.value ?? null;
}

/** Reads the first line and the headers of an HTTP/1.1 message. */
export function readHead(text: string): { readonly start: string; readonly headers: readonly Header[] } {
	const [start = "", ...lines] = text.split("\r\n").filter((line) => line !== "");
	const headers = lines.map((line) => {
		const colon = line.indexOf(":");
		return colon < 0 ? { name: line, value: "" } : { name: line.slice(0, colon), value: line.slice(colon + 1).trim() };
	});
	return { start, headers };
}

/** What RFC 6455 section 11.8 calls an opcode. */
export function opcodeName(opcode: number): "continuation" | "text" | "binary" | "close" | "ping" | "pong" | "reserved" {
	return ({ 0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong" } as const)[opcode] ?? "reserved";
}

/** A text of exactly `bytes` bytes of UTF-8 made by repeating `seed`; what is left over at the end is filled with dots. */
export function textOfBytes(seed: string, bytes: number): string {
	const encoder = new TextEncoder();
	const characters = Array.from(seed === "" ? "·" : seed);
	let text = "";
	let size = 0;
	for (let index = 0; ; index++) {
		const next = characters[index % characters.length] as string;
		const nextSize = encoder.encode(next).length;
		if (size + nextSize > bytes) return text + ".".repeat(bytes - size);
		text += next;
		size += nextSize;
	}
}
