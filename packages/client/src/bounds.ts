/**
 * The protocol's bounds that this side keeps too, so that nothing it sends ends the connection. Copied, because the whole table would
 * weigh more in a page than these five; `bounds.test.ts` holds the two together.
 */
export const bounds = {
	frameBytesMax: 65_536,
	textGraphemesMax: 500,
	roomsPerConnectionMax: 32,
	likesPerFrameMax: 100,
	keyLengthMax: 64,
} as const;

/** Bytes of `text` in UTF-8. */
export function byteLength(text: string): number {
	return new TextEncoder().encode(text).length;
}
