/** A text of one kind as long as asked for, made to be as dear as possible for whoever cleans, counts, compares or draws it. */
export interface WorstText {
	readonly name: string;
	/** At most `units` UTF-16 units. */
	textOf(units: number): string;
}

/**
 * What hostile guests write: each kind once took some step of ours, or of somebody else's, longer than its length explains. For tests and
 * measurements of everything that texts and names pass through.
 */
export const worstTexts: readonly WorstText[] = [
	kind("two marks in the wrong order", "\u0327\u0301", { before: "a" }),
	kind("marks of seven classes", "\u0301\u0345\u0327\u0315\u0f71\u05b0\u3099", { before: "a" }),
	kind("as many marks as a letter may have, in the wrong order", `a${"\u0301\u0327".repeat(15)}`),
	kind("marks alone", "\u0301 "),
	kind("marks between joiners", "\u200d\u0301", { before: "a" }),
	kind("joiners and non-joiners", "\u200c\u200d", { before: "a", after: "b" }),
	kind("variation selectors", "\ufe0f", { before: "a" }),
	kind("ideographs with variation selectors", "葛\u{e0100}"),
	kind("Hangul in pieces", "\u1112\u1161\u11ab"),
	kind("first pieces of Hangul", "\u1100"),
	kind("Hangul fillers", "\u3164"),
	kind("Thai vowels and tones", "ก็้"),
	kind("Devanagari half letters", "क्"),
	kind("Tibetan stacks", "ཧྐྵྨླྺྻྃ"),
	kind("Hebrew letters that normalising takes apart", "\ufb2c"),
	kind("notes that normalising makes six times as long", "\u{1d160}"),
	kind("a ligature of eighteen letters", "\ufdfa"),
	kind("one emoji after another, joined", "👨\u200d"),
	kind("families", "👨‍👩‍👧‍👦"),
	kind("halves of flags", "🇨"),
	kind("flags with tags", "\u{1f3f4}\u{e0061}"),
	kind("a flag and tags without end", "\u{e0061}", { before: "\u{1f3f4}" }),
	kind("keycaps", "1\ufe0f\u20e3"),
	kind("signs that belong to what follows", "\u0600"),
	kind("overrides of direction", "\u202e"),
	kind("isolates in isolates", "\u2067a"),
	kind("halves of surrogate pairs", "\udc00a\ud800"),
	kind("spaces", " ", { before: "x", after: "x" }),
	kind("spaces before line ends", " \n", { before: "x", after: "x" }),
	kind("short lines", "a\n"),
	kind("line ends", "\r\n"),
	kind("stars", "*\u0301"),
	kind("plain words", "hello world "),
	kind("Chinese", "你好"),
	kind("addresses", "http://a.b/"),
	kind("one address without end", "a", { before: "http://a.b/" }),
	kind("an address of many labels", "a.", { before: "https://" }),
	kind("parentheses in an address", "(", { before: "https://a.b/" }),
	kind("full stops behind an address", ".", { before: "https://a.b/" }),
	kind("beginnings of addresses", "http://"),
	kind("at signs", "a@", { before: "http://" }),
];

function kind(name: string, part: string, { before = "", after = "" } = {}): WorstText {
	return { name, textOf: (units) => before + part.repeat(Math.floor((units - before.length - after.length) / part.length)) + after };
}
