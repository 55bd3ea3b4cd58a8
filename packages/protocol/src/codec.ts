import * as v from "valibot";
import type { Code } from "./codes.ts";
import type { Ambient, Downstream, Repeat } from "./downstream.ts";
import type { RoomEvent } from "./event.ts";
import { limits } from "./limits.ts";
import { Upstream, upstreamTypes } from "./upstream.ts";

/**
 * How frames become bytes. `json` is one text frame of JSON; `deflate` is a binary frame, `0x01` and then raw DEFLATE
 * (RFC 1951) of the same JSON; `stream` is that JSON as a server-sent event; `text` is lines for people.
 */
export type Codec = "json" | "deflate" | "stream" | "text";
export const DEFLATE_TAG = 0x01;

/** What goes on a link as one frame. */
export type Payload =
	/** `cursor` is where the reader stands after it; an event stream writes it as the event's id. */
	| { readonly kind: "text"; readonly data: string; readonly cursor?: string }
	| { readonly kind: "binary"; readonly data: Uint8Array<ArrayBuffer> };

export type Decoded =
	| { readonly ok: true; readonly frame: Upstream }
	| { readonly ok: false; readonly code: Code; readonly detail: string; readonly ref?: string | number };

/**
 * Decodes one upstream text frame of `hubbub.v1`. Never throws and allocates nothing beyond the parsed frame.
 *
 * Fails with `bad_frame` (not JSON, not an object, wrong or missing fields, nested deeper than 32) or `unknown_type`; the frame's
 * `ref` comes along where there is one, so that the client's promise can be answered (SPEC UP-2, UP-3).
 */
export function decodeUpstream(data: string): Decoded {
	if (nestsDeeperThan(data, limits.nestingDepthMax)) return bad(`The frame nests deeper than ${limits.nestingDepthMax}.`);
	let parsed: unknown;
	try {
		parsed = JSON.parse(data);
	} catch {
		return bad("The frame is not JSON.");
	}
	if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return bad("The frame is not a JSON object.");
	const { type, ref: rawRef } = parsed as { type?: unknown; ref?: string | number };
	// 1e999 parses as infinity, which is no JSON to answer with.
	const ref = Number.isFinite(rawRef) || (typeof rawRef === "string" && rawRef.length <= limits.refLengthMax) ? { ref: rawRef } : {};
	if (typeof type !== "string") return { ...bad("The frame has no type."), ...ref };
	if (!upstreamTypes.has(type)) return { ok: false, code: "unknown_type", detail: "The type of the frame is not known.", ...ref };
	const result = v.safeParse(Upstream, parsed, { abortEarly: true });
	if (result.success) return { ok: true, frame: result.output };
	const path = v.getDotPath(result.issues[0]);
	return { ...bad(path ? `The field ${path} of ${type} is missing or wrong.` : `The ${type} frame is wrong.`), ...ref };
}

function bad(detail: string) {
	return { ok: false, code: "bad_frame", detail } as const;
}

/** Counts brackets outside strings, before anything is parsed: a 5,000-deep array parses but cannot be stringified again. */
function nestsDeeperThan(json: string, depthMax: number): boolean {
	let depth = 0;
	let inString = false;
	for (let index = 0; index < json.length; index++) {
		const unit = json.charCodeAt(index);
		if (inString) {
			if (unit === 0x5c) index++;
			else if (unit === 0x22) inString = false;
		} else if (unit === 0x22) inString = true;
		else if (unit === 0x5b || unit === 0x7b) {
			if (++depth > depthMax) return true;
		} else if (unit === 0x5d || unit === 0x7d) depth--;
	}
	return false;
}

/** One downstream frame as JSON text. Batches and `joined` have encoders of their own below. */
export function encodeDownstream(frame: Downstream): string {
	return JSON.stringify(frame);
}

