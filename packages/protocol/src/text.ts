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
	// Every step is linear in the text: a message is cleaned before any limit of its sender counts (SPEC SEC-2).
	const text = limitMarks(stripInvisible(raw.toWellFormed().replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")).normalize("NFC"))
		.split("\n")
		.map((line) => line.trimEnd())
		.join("\n")
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
		const latin = lookAlikes.get(letter) ?? boxedLetter(letter);
		if (latin === undefined && /[\p{M}\p{P}\p{Z}\p{Cf}\p{S}]/u.test(letter) && !/\p{Extended_Pictographic}/u.test(letter)) continue;
		folded += latin ?? letter;
	}
	// A name of signs alone looks like itself, not like every other such name.
	return folded === "" ? name : folded;
}

/** The Latin letter in a square or a circle of the Enclosed Alphanumeric Supplement: U+1F130, U+1F150 and U+1F170 are A. */
function boxedLetter(letter: string): string | undefined {
	const place = ((letter.codePointAt(0) as number) - 0x1f130) % 32;
	const isBoxed = /^[\u{1f130}-\u{1f149}\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]$/u.test(letter);
	return isBoxed ? String.fromCharCode(97 + place) : undefined;
}

// Cyrillic, Greek, Armenian and other letters that pass for Latin ones, and the digits that pass for letters.
// Marked pure, so that a page that only counts graphemes does not carry the table.
const lookAlikes: ReadonlyMap<string, string> = /* @__PURE__ */ byLookAlike({
	a: "аɑα@4ᴀꭺᎪꓮ",
	b: "ЬьƄ8βʙ",
	c: "сϲ",
	d: "ԁɗᴅꓓꭰ",
	e: "еєҽ3εᴇꓰꭼ",
	g: "ɡց9",
	h: "һհʜꓧꮋ",
	i: "іıɩιíl1|ⅼӏІɪꓲ",
	j: "јϳ",
	k: "κкќ",
	m: "мmᴍꓟꮇ",
	n: "ոпηɴꓠ",
	o: "оοօ0σჿ〇ᴏꓳ",
	p: "рρ",
	q: "ԛզ",
	r: "гԻʀꓣꭱ",
	s: "ѕꜱ5$ꓢꮪ",
	t: "тτ7ᴛꓔꭲ",
	u: "υսʋᴜꓴ",
	v: "ѵν",
	w: "ѡԝɯшᴡꓪꮃ",
	x: "хχ×",
	y: "уүγʏꓬ",
	z: "ᴢ2ʐ",
});

function byLookAlike(groups: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
	return new Map(Object.entries(groups).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)));
}

// Controls but newline; everything that Unicode draws as nothing (bidi controls, zero-width spaces, fillers, deprecated format
// characters); braille blank, interlinear marks and noncharacters. ZWNJ and ZWJ stay (Persian, Indic scripts, emoji), so do variation
// selectors (emoji) and the tags of a flag: they are cut where they stand alone (`isReadable`), or behind no flag (below).
const invisible =
	/\u{1f3f4}[\u{e0060}-\u{e007f}]+|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u2800\ufff9-\ufffb\ufffe\uffff]|[^\P{Default_Ignorable_Code_Point}\u200c\u200d\ufe00-\ufe0f]/gu;

function stripInvisible(text: string): string {
	const visible = text.replace(/\t/g, " ").replace(invisible, (found) => (found.startsWith("\u{1f3f4}") ? found : ""));
	return collapseJoiners(visible);
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
