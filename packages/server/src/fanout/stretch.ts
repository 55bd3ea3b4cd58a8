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
	const payloads = new Map<Codec, Payload | null>();
	return (codec) => {
		let payload = payloads.get(codec);
		if (payload === undefined) {
			payload = encode(codec);
			payloads.set(codec, payload);
		}
		return payload;
	};
}
