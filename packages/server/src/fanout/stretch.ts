import type { Codec, Payload } from "@hubbub/protocol/codec.ts";

/** A stretch of the log that a reader is written as one frame. Encoded once a codec, whoever and however many read it. */
export interface Stretch {
	/** Offset of the last event it speaks of: where its reader goes on. */
	readonly to: number;
	/** Null where the codec has nothing to say for it. */
	payload(codec: Codec): Payload | null;
}

/** Answers each codec's payload as it was made for whoever asked first. */
export function encodedOnce(encode: (codec: Codec) => Payload | null): Stretch["payload"] {
	// Most are read in one codec: a map costs a quiet room as much as what it holds.
	let first: { readonly codec: Codec; readonly payload: Payload | null } | null = null;
	let others: Map<Codec, Payload | null> | null = null;
	return (codec) => {
		if (first?.codec === codec) return first.payload;
		const known = others?.get(codec);
		if (known !== undefined) return known;
		const payload = encode(codec);
		if (first === null) first = { codec, payload };
		else {
			others ??= new Map();
			others.set(codec, payload);
		}
		return payload;
	};
}
