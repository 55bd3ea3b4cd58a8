import { expect, test } from "bun:test";
import { hueAngles, hueColor, hueOf, nameTone } from "../src/theme/hues.ts";

/** sRGB of an OKLCH colour, each channel 0 to 1, clipped to what a screen shows (after Björn Ottosson's definition). */
function toSrgbLinear(lightness: number, chroma: number, angle: number): [number, number, number] {
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

function luminance(lightness: number, chroma: number, angle: number): number {
	const [red, green, blue] = toSrgbLinear(lightness, chroma, angle);
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: number, other: number): number {
	return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

test("every hue of a name reads at 4.5:1 or better on every surface of its theme", async () => {
	const tokens = await Bun.file(new URL("../src/theme/tokens.css", import.meta.url)).text();
	const surfaces = ["page", "panel", "raised"].map((name) => {
		const found = new RegExp(
			`--hubbub-${name}: light-dark\\(oklch\\(([\\d.]+) ([\\d.]+) ([\\d.]+)\\), oklch\\(([\\d.]+) ([\\d.]+) ([\\d.]+)\\)\\)`,
		).exec(tokens);
		if (!found) throw new Error(`The surface ${name} is not in the tokens.`);
		const numbers = found.slice(1).map(Number) as [number, number, number, number, number, number];
		return { name, light: luminance(numbers[0], numbers[1], numbers[2]), dark: luminance(numbers[3], numbers[4], numbers[5]) };
	});
	for (const angle of hueAngles)
		for (const theme of ["light", "dark"] as const) {
			const name = luminance(nameTone[theme].lightness, nameTone[theme].chroma, angle);
			for (const surface of surfaces) {
				const ratio = contrast(name, surface[theme]);
				if (ratio < 4.5) throw new Error(`hue ${angle} on ${theme} ${surface.name}: ${ratio.toFixed(2)}`);
			}
		}
	expect(surfaces).toHaveLength(3);
});

test("a person has the same hue every time, and a crowd has all twelve about equally", () => {
	expect(hueOf("guest-4f2a")).toBe(hueOf("guest-4f2a"));
	const counts = new Array(hueAngles.length).fill(0);
	for (let person = 0; person < 12_000; person++) counts[hueOf(`guest-${person.toString(36)}`)]++;
	for (const count of counts) expect(count).toBeWithin(700, 1_300);
});

test("a hue's colour follows the theme of where it stands", () => {
	expect(hueColor(0)).toMatch(/^light-dark\(oklch\(.*\), oklch\(.*\)\)$/);
	expect(hueColor(hueAngles.length)).toBe(hueColor(0));
});
