import { limits } from "./limits.ts";

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** User-perceived characters (UAX #29): a flag, a family emoji or e with an accent is one. */
export function countGraphemes(text: string): number {
	// Printable ASCII without CR LF pairs is one grapheme a unit: the common case costs no segmentation.
	if (/^[\x20-\x7e]*$/.test(text)) return text.length;
	let count = 0;
	for (const _ of segmenter.segment(text)) count++;
	return count;
}

/**
 * A message's text as everybody will see it (SPEC TEXT-1 to TEXT-5): well-formed, NFC, without control characters, bidirectional
 * overrides or invisible fillers, at most 3 combining marks on a letter (outside scripts that need more), at most 10 lines, trimmed.
 * Nothing readable is taken away; the result may be empty.
 */
export function cleanText(raw: string): string {
	const text = limitMarks(stripInvisible(raw.toWellFormed().replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")).normalize("NFC"))
		.replace(/[ \t]+\n/g, "\n")
		.replace(/\n{3,}/g, "\n\n")
		.trim();
	const lines = text.split("\n");
	const limited =
		lines.length <= limits.textLinesMax
			? text
			: [...lines.slice(0, limits.textLinesMax - 1), lines.slice(limits.textLinesMax - 1).join(" ")].join("\n");
	return isReadable(limited) ? limited : "";
}

/** A person's name: one line, no look-alike spacing, at most 24 graphemes. May come out empty (SPEC NAME-1). */
export function cleanName(raw: string): string {
	const text = limitMarks(stripInvisible(raw.slice(0, 1_024).toWellFormed()).normalize("NFC"))
		.replace(/\s+/gu, " ")
		.replace(/^[\s*\p{M}\u200c\u200d]+/u, "")
		.trim();
	let name = "";
	let graphemes = 0;
	for (const { segment } of segmenter.segment(text)) {
		if (++graphemes > limits.nameGraphemesMax || name.length + segment.length > limits.nameUnitsMax) break;
		name += segment;
	}
	name = name.trim();
	return isReadable(name) ? name : "";
}

/**
 * What a name looks like, for comparing: compatibility forms, case, look-alike letters, spaces and punctuation folded away
 * (after UTS #39 section 4, with a table of the look-alikes people really use). Two names with one skeleton would be mistaken for each other.
 */
export function skeleton(name: string): string {
	let folded = "";
	for (const letter of name.normalize("NFKD").toLowerCase()) {
		const latin = lookAlikes.get(letter);
		if (latin === undefined && /[\p{M}\p{P}\p{Z}\p{Cf}\p{S}]/u.test(letter) && !/\p{Extended_Pictographic}/u.test(letter)) continue;
		folded += latin ?? letter;
	}
	// A name of signs alone looks like itself, not like every other such name.
	return folded === "" ? name : folded;
}

// Cyrillic, Greek, Armenian and other letters that pass for Latin ones, and the digits that pass for letters.
// Marked pure, so that a page that only counts graphemes does not carry the table.
const lookAlikes: ReadonlyMap<string, string> = /* @__PURE__ */ byLookAlike({
	a: "аɑα@4",
	b: "ЬьƄ8β",
	c: "сϲ",
	d: "ԁɗ",
	e: "еєҽ3ε",
	g: "ɡց9",
	h: "һհ",
	i: "іıɩιíl1|ⅼӏІ",
	j: "јϳ",
	k: "κкќ",
	m: "мm",
	n: "ոпη",
	o: "оοօ0σჿ〇",
	p: "рρ",
	q: "ԛզ",
	r: "гԻ",
	s: "ѕꜱ5$",
	t: "тτ7",
	u: "υսʋ",
	v: "ѵν",
	w: "ѡԝɯш",
	x: "хχ×",
	y: "уүγ",
	z: "ᴢ2ʐ",
});

function byLookAlike(groups: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
	return new Map(Object.entries(groups).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)));
}

// Controls but newline; soft hyphen; bidi marks, embeddings, overrides and isolates; zero-width space, word joiner, invisible operators, BOM;
// Hangul fillers, Mongolian vowel separator, braille blank; interlinear and deprecated format characters; noncharacters' usual carriers.
// ZWNJ and ZWJ stay (Persian, Indic scripts, emoji), variation selectors stay (emoji), and are cut where they stand alone (isReadable).
const invisible =
	/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff]|\ud834[\udd73-\udd7a]|\udb40[\udc00-\udfff](?<!\ud83c\udff4(?:\udb40[\udc60-\udc7f])+)/g;

function stripInvisible(text: string): string {
	return collapseJoiners(text.replace(/\t/g, " ").replace(invisible, ""));
}

const richScripts =
	/[\p{Script=Thai}\p{Script=Lao}\p{Script=Tibetan}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Myanmar}\p{Script=Khmer}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}]/u;

/**
 * Caps stacked combining marks ("zalgo"), those without a letter too. Scripts whose letters carry several marks by right get twice as many.
 * A joiner begins no new letter: marks before and after it stand on the same one.
 */
function limitMarks(text: string): string {
	return text.replace(
		/(^|[^\p{M}\u200c\u200d])([\p{M}\u200c\u200d]*\p{M}[\p{M}\u200c\u200d]*)/gu,
		(_whole, letter: string, marks: string) => {
			let left: number = richScripts.test(letter) ? limits.combiningMarksMax * 2 : limits.combiningMarksMax;
			const kept = [...marks].filter((mark) => isJoiner(mark) || left-- > 0).join("");
			return letter + collapseJoiners(kept);
		},
	);
}

function isJoiner(sign: string): boolean {
	return sign === "\u200c" || sign === "\u200d";
}

function collapseJoiners(text: string): string {
	return text.replace(/\u200d{2,}/g, "\u200d").replace(/\u200c{2,}/g, "\u200c");
}

/** Whether anything in the text leaves ink: not only spaces, joiners, marks and selectors. */
function isReadable(text: string): boolean {
	return /[^\p{Z}\p{C}\p{M}\s]/u.test(text);
}
