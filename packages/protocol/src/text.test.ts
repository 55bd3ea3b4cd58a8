import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cleanName, cleanText } from "./text.ts";
import { countGraphemes } from "./wire/graphemes.ts";
import * as limits from "./wire/limits.ts";

const acute = "\u0301";
const family = "👨‍👩‍👧‍👦";
const england = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
const scotland = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}";
const wales = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}";

describe("a message's text", () => {
	test.each([
		["plain words", "hello", "hello"],
		["Chinese", "你好，世界", "你好，世界"],
		["markup, which stays text", "<script>alert(1)</script>", "<script>alert(1)</script>"],
		["a family of four joined into one", family, family],
		["the flags of England, Scotland and Wales", england + scotland + wales, england + scotland + wales],
		["a keycap and a heart with selectors", "1️⃣ ❤️", "1️⃣ ❤️"],
		["a skin tone", "👋🏽", "👋🏽"],
		["Thai with vowels and tones above", "ก็ยังไม่ได้ที่นี่", "ก็ยังไม่ได้ที่นี่"],
		["Devanagari with joiners and matras", "क्‍ष हिन्दी श्रीमती", "क्‍ष हिन्दी श्रीमती"],
		["Arabic with vowel signs", "بِسْمِ ٱللَّهِ", "بِسْمِ ٱللَّهِ".normalize("NFC")],
		["Persian with a zero-width non-joiner", "می‌خواهم", "می‌خواهم"],
		["Hebrew with points", "שָׁלוֹם", "שָׁלוֹם".normalize("NFC")],
		["Vietnamese", "Tiếng Việt rất dễ ợ ẫ ữ", "Tiếng Việt rất dễ ợ ẫ ữ"],
		["Tibetan", "བོད་སྐད་", "བོད་སྐད་"],
		["Hangul put together from its letters", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국"],
		["a letter and its accent put together", `e${acute}`, "é"],
		["ten lines", Array(10).fill("x").join("\n"), Array(10).fill("x").join("\n")],
	])("[TEXT-1] keeps %s", (_what, raw, cleaned) => {
		expect(cleanText(raw)).toBe(cleaned);
	});

	test.each([
		["null and bell", "a\u0000b\u0007c", "abc"],
		["escape and delete", "\u001b[31mred\u007f", "[31mred"],
		["C1 controls", "a\u0080\u009fb", "ab"],
		["a right-to-left override", "abc\u202egpj.exe", "abcgpj.exe"],
		["embeddings and isolates", "\u202aa\u202bb\u202cc\u2066d\u2067e\u2068f\u2069", "abcdef"],
		["directional marks", "a\u200eb\u200fc\u061cd", "abcd"],
		["zero-width spaces and byte order marks", "a\u200bb\ufeffc\u2060d", "abcd"],
		["soft hyphens and invisible operators", "a\u00adb\u2062c\u2064d", "abcd"],
		["fillers of Hangul syllables that are none", "a\u115fb\u1160c", "abc"],
		["Hangul fillers and the braille blank, which become spaces", "a\u3164b\uffa0c\u2800d", "a b c d"],
		["variation selectors of what has no variants", "a\ufe0fb\u{e0100}c\u180bd", "abcd"],
		["all but one of the selectors in a row", `❤${"\ufe0f".repeat(9)}葛${"\u{e0100}".repeat(9)}`, "❤\ufe0f葛\u{e0100}"],
		["tags behind a flag that end nowhere", `\u{1f3f4}${"\u{e0061}".repeat(20)}`, "\u{1f3f4}"],
		["tags of a flag that no country has", `\u{1f3f4}${"\u{e0061}".repeat(20)}\u{e007f}`, "\u{1f3f4}"],
		["all but two joiners in a row", `a${"\u200c\u200d".repeat(3_990)}b`, "a\u200c\u200db"],
		["all but two joiners that marks have parted", `a${"\u200d\u0301".repeat(50)}b`, "a\u200d\u0301\u200d\u0301\u200d\u200db"],
		["tags that belong to no flag", "a\u{e0041}\u{e0042}b", "ab"],
		["interlinear annotations", "\ufff9a\ufffab\ufffb", "ab"],
		["tabs, which become spaces", "a\tb", "a b"],
		["carriage returns, which become line feeds", "a\r\nb\rc", "a\nb\nc"],
		["other line separators, which become line feeds", "a\u2028b\u2029c\u0085d", "a\nb\nc\nd"],
		["lone surrogates, which become U+FFFD", "a\ud800b\udc00c", "a\ufffdb\ufffdc"],
		["outer white space", " \n\u3000 hello \t\n", "hello"],
		["more than one empty line in a row", "a\n\n\n\nb", "a\n\nb"],
		["white space before a line's end", "a  \t\nb", "a\nb"],
	])("[TEXT-2] takes away %s", (_what, raw, cleaned) => {
		expect(cleanText(raw)).toBe(cleaned);
	});

	test.each([
		["nothing", ""],
		["spaces", "  \t \u00a0\u3000"],
		["line feeds", "\n\r\n\u2028"],
		["zero-width characters", "\u200b\u200c\u200d\u2060\ufeff"],
		["marks without a letter", acute.repeat(5)],
		["selectors", "\ufe0f\ufe0e"],
		["Hangul fillers", "\u3164\u3164\uffa0\u115f\u1160"],
		["braille blanks", "\u2800\u2800"],
		["selectors of ideographs", "\u{e0100}\u{e0101}"],
		["Mongolian selectors and separators", "\u180b\u180e"],
		["Khmer vowels that are not written", "\u17b4\u17b5"],
		["tags", "\u{e0061}\u{e007f}"],
		["bidirectional controls", "\u202e\u202d"],
		["a private use character", "\ue000"],
	])("[TEXT-2] finds no ink in %s", (_what, raw) => {
		expect(cleanText(raw)).toBe("");
	});

	test.each([
		["200 on one letter", `Z${"\u0335".repeat(200)}`, 3],
		["200 of all kinds", `a${[..."\u0300\u0316\u0489\u034a\u0323"].join("").repeat(40)}`, 3],
		["200 without a letter, before one", `${acute.repeat(200)}a`, 3],
		["200 on the first letter of a line", `a\n${acute.repeat(200)}b`, 3],
		["200 with joiners between them", `a${`\u0335\u0336\u0337\u200d`.repeat(70)}`, 3],
		["200 with non-joiners between them", `a${`\u0335\u200c`.repeat(200)}`, 3],
		["200 of one kind on a Thai letter", `ก${"\u0e49".repeat(200)}`, 2],
		["200 of one kind on an Arabic letter", `ب${"\u0651".repeat(200)}`, 2],
		["200 of the kind that any script takes, on a Thai letter", `ก${"\u0301\u0302\u0303\u0304\u0306".repeat(40)}`, 3],
		[
			"200 of one letter's script after another on a Devanagari letter",
			`क${"\u093f\u0940\u0941\u0942\u0943\u0944\u0945\u0946\u0947\u0948".repeat(20)}`,
			8,
		],
		["200 of one kind on a Latin letter, in any order", `Z${"\u0301\u0327".repeat(100)}`, 3],
	])("[TEXT-3] leaves few marks of %s", (_what, raw, most) => {
		const cleaned = cleanText(raw);
		expect([...cleaned].filter((sign) => /\p{M}/u.test(sign)).length).toBeLessThanOrEqual(most);
		expect(cleaned.normalize("NFD")).toMatch(/[Zabกبक]/u);
	});

	test("[TEXT-4] joins what goes beyond ten lines by spaces, and loses none of it", () => {
		const numbers = Array.from({ length: 25 }, (_, index) => `line${index}`);
		const cleaned = cleanText(numbers.join("\n"));
		expect(cleaned.split("\n")).toHaveLength(limits.textLinesMax);
		expect(cleaned.split(/\s/)).toEqual(numbers);
	});

	test.each([
		["hello", 5],
		["你好", 2],
		[family, 1],
		[england, 1],
		["🇨🇳🇩🇪", 2],
		["👋🏽", 1],
		[`e${acute}${"\u0323"}`, 1],
		["한국", 2],
		["\r\n", 1],
		["", 0],
	])("[TEXT-5] %p counts as %p", (text, graphemes) => {
		expect(countGraphemes(text)).toBe(graphemes);
	});
});

/** Strings that hold what people abuse, in all combinations. */
const wild = fc
	.array(
		fc.oneof(
			fc.string({ unit: "binary", maxLength: 6 }),
			fc.string({ unit: "grapheme", maxLength: 6 }),
			fc.constantFrom(acute, "\u0e49", "\u0651", "ก", "ب", "a", "*", ":", " ", "\n", "\t", "\r", "\u2028", "\u200d", "\u200c", "\u200b"),
			fc.constantFrom(
				"\u202e",
				"\u2066",
				"\ufe0f",
				"\ud83c",
				"\udff4",
				"\u{1f3f4}",
				"\u{e0067}",
				"\u{e007f}",
				"🇨",
				"\u1100",
				"\u1161",
				"\u11a8",
			),
			fc.constantFrom(acute.repeat(50), "\n\n\n\n", "\u{e0041}", "\u3164", "\u{1d173}", family, england, "\u0b47", "\u0b3e", "\u0344"),
			fc.constantFrom(
				"葛",
				"\u{e0100}",
				"ᠠ",
				"\u180b",
				"\u180e",
				"ក",
				"\u17b4",
				"\u115f",
				"\u1160",
				"⠓",
				"\u2800",
				"❤",
				"\u20e3",
				"1",
				"ไ",
				"=",
				"\u0338",
				"\u{1bc00}",
				"\ufb2c",
				"\u{1d160}",
				"\uf900",
				"\ufa19",
				"\u05bc",
				"\u17d2",
			),
		),
		{ maxLength: 24 },
	)
	.map((parts) => parts.join(""));

// A place where a line may break is one only before a letter.
const forbidden =
	/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|\u200b(?!\p{L})/u;

describe("cleaning", () => {
	test("[TEXT-1] cleaning a cleaned text changes nothing", () => {
		fc.assert(
			fc.property(wild, (raw) => {
				const once = cleanText(raw);
				expect(cleanText(once)).toBe(once);
			}),
			{ numRuns: 2_000 },
		);
	});

	test("[TEXT-1] what comes out is well-formed, NFC and without forbidden characters", () => {
		fc.assert(
			fc.property(wild, (raw) => {
				const cleaned = cleanText(raw);
				expect(cleaned.isWellFormed()).toBe(true);
				expect(cleaned.normalize("NFC")).toBe(cleaned);
				expect(cleaned).not.toMatch(forbidden);
				expect(cleaned.trim()).toBe(cleaned);
				expect(cleaned.split("\n").length).toBeLessThanOrEqual(limits.textLinesMax);
			}),
			{ numRuns: 2_000 },
		);
	});

	test("[TEXT-5] cleaning never makes a text longer, in what a person counts", () => {
		fc.assert(
			fc.property(wild, (raw) => {
				expect(countGraphemes(cleanText(raw))).toBeLessThanOrEqual(countGraphemes(raw.replaceAll(/\r\n?/g, "\n")));
			}),
			{ numRuns: 1_000 },
		);
	});

	test("[TEXT-2] no more than two joiners stand in a row, and no more than one selector", () => {
		fc.assert(
			fc.property(wild, (raw) => {
				expect(cleanText(raw)).not.toMatch(/[\u200c\u200d]{3}|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{2}/u);
			}),
			{ numRuns: 1_000 },
		);
	});

	test("[TEXT-3] no letter carries more than eight marks, joiners between them or not", () => {
		fc.assert(
			fc.property(wild, (raw) => {
				for (const [run] of cleanText(raw).matchAll(/[\p{M}\u200c\u200d]+/gu))
					expect([...run].filter((sign) => /\p{M}/u.test(sign)).length).toBeLessThanOrEqual(limits.scriptMarksMax);
			}),
			{ numRuns: 1_000 },
		);
	});

	test("[NAME-1] a name is one short line that does not begin like the server's words", () => {
		fc.assert(
			fc.property(wild, (raw) => {
				const name = cleanName(raw);
				expect(name).not.toMatch(forbidden);
				expect(name).not.toMatch(/^[*\p{M}]|\n/u);
				expect(name.trim()).toBe(name);
				expect(countGraphemes(name)).toBeLessThanOrEqual(limits.nameGraphemesMax);
				expect(name.length).toBeLessThanOrEqual(limits.nameUnitsMax);
				expect(cleanName(name)).toBe(name);
			}),
			{ numRuns: 2_000 },
		);
	});
});

describe("a name", () => {
	test.each([
		["is trimmed", "  Ming  ", "Ming"],
		["has single spaces", "a \t\n\u3000 b", "a b"],
		["loses leading stars", "*** server", "server"],
		["loses leading stars behind joiners and marks", `\u200d*${acute}* server`, "server"],
		["keeps stars further on", "a*b", "a*b"],
		["is cut to 24 graphemes", "一".repeat(30), "一".repeat(24)],
		["is cut between graphemes, never in one", "👍🏽".repeat(30), "👍🏽".repeat(24)],
		["is empty where it shows nothing", "\u200b \u202e", ""],
		["keeps markup as text", "<b>x</b>", "<b>x</b>"],
		["keeps an ideograph's variant", "葛\u{e0100}城", "葛\u{e0100}城"],
		["keeps braille, but no blanks around it, and one between", "\u2800\u2800⠓⠑⠇\u2800\u2800⠺⠕\u2800", "⠓⠑⠇\u2800⠺⠕"],
		["keeps the narrow space before a Mongolian suffix", "ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ", "ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ"],
		["has no other narrow space", "a\u202fb", "a b"],
		["is empty where it is blank and wide", "\u3164\u3164 \u2800", ""],
	])("[NAME-1] %s", (_what, raw, cleaned) => {
		expect(cleanName(raw)).toBe(cleaned);
	});
});

describe("what was made to be slow or to deceive", () => {
	// Each took from 90 to 500 ms while cleaning was quadratic; a test has no clock, but its time-out notices much worse.
	test.each([
		["a flag and thousands of tags", `\u{1f3f4}${"\u{e0061}".repeat(7_999)}`],
		["thousands of tags without a flag", "\u{e0061}".repeat(8_000)],
		["thousands of spaces", `x${" ".repeat(15_998)}x`],
		["thousands of marks", `a${"\u0301".repeat(15_999)}`],
		["thousands of flags", "\u{1f3f4}\u{e0061}".repeat(4_000)],
		["thousands of empty lines", " \n".repeat(8_000)],
	])("[SEC-2] %s, fifty times over, are cleaned like anything else", (_name, text) => {
		const [first, ...others] = Array.from({ length: 50 }, () => cleanText(text));
		expect(new Set(others)).toEqual(new Set([first as string]));
	});

	test("[NAME-1] a sign that is drawn as nothing does not let a name begin like the server", () => {
		expect(cleanName("\u{1bca0}* Server")).toBe("Server");
	});
});

describe("printable ASCII, which is most of what people write", () => {
	const ascii = fc.string({ unit: fc.constantFrom(..." *-~aZ0:".split("")), maxLength: 120 });

	// A tab counts as a space, and is no printable sign: so the same text goes the way of all others too.
	test("[TEXT-1] [NAME-1] comes out as any other text and name would", () => {
		fc.assert(
			fc.property(ascii, fc.string({ unit: "grapheme-ascii", maxLength: 120 }), (crafted, any) => {
				for (const plain of [`${crafted} `, `${any} `, `x ${crafted}`, ` *${any}`]) {
					expect(cleanText(plain)).toBe(cleanText(plain.replaceAll(" ", "\t")));
					expect(cleanName(plain)).toBe(cleanName(plain.replaceAll(" ", "\t")));
				}
			}),
		);
	});
});
