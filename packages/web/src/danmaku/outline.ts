/**
 * A line keeps an outline all round, so that it is read over any picture: a dark one, or for dark colours a light one. Whichever of black and white
 * stands out more from the colour is taken, so the two always differ by at least 4.5:1 (WCAG), as text on a page should from its ground.
 */
export function outlineOf(color: number): "dark" | "light" {
	const luminance = luminanceOf(color);
	return contrast(luminance, 0) >= contrast(luminance, 1) ? "dark" : "light";
}

/** Relative luminance of a 24-bit RGB colour, from 0 for black to 1 for white (WCAG 2). */
export function luminanceOf(color: number): number {
	const [red, green, blue] = [color >> 16, color >> 8, color].map((part) => {
		const share = (part & 255) / 255;
		return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
	}) as [number, number, number];
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** How far two luminances stand apart, from 1 to 21 (WCAG 2). */
export function contrast(one: number, other: number): number {
	return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}
