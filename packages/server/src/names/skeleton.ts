import { isPlain } from "@hubbub/protocol/text.ts";
import { confusables } from "./confusables.ts";

/**
 * What a name looks like, for comparing: two people whose names share one of these would be mistaken for each other (SPEC NAME-2). After
 * UTS #39 section 4, read as it is written and in small letters, since a letter's two shapes look like others' (Ν and ν like N and v); most
 * names look alike both ways and have one. On top of it digits that pass for letters are such letters, and spaces, signs and marks that
 * belong to no alphabet count for nothing.
 *
 * @example looksOf("аdm1n") // ["adrnln"], as for "admin"
 */
export function looksOf(name: string): readonly string[] {
	const letters = undecorated(name);
	const small = letters.toLowerCase();
	const inSmall = fold(small);
	const asWritten = small === letters ? inSmall : fold(letters);
	// A name of signs alone looks like itself, not like every other such name.
	if (inSmall === "") return [small || name];
	return asWritten === inSmall ? [inSmall] : [asWritten, inSmall];
}

/**
 * Letters of one look each: what is compatible with a letter (full width, mathematical, circled) is that letter, what looks like another
 * becomes that other, and what only separates or adorns goes.
 */
export function fold(text: string): string {
	let folded = "";
	for (const sign of text) folded += known.get(sign) ?? learn(sign);
	return isPlain(folded) ? folded : folded.normalize("NFD");
}

/** Signs whose looks are remembered: more than the letters of most rooms. */
const knownMax = 4_096;
const known = new Map<string, string>();

/** What a sign counts for, remembered; nothing where it only separates. */
function learn(sign: string): string {
	const look = lookOf(sign);
	const counted = look !== sign || !separator.test(sign) || pictograph.test(sign) ? look : "";
	if (known.size >= knownMax) known.clear();
	known.set(sign, counted);
	return counted;
}

/** The letters of a name taken apart (NFKD), with the marks that belong to them and without what is drawn as nothing. */
export function undecorated(name: string): string {
	// Nothing in it is put together or adorned: a name of a large audience is looked at in a microsecond.
	if (isPlain(name)) return name;
	return name
		.normalize("NFKD")
		.replace(/\p{Default_Ignorable_Code_Point}/gu, "")
		.replace(
			/(^|\P{M})(\p{M}+)/gu,
			(_whole, letter: string, marks: string) => letter + [...new Set(marks)].filter(marksOf(letter)).join(""),
		);
}

/** Which marks make another letter of a letter; the others adorn it. */
function marksOf(letter: string): (mark: string) => boolean {
	if (!/\p{L}/u.test(letter)) return () => false;
	if (/[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}]/u.test(letter)) return (mark) => alphabetMark.test(mark);
	if (/[\p{sc=Hiragana}\p{sc=Katakana}]/u.test(letter)) return (mark) => mark === "\u3099" || mark === "\u309a";
	if (/[\p{sc=Han}\p{sc=Hangul}\p{sc=Bopomofo}]/u.test(letter)) return () => false;
	return (mark) => !diacritic.test(mark) || alphabetMark.test(mark);
}

/** Accents, hooks, dots and tails that some alphabet writes; not strokes through, lines under, rings around, small letters above. */
const alphabetMark = /[\u0300-\u0304\u0306-\u0315\u031b\u0323-\u0331\u0339\u0342-\u0345\u0358]/;
const diacritic = /[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u2de0-\u2dff\ufe20-\ufe2f]/;
const separator = /[\p{P}\p{Z}\p{C}\p{S}]/u;
const pictograph = /\p{Extended_Pictographic}/u;

/** What one sign looks like: itself, or a small letter or two. A look may have a look: M is m, and m is rn. */
function lookOf(sign: string): string {
	let look = "";
	for (const letter of prototypeOf(sign).toLowerCase()) {
		for (const other of prototypeOf(letter).toLowerCase()) look += moreLooks.get(other) ?? other;
	}
	return look;
}

function prototypeOf(sign: string): string {
	return moreLooks.get(sign) ?? confusables.get(sign) ?? boxedLetter(sign) ?? sign;
}

/** The same with letters for those in squares and circles, and for flags. */
export function boxedLetters(name: string): string {
	return name.replace(/[\u{1f130}-\u{1f189}\u{1f1e6}-\u{1f1ff}]/gu, (sign) => boxedLetter(sign) ?? sign);
}

/** The Latin letter in a square, a circle or a half of a flag: U+1F130, U+1F150, U+1F170 and U+1F1E6 are A. NFKD knows only some of them. */
function boxedLetter(sign: string): string | undefined {
	const point = sign.codePointAt(0) as number;
	if (point >= 0x1f1e6 && point <= 0x1f1ff) return String.fromCharCode(97 + point - 0x1f1e6);
	const place = (point - 0x1f130) % 32;
	return point >= 0x1f130 && point <= 0x1f189 && place < 26 ? String.fromCharCode(97 + place) : undefined;
}

/** What people are deceived by in names though it is no letter's twin: digits and signs in a letter's place, small capitals, i and l. */
const moreLooks: ReadonlyMap<string, string> = new Map(
	Object.entries({
		a: "4@ᴀᗩΛɅ∧",
		b: "8ʙƅß",
		d: "ᴅ",
		e: "3ꞓᴇ",
		g: "9",
		h: "ʜ",
		k: "ĸκ",
		l: "i",
		n: "ɴηπᑎ",
		r: "ʀ",
		rn: "ʍ",
		s: "5$",
		t: "7ᴛ",
		x: "χ",
		z: "2",
	}).flatMap(([look, signs]) => [...signs].map((sign) => [sign, look] as const)),
);
