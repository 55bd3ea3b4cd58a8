import * as v from "valibot";
import { complaintAbout } from "./complaint.ts";
import type { Ambient, Downstream, Repeat } from "./downstream.ts";
import type { RoomEvent } from "./event.ts";
import { jsonExcess } from "./json-bounds.ts";
import { Upstream, upstreamTypes } from "./upstream.ts";
import type { Code } from "./wire/codes.ts";
import * as limits from "./wire/limits.ts";
import { eventLine, omittedLine } from "./wire/lines.ts";

/**
 * How frames become bytes. `json` is one text frame of JSON; `deflate` is a binary frame, `0x01` and then raw DEFLATE
 * (RFC 1951) of the same JSON; `stream` is that JSON as a server-sent event; `text` is lines for people.
 */
export type Codec = "json" | "deflate" | "stream" | "text";

/** What goes on a link as one frame. */
export type Payload =
	/**
	 * `cursor` is where the reader stands after it; an event stream writes it as the event's id. `retryMs` is when to come back should the
	 * link end, which an event stream can say.
	 */
	| { readonly kind: "text"; readonly data: string; readonly cursor?: string; readonly retryMs?: number }
	| { readonly kind: "binary"; readonly data: Uint8Array<ArrayBuffer> };

export type Decoded =
	| { readonly ok: true; readonly frame: Upstream }
	| { readonly ok: false; readonly code: Code; readonly detail: string; readonly ref?: string | number };

/**
 * Decodes one upstream text frame of `hubbub.v1`. Never throws and allocates nothing beyond the parsed frame.
 *
 * Fails with `bad_frame` (not JSON, not an object, wrong or missing fields, nested deeper than 32, more than 1,024 values) or `unknown_type`; the frame's
 * `ref` comes along where there is one, so that the client's promise can be answered (SPEC UP-2, UP-3).
 */
export function decodeUpstream(data: string): Decoded {
	const excess = jsonExcess(data);
	if (excess) return bad(`The frame ${excess}.`);
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
	return { ...bad(complaintAbout(result.issues[0], type) ?? `The ${type} frame is wrong.`), ...ref };
}

function bad(detail: string) {
	return { ok: false, code: "bad_frame", detail } as const;
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

/**
 * One server-sent event (HTML Living Standard, section 9.2): `id:` is the cursor, `data:` one downstream frame, and `retry:` the milliseconds
 * after which a reader comes back from now on, when the stream has ended.
 */
export function encodeServerSentEvent(json: string, { cursor, retryMs }: { cursor?: string; retryMs?: number } = {}): string {
	const retry = retryMs === undefined ? "" : `retry: ${retryMs}\n`;
	return cursor === undefined ? `${retry}data: ${json}\n\n` : `${retry}id: ${cursor}\ndata: ${json}\n\n`;
}

/**
 * JSON of an object with `fields`, at least one, and after them `more`, whose values are JSON text already: what was stringified once is not
 * stringified again.
 *
 * @example
 * jsonWith({ room: "lobby" }, { events: "[]" }) // {"room":"lobby","events":[]}
 */
export function jsonWith(fields: object, more: Readonly<Record<string, string>>): string {
	const rest = Object.entries(more).map(([name, json]) => `,${JSON.stringify(name)}:${json}`);
	return `${JSON.stringify(fields).slice(0, -1)}${rest.join("")}}`;
}

/** A `joined` frame from events that are JSON already, as an array; `head` is the rest of the frame. */
export function encodeJoinedJson(head: Omit<Extract<Downstream, { type: "joined" }>, "events">, eventsJson: string): string {
	return jsonWith(head, { events: eventsJson });
}

/** The same batch as lines for people: `name: text`. Null where it holds nothing a person reads (SPEC TXT-3). */
export function encodeBatchText(batch: BatchSource): string | null {
	const lines = batch.events.flatMap((entry) => eventLine(entry.event) ?? []);
	if (batch.omitted > 0) lines.push(omittedLine(batch.omitted));
	return lines.length > 0 ? lines.join("\n") : null;
}
