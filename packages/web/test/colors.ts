/** A colour as a screen mixes it: linear sRGB, each channel 0 to 1, and how much of what is behind it shows through (1: nothing). */
export interface Color {
	readonly channels: readonly [number, number, number];
	readonly alpha: number;
}

/** Reads `oklch(L C H)` or `oklch(L C H / A)`; clipped to what a screen shows (after Björn Ottosson's definition). */
export function readOklch(text: string): Color {
	const numbers = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)(?: \/ ([\d.]+))?\)$/.exec(text.trim());
	if (!numbers) throw new Error(`Not an OKLCH colour: ${text}`);
	const [lightness = 0, chroma = 0, angle = 0, alpha = 1] = numbers.slice(1).map((value) => (value === undefined ? 1 : Number(value)));
	return { channels: oklch(lightness, chroma, angle), alpha };
}

export function oklch(lightness: number, chroma: number, angle: number): [number, number, number] {
	const a = chroma * Math.cos((angle * Math.PI) / 180);
	const b = chroma * Math.sin((angle * Math.PI) / 180);
	const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
	const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
	const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
	return [
		4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
		-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
		-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
	].map((channel) => Math.min(1, Math.max(0, channel))) as [number, number, number];
}

/** What is seen where `front` lies over an opaque `back`: browsers mix the values as they are stored, not the light. */
export function over(front: Color, back: Color): Color {
	const mixed = front.channels.map((channel, at) => {
		const seen = stored(channel) * front.alpha + stored(back.channels[at] as number) * (1 - front.alpha);
		return light(seen);
	});
	return { channels: mixed as [number, number, number], alpha: 1 };
}

/** WCAG's contrast of two opaque colours, 1 to 21. */
export function contrast(one: Color, other: Color): number {
	const [a, b] = [luminance(one), luminance(other)];
	return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance({ channels: [red, green, blue] }: Color): number {
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function stored(linear: number): number {
	return linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055;
}

function light(value: number): number {
	return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

export type Theme = "light" | "dark";

/** The public tokens that are colours, each for both themes. */
export async function readTokens(): Promise<ReadonlyMap<string, Readonly<Record<Theme, Color>>>> {
	const css = await Bun.file(new URL("../src/theme/tokens.css", import.meta.url)).text();
	const pairs = css.matchAll(/--hubbub-([a-z-]+): light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\);/g);
	return new Map(
		[...pairs].map(([, name, light, dark]) => [name as string, { light: readOklch(light as string), dark: readOklch(dark as string) }]),
	);
}
