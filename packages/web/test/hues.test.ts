import { describe, expect, test } from "bun:test";
import { hueAngles, hueColor, hueOf, nameTone } from "../src/theme/hues.ts";
import { type Color, contrast, oklch, over, readOklch, readTokens, type Theme } from "./colors.ts";

const themes: readonly Theme[] = ["light", "dark"];
const tokens = await readTokens();
const black: Color = { channels: [0, 0, 0], alpha: 1 };
const white: Color = { channels: [1, 1, 1], alpha: 1 };

function token(name: string, theme: Theme): Color {
	const color = tokens.get(name);
	if (!color) throw new Error(`There is no token --hubbub-${name}.`);
	return color[theme];
}

/** Everything that letters stand on in a theme, by name: plain, pointed at, and tinted for who is meant. */
function surfaces(theme: Theme): Map<string, Color> {
	const found = new Map<string, Color>();
	for (const name of ["page", "panel", "raised"]) {
		found.set(name, token(name, theme));
		found.set(`${name}, pointed at`, over(token("hover", theme), token(name, theme)));
		found.set(`${name}, tinted`, over(token("accent-soft", theme), token(name, theme)));
	}
	return found;
}

/** The drawer over the stage lets any picture shine through: the worst that one can do is all white or all black. */
async function drawers(): Promise<Map<string, Color>> {
	const styles = await Bun.file(new URL("../src/room/room-styles.ts", import.meta.url)).text();
	const drawer = /\[data-layout="side"\] aside \{[^}]*background: (oklch\([^)]*\))/.exec(styles)?.[1];
	if (!drawer) throw new Error("The drawer has no colour of its own.");
	return new Map([
		["drawer over white", over(readOklch(drawer), white)],
		["drawer over black", over(readOklch(drawer), black)],
	]);
}

/** What letters on the stage stand on, over the worst pictures: the veil before a stream that does not play, and the head over the picture. */
async function veils(): Promise<Map<string, Color>> {
	const found = new Map<string, Color>();
	for (const [name, file, pattern] of [
		["veil", "stream/stream-styles.ts", /\.veil \{[^}]*background: (oklch\([^)]*\))/],
		["head", "room/theatre-styles.ts", /\.head\.over \{[^}]*linear-gradient\(to bottom, (oklch\([^)]*\)) 66%/],
	] as const) {
		const veil = pattern.exec(await Bun.file(new URL(`../src/${file}`, import.meta.url)).text())?.[1];
		if (!veil) throw new Error(`The ${name} of the stage has no colour of its own.`);
		found.set(`${name} over white`, over(readOklch(veil), white));
		found.set(`${name} over black`, over(readOklch(veil), black));
	}
	return found;
}

/** What of `letters` is harder to read on `grounds` than `least` asks. */
function tooFaint(letters: ReadonlyMap<string, Color>, grounds: ReadonlyMap<string, Color>, least: number): string[] {
	return [...letters].flatMap(([name, color]) =>
		[...grounds].flatMap(([ground, behind]) => {
			const ratio = contrast(color, behind);
			return ratio < least ? [`${name} on ${ground}: ${ratio.toFixed(2)}`] : [];
		}),
	);
}

describe("colours are told apart", () => {
	test.each(themes)("letters of every meaning at 4.5:1 or better on every surface, %s", async (theme) => {
		const letters = new Map(["ink", "quiet", "accent-ink"].map((name) => [name, token(name, theme)]));
		expect(tooFaint(letters, surfaces(theme), 4.5)).toEqual([]);
		const tones = new Map(["danger", "good", "wait"].map((name) => [name, token(name, theme)]));
		expect(tooFaint(tones, new Map(["page", "panel", "raised"].map((name) => [name, token(name, theme)])), 4.5)).toEqual([]);
		expect(tooFaint(new Map([["on accent", token("on-accent", theme)]]), new Map([["accent", token("accent", theme)]]), 4.5)).toEqual([]);
		if (theme === "dark") expect(tooFaint(new Map([...letters, ...tones]), await drawers(), 4.5)).toEqual([]);
	});

	test("letters on the stage at 4.5:1 or better, whatever picture is behind them", async () => {
		const all = await veils();
		expect(tooFaint(new Map([["stage letters", readOklch("oklch(0.96 0.01 80)")]]), all, 4.5)).toEqual([]);
		const tones = new Map(["danger", "good", "wait"].map((name) => [name, token(name, "dark")]));
		expect(tooFaint(tones, new Map([...all].filter(([name]) => name.startsWith("head"))), 4.5)).toEqual([]);
	});

	test.each(themes)("every hue of a name at 4.5:1 or better, also on a row that is pointed at or meant, %s", async (theme) => {
		const names = new Map(
			hueAngles.map((angle) => [`hue ${angle}`, { channels: oklch(nameTone[theme].lightness, nameTone[theme].chroma, angle), alpha: 1 }]),
		);
		const rows = new Map([...surfaces(theme)].filter(([name]) => !/^page,/.test(name)));
		expect(tooFaint(names, rows, 4.5)).toEqual([]);
		if (theme === "dark") expect(tooFaint(names, await drawers(), 4.5)).toEqual([]);
	});

	test.each(themes)("what is no letter at 3:1 or better: badges, the ring of the focus, dots and drawings, %s", (theme) => {
		const shapes = ["host", "moderator", "vip", "member", "bot", "focus", "accent", "good", "wait", "danger"];
		expect(tooFaint(new Map(shapes.map((name) => [name, token(name, theme)])), surfaces(theme), 3)).toEqual([]);
	});
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