/** What a batch needs to be written in any codec. `json` is each event's JSON, stringified once when it was logged. */
export interface BatchSource {
	readonly room: string;
	readonly cursor: string;
	readonly events: readonly { readonly event: RoomEvent; readonly json: string }[];
	readonly omitted: number;
	readonly repeats: readonly Repeat[];
	readonly ambient: Ambient | null;
	/** Milliseconds until the reader's next batch, over which several events can be spread; 0 where nobody knows. */
	readonly spreadMs: number;
}

/** A `batch` frame, put together from events that are JSON already. */
export function encodeBatchJson(batch: BatchSource): string {
	const events = batch.events.map((entry) => entry.json).join(",");
	const omitted = batch.omitted > 0 ? `,"omitted":${batch.omitted}` : "";
	const repeats = batch.repeats.length > 0 ? `,"repeats":${JSON.stringify(batch.repeats)}` : "";
	const spread = batch.spreadMs > 0 && batch.events.length > 1 ? `,"spreadMs":${batch.spreadMs}` : "";
	const ambient = batch.ambient ? `,"ambient":${JSON.stringify(batch.ambient)}` : "";
	return `{"type":"batch","room":${JSON.stringify(batch.room)},"cursor":${JSON.stringify(batch.cursor)},"events":[${events}]${omitted}${repeats}${spread}${ambient}}`;
}

/** One server-sent event (HTML Living Standard, section 9.2): `id:` is the cursor, `data:` one downstream frame. */
export function encodeServerSentEvent(json: string, cursor: string | undefined): string {
	return cursor === undefined ? `data: ${json}\n\n` : `id: ${cursor}\ndata: ${json}\n\n`;
}

/** A `joined` frame from events that are JSON already; `head` is the rest of the frame. */
export function encodeJoinedJson(head: Omit<Extract<Downstream, { type: "joined" }>, "events">, eventsJson: readonly string[]): string {
	return `${JSON.stringify(head).slice(0, -1)},"events":[${eventsJson.join(",")}]}`;
}

/** The same batch as lines for people: `name: text`. Null where it holds nothing a person reads (SPEC TXT-3). */
export function encodeBatchText(batch: BatchSource): string | null {
	const lines = batch.events.flatMap((entry) => eventLine(entry.event) ?? []);
	if (batch.omitted > 0) lines.push(serverLine(`${batch.omitted} more were written in this moment`));
	return lines.length > 0 ? lines.join("\n") : null;
}

/** One event as a line of the plain text subprotocol, or null where it has none. A text cannot fake a second line or a server's word. */
export function eventLine(event: RoomEvent): string | null {
	switch (event.kind) {
		case "message":
			return event.deleted ? null : `${lineName(event.from.name)}: ${oneLine(event.text)}`;
		case "settings":
			return settingsLine(event.settings);
		case "delete":
			return null;
		default:
			return event satisfies never;
	}
}

function settingsLine(settings: Extract<RoomEvent, { kind: "settings" }>["settings"]): string | null {
	const words: string[] = [];
	if (settings.title !== undefined) words.push(`the title is now “${oneLine(settings.title)}”`);
	if (settings.slowModeSeconds !== undefined)
		words.push(settings.slowModeSeconds > 0 ? `slow mode: one message every ${settings.slowModeSeconds} s` : "slow mode is off");
	if (settings.write !== undefined) words.push(settings.write === "everyone" ? "everyone may write" : `only ${settings.write} may write`);
	return words.length > 0 ? serverLine(words.join("; ")) : null;
}

/** A line in the server's own voice: starts with `* `, which no person's line can (SPEC TXT-4). */
export function serverLine(words: string): string {
	return `* ${oneLine(words)}`;
}

function oneLine(text: string): string {
	return text.replace(/[\n-\r\x1c-\x1e\u0085\u2028\u2029]+/g, " ");
}

/** A name may not end the `name: ` part early, nor start like a server's line. */
function lineName(name: string): string {
	return oneLine(name).replaceAll(":", "\ua789").replace(/^\*+/, "＊");
}
