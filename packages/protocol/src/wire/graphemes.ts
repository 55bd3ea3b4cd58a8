const segmenter = /* @__PURE__ */ new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * User-perceived characters (UAX #29): a flag, a family emoji or e with an accent is one. Counts no further than one past `max`, so that
 * asking whether a text is too long costs no more than the longest that is not.
 */
export function countGraphemes(text: string, max = Number.POSITIVE_INFINITY): number {
	// Printable ASCII without CR LF pairs is one grapheme a unit: the common case costs no segmentation.
	if (/^[\x20-\x7e]*$/.test(text)) return text.length;
	let count = 0;
	for (const _ of segmenter.segment(text)) if (++count > max) break;
	return count;
}

/** The same, one after another. */
export function* graphemes(text: string): Generator<string> {
	for (const { segment } of segmenter.segment(text)) yield segment;
}
