import { describe, expect, test } from "bun:test";
import { cleanName } from "@hubbub/protocol/text.ts";
import { worstTexts } from "@hubbub/protocol/worst-texts.ts";
import fc from "fast-check";
import { looksOf } from "./skeleton.ts";

function lookAlike(one: string, other: string): boolean {
	return looksOf(cleanName(one)).some((look) => looksOf(cleanName(other)).includes(look));
}

describe("[NAME-2] nobody is renamed for marks that differ:", () => {
	test.each([
		["Japanese", "はは", "ぱぱ"],
		["Japanese, in the other letters", "カカ", "ガガ"],
		["Devanagari vowels", "राम", "रोमा"],
		["Bengali", "বন", "বনা"],
		["Tamil", "கல", "காலை"],
		["Sinhala", "අම", "අමා"],
		["Malayalam", "മല", "മാല"],
		["Thai vowels", "กา", "กี"],
		["Thai tones", "ไม", "ไม่"],
		["Lao", "ກາ", "ກ່າ"],
		["Khmer", "កក", "កាកា"],
		["Burmese", "မမ", "မြမြ"],
		["Tibetan", "མི", "མེ"],
		["Javanese", "ꦱꦱ", "ꦱꦶꦱꦶ"],
		["Arabic vowel signs", "حَسَن", "حُسْن"],
		["Urdu", "گل", "گُل"],
		["Hebrew points", "שלום", "שָׁלוֹם"],
		["Syriac", "ܡܪܝ", "ܡܳܪܝ"],
		["Thaana", "ދިވެހި", "ދުވަހު"],
		["Ethiopic", "ሀበሻ", "ሐበሻ"],
		["Vietnamese", "Hoàng Hải", "Hoang Hai"],
		["Yoruba", "Adé", "Ade"],
		["Pe̍h-ōe-jī", "Lô͘", "Lô"],
		["German", "Müller", "Muller"],
		["French", "Zoë", "Zoe"],
		["Polish", "Łukasz", "Lukasz"],
		["Russian", "Йван", "Иван"],
		["Greek", "Ελένη", "Ελενη"],
		["Hangul", "한나", "하나"],
	])("%s: %s and %s", (_script, one, other) => {
		expect(lookAlike(one, other)).toBe(false);
	});
});

describe("[NAME-2] a name that looks like another is found:", () => {
	test.each([
		["case", "Alice", "ALICE"],
		["a digit for a letter", "Alice", "A1ice"],
		["a capital I for an l", "Alice", "AIice"],
		["digits throughout", "moderator", "m0der4t0r"],
		["a sign for a letter", "admin", "@dmin"],
		["Cyrillic", "Alice", "Аlice"],
		["Cyrillic small letters", "mоdеrаtоr", "moderator"],
		["Cyrillic capitals", "HELLO", "НЕLLО"],
		["Greek capitals", "ANNA", "ΑΝΝΑ"],
		["Greek in either case", "Νίκος", "νίκος"],
		["Cyrillic in either case", "Кот", "кот"],
		["Armenian", "hos", "հօѕ"],
		["Cherokee", "admin", "Ꭺdmin"],
		["Lisu", "BOB", "ꓐꓳꓐ"],
		["small capitals", "admin", "ᴀᴅᴍɪɴ"],
		["full width", "bob", "ｂｏｂ"],
		["mathematical letters", "admin", "𝐚𝐝𝐦𝐢𝐧"],
		["fraktur", "admin", "𝔞𝔡𝔪𝔦𝔫"],
		["letters in circles", "admin", "ⓐⓓⓜⓘⓝ"],
		["letters in black circles", "admin", "🅐🅓🅜🅘🅝"],
		["letters in squares", "admin", "🄰🄳🄼🄸🄽"],
		["r and n for m", "modern", "rnodern"],
		["spaces", "管理员", "管 理 员"],
		["punctuation", "admin", "a.d-m_i.n"],
		["zero-width spaces and joiners", "bob", "b\u200bo\u200db\u200c"],
		["soft hyphens", "bob", "b\u00adob"],
		["marks through letters", "Alice", "A̶l̶i̶c̶e̶"],
		["a line under letters", "Alice", "A̲l̲i̲c̲e̲"],
		["a ring around a letter", "Alice", "Alice⃝"],
		["marks of another script", "Alice", "Aliceَ"],
		["the same accent twice", "André", "André\u0301"],
		["a variation selector", "葛城", "葛\u{e0100}城"],
		["a mark on an ideograph", "小明", "小̀明"],
		["katakana for an ideograph", "力", "カ"],
		["a compatibility ideograph", "神田", "\ufa19田"],
		["Arabic letters of two alphabets", "علي", "علی"],
	])("%s: %s and %s", (_what, one, other) => {
		expect(lookAlike(one, other)).toBe(true);
	});
});

test.each([
	["alice", "bob"],
	["小明", "小红"],
	["★★", "♪♪"],
	["👍", "👎"],
	["小明🇨🇳", "小明🇩🇪"],
	["anna", "hanna"],
	["Marie", "Maria"],
	["Дмитрий", "Дмитро"],
])("[NAME-2] %s and %s do not look alike", (one, other) => {
	expect(lookAlike(one, other)).toBe(false);
});

test("[NAME-2] a name looks like itself, in capitals or small letters, spaced or not", () => {
	fc.assert(
		fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 24 }), (raw) => {
			const name = cleanName(raw);
			fc.pre(name !== "");
			for (const other of [name, `${name}\u200d`, ` ${name}`]) expect(lookAlike(name, other)).toBe(true);
			const lowered = name.toLowerCase();
			if (lowered.toUpperCase().toLowerCase() === lowered) expect(lookAlike(name, lowered)).toBe(true);
		}),
	);
});

test("[SEC-2] no name has a look much longer than itself, or more than two", () => {
	for (const { textOf } of worstTexts) {
		const name = cleanName(textOf(8_000));
		const looks = looksOf(name);
		expect(looks.length).toBeLessThanOrEqual(2);
		// A ligature of eighteen letters is the longest that compatibility takes apart.
		for (const look of looks) expect(look.length).toBeLessThanOrEqual(18 * Math.max(name.length, 1));
	}
});
