import type { Encoding } from "./encoding.ts";

/** A line's bytes without its line feed, or a part of a line that is longer than `partBytesMax`. */
export interface LinePart {
	/** Of the line in the file, from 1. */
	readonly number: number;
	readonly bytes: Uint8Array;
	/** Whether the line ends with it. */
	readonly isLast: boolean;
}

/**
 * Cuts bytes at line feeds, and lines that are longer than `partBytesMax` into parts of about that length, holding no more than one
 * part. In every encoding here a line feed is a byte, or two of UTF-16, that is part of no other sign. `partBytesMax` is even.
 */
export async function* splitLines(
	chunks: AsyncIterable<Uint8Array>,
	encoding: Pick<Encoding, "name">,
	partBytesMax: number,
): AsyncGenerator<LinePart> {
	const unitBytes = encoding.name.startsWith("utf-16") ? 2 : 1;
	const isBigEndian = encoding.name === "utf-16be";
	let held: Uint8Array = new Uint8Array(0);
	let number = 1;
	for await (const chunk of chunks) {
		const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
		let start = 0;
		let from = held.length - (held.length % unitBytes);
		for (let end = lineFeed(bytes, from); end !== -1; end = lineFeed(bytes, from)) {
			yield* parts(bytes.subarray(start, end), true);
			number++;
			start = from = end + unitBytes;
		}
		const whole = bytes.length - ((bytes.length - start) % unitBytes);
		if (whole - start > partBytesMax) {
			yield* parts(bytes.subarray(start, whole), false);
			start = whole;
		}
		held = bytes.slice(start);
	}
	if (held.length > 0) yield* parts(held, true);

	function* parts(line: Uint8Array, ends: boolean): Generator<LinePart> {
		let start = 0;
		for (; line.length - start > partBytesMax; start += partBytesMax) {
			yield { number, bytes: line.subarray(start, start + partBytesMax), isLast: false };
		}
		yield { number, bytes: line.subarray(start), isLast: ends };
	}

	/** Where the next line feed begins, at a whole unit; −1 where there is none. */
	function lineFeed(bytes: Uint8Array, from: number): number {
		if (unitBytes === 1) return bytes.indexOf(0x0a, from);
		const [low, high] = isBigEndian ? [1, 0] : [0, 1];
		for (let at = bytes.indexOf(0x0a, from); at !== -1; at = bytes.indexOf(0x0a, at + 1)) {
			const unit = at - (at % 2);
			if (at % 2 === low && bytes[unit + high] === 0) return unit;
		}
		return -1;
	}
}
