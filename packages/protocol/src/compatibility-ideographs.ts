/**
 * Keeps the shape of compatibility ideographs (神 of a family that writes 神), which normalising would make the common one: each
 * becomes its standardised variant, the common ideograph and a variation selector, which normalising leaves alone. Where a font has no such
 * variant the common shape is seen, as it would be without.
 */
export function keepShapes(text: string): string {
	return text.replace(/[\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu, (ideograph) => variants.get(ideograph) ?? ideograph);
}

/**
 * Unicode's StandardizedVariants.txt numbers the variants of an ideograph by the order of the compatibility ideographs they stand for, so
 * that the thousand lines of it follow from what these are normalised to.
 */
const variants: ReadonlyMap<string, string> = (() => {
	const known = new Map<string, string>();
	const counts = new Map<string, number>();
	for (const [first, last] of [
		[0xf900, 0xfaff],
		[0x2f800, 0x2fa1f],
	] as const)
		for (let point = first; point <= last; point++) {
			const ideograph = String.fromCodePoint(point);
			const common = ideograph.normalize("NFC");
			if (common === ideograph) continue;
			const count = counts.get(common) ?? 0;
			counts.set(common, count + 1);
			known.set(ideograph, common + String.fromCodePoint(0xfe00 + count));
		}
	return known;
})();
