/** Where a byte of a frame belongs (RFC 6455 section 5.2), in the order of the wire. */
export type FieldName = "flags" | "length" | "extended" | "mask" | "payload";

export interface Field {
	readonly name: FieldName;
	/** The bytes as pairs of hexadecimal digits. */
	readonly hex: readonly string[];
	/** Bytes of the field that were not handed over. Only a payload has such. */
	readonly more: number;
}

/** What is needed to tell a frame's bytes apart. */
export interface FrameBytes {
	readonly hex: string;
	readonly mask: string | null;
	readonly headerBytes: number;
	readonly payloadBytes: number;
}

/**
 * Splits a frame's bytes by field: one byte of flags and opcode, one of mask bit and length, 0, 2 or 8 of extended length, 0 or 4 of
 * masking key, and the payload. Fields without bytes are left out.
 */
export function splitFields(frame: FrameBytes): Field[] {
	const bytes = frame.hex === "" ? [] : frame.hex.split(" ");
	const maskBytes = frame.mask === null ? 0 : 4;
	const sizes: readonly (readonly [FieldName, number])[] = [
		["flags", 1],
		["length", 1],
		["extended", frame.headerBytes - 2 - maskBytes],
		["mask", maskBytes],
		["payload", frame.payloadBytes],
	];
	let at = 0;
	return sizes.flatMap(([name, size]) => {
		const hex = bytes.slice(at, at + size);
		at += size;
		return size > 0 ? [{ name, hex, more: size - hex.length }] : [];
	});
}

/** A run of bits of the first two bytes, by what RFC 6455 calls it. */
export interface BitField {
	readonly name: "FIN" | "RSV" | "opcode" | "MASK" | "length";
	readonly bits: string;
}

/** The first two bytes bit by bit; null where they were not handed over. */
export function splitBits(hex: string): readonly BitField[] | null {
	const [first, second] = hex.split(" ").map((pair) => Number.parseInt(pair, 16));
	if (first === undefined || second === undefined || Number.isNaN(first) || Number.isNaN(second)) return null;
	const [one, two] = [first, second].map((byte) => byte.toString(2).padStart(8, "0")) as [string, string];
	return [
		{ name: "FIN", bits: one.slice(0, 1) },
		{ name: "RSV", bits: one.slice(1, 4) },
		{ name: "opcode", bits: one.slice(4) },
		{ name: "MASK", bits: two.slice(0, 1) },
		{ name: "length", bits: two.slice(1) },
	];
}

/** The seven bits of length: up to 125 the length itself, 126 "two more bytes say it", 127 "eight more bytes say it". */
export function shortLength(hex: string): number {
	return Number.parseInt(hex.slice(3, 5), 16) & 0x7f;
}

/** One byte of a masked payload on its way back to what was meant: `wire` XOR `key` is `plain`, all hexadecimal. */
export interface UnmaskedByte {
	readonly wire: string;
	readonly key: string;
	readonly plain: string;
}

/** Takes the mask off the first `bytesMax` bytes of a payload (RFC 6455 section 5.3). Empty where there is no mask. */
export function unmaskStart(frame: FrameBytes, bytesMax: number): UnmaskedByte[] {
	const fields = splitFields(frame);
	const key = fields.find(({ name }) => name === "mask")?.hex;
	const payload = fields.find(({ name }) => name === "payload")?.hex ?? [];
	if (!key) return [];
	return payload.slice(0, bytesMax).map((wire, index) => {
		const keyByte = key[index % 4] as string;
		const plain = Number.parseInt(wire, 16) ^ Number.parseInt(keyByte, 16);
		return { wire, key: keyByte, plain: plain.toString(16).padStart(2, "0") };
	});
}

/** The bytes of a base64 string as pairs of hexadecimal digits: what SHA-1 gave before it was written as `Sec-WebSocket-Accept`. */
export function hexOfBase64(text: string): string[] {
	return Array.from(atob(text), (unit) => unit.charCodeAt(0).toString(16).padStart(2, "0"));
}
