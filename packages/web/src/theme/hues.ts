/**
 * Colours for names: twelve hues of one lightness and chroma, so that nobody is louder than anybody else, each at least 4.5:1
 * against every panel of its theme (held by `test/hues.test.ts`).
 */
export const hueAngles = [12, 38, 62, 88, 118, 148, 175, 205, 235, 262, 298, 338] as const;

/** Lightness and chroma of a name in OKLCH, per theme. */
export const nameTone = {
	light: { lightness: 0.49, chroma: 0.115 },
	dark: { lightness: 0.79, chroma: 0.105 },
} as const;

/** Which of the twelve hues somebody has: the same on every page and day, from their id alone (FNV-1a). */
export function hueOf(userId: string): number {
	let hash = 0x811c9dc5;
	for (let index = 0; index < userId.length; index++) {
		hash ^= userId.charCodeAt(index);
		hash = Math.imul(hash, 0x01000193);
	}
	// The low bits of FNV are weak on short ids that differ in one letter: fold the high half in.
	return ((hash ^ (hash >>> 15)) >>> 0) % hueAngles.length;
}

/** The colour of the hue as CSS, following the element's `color-scheme`. */
export function hueColor(hue: number): string {
	const angle = hueAngles[hue % hueAngles.length];
	const { light, dark } = nameTone;
	return `light-dark(oklch(${light.lightness} ${light.chroma} ${angle}), oklch(${dark.lightness} ${dark.chroma} ${angle}))`;
}
