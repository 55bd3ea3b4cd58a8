import { deflateRawSync } from "node:zlib";
import {
	type BatchSource,
	type Codec,
	encodeBatchJson,
	encodeBatchText,
	encodeServerSentEvent,
	type Payload,
} from "@hubbub/protocol/codec.ts";
import { DEFLATE_TAG } from "@hubbub/protocol/wire/frame-tags.ts";
import type { Encode } from "../fanout/window.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Metrics } from "../runtime/metrics.ts";

const utf8 = new TextEncoder();

/** `encodeBatch`, counted. */
export function countingEncode(metrics: Metrics): Encode {
	const known = counting.get(metrics);
	if (known) return known;
	const encode: Encode = (source, codec) => {
		metrics.encodes.inc({ codec });
		return encodeBatch(source, codec);
	};
	counting.set(metrics, encode);
	return encode;
}

/** One for all rooms of a server. */
const counting = new WeakMap<Metrics, Encode>();

/** Writes a batch in one codec, for all viewers at once. Small batches are not worth deflating and go as plain JSON (SPEC FRAME-4). */
export function encodeBatch(source: BatchSource, codec: Codec): Payload | null {
	switch (codec) {
		case "json":
			return { kind: "text", data: encodeBatchJson(source) };
		case "text": {
			const lines = encodeBatchText(source);
			return lines === null ? null : { kind: "text", data: lines };
		}
		case "stream":
			return { kind: "binary", data: utf8.encode(encodeServerSentEvent(encodeBatchJson(source), { cursor: source.cursor })) };
		case "deflate": {
			const json = encodeBatchJson(source);
			return json.length < serverLimits.deflateUnitsMin ? { kind: "text", data: json } : { kind: "binary", data: deflateFrame(json) };
		}
		default:
			return codec satisfies never;
	}
}

/** `0x01`, then raw DEFLATE (RFC 1951) of the JSON. */
export function deflateFrame(json: string): Uint8Array<ArrayBuffer> {
	const deflated = deflateRawSync(json, { level: 9 });
	const frame = new Uint8Array(deflated.length + 1);
	frame[0] = DEFLATE_TAG;
	frame.set(deflated, 1);
	return frame;
}
