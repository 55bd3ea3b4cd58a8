/**
 * Takes away what nobody sees, and leaves it where a script or an emoji needs it (SPEC TEXT-2): what is drawn as nothing does harm only by
 * standing where it means nothing.
 */
export function dropInvisible(text: string): string {
	return spaceBlanks(text).replace(meaningfulOrInvisible, "$1");
}

/** Whether anything in the text leaves ink: not only spaces, joiners, marks, selectors, fillers and blanks. */
export function hasInk(text: string): boolean {
	// Signs of a Unicode that is newer than this program's tables are signs.
	return /[^\p{Z}\p{Cc}\p{Cs}\p{Co}\p{M}\s\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\ufff9-\ufffb]/u.test(text);
}

const unspaced = ["Thai", "Lao", "Khmer", "Myanmar", "Javanese", "Balinese", "Tai_Tham", "Tai_Le", "New_Tai_Lue", "Tai_Viet", "Cham"]
	.map((script) => String.raw`\p{sc=${script}}`)
	.join("");

/** Sequences in which something invisible means something, longest first. */
const meaningful = [
	// The flag of a part of a country (UTS #51): its code in tags, and the tag that ends it.
	String.raw`\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}`,
	// One variation selector behind an emoji, a sign, or a letter of a script that has such variants; not behind blanks and what normalising takes apart.
	String.raw`(?![\u2800\u2adc\u{1d15e}-\u{1d164}\u{1d1bb}-\u{1d1c0}])[\p{Emoji}\p{S}\p{P}\p{sc=Han}\p{sc=Myanmar}\p{sc=Phags_Pa}\p{sc=Manichaean}\p{sc=Egyptian_Hieroglyphs}][\ufe00-\ufe0f]`,
	// One of an ideograph's variants: 葛 as in 葛󠄀城.
	String.raw`\p{Ideographic}[\u{e0100}-\u{e01ef}]`,
	// Mongolian: one of a letter's shapes, and the vowel that stands apart.
	String.raw`(?=\p{L})[\p{sc=Mongolian}\p{sc=Phags_Pa}][\u180b-\u180d\u180f](?:\u180e(?=[\u1820-\u18aa]))?`,
	String.raw`[\u1820-\u18aa]\u180e(?=[\u1820-\u18aa])`,
	// The vowels that a Khmer letter has of itself, written out.
	String.raw`[\u1780-\u17b3][\u17b4\u17b5]`,
	// Old Korean syllables that lack their first or second part.
	String.raw`[\u1100-\u115e\ua960-\ua97c]\u1160`,
	String.raw`\u115f\u1160?(?=[\u1161-\u11ff\ud7b0-\ud7fb])`,
	// Where a line may be broken in scripts that write no spaces between words.
	String.raw`(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{M}\p{N}\p{P}\p{S}]\u200b(?=\p{L})(?=[${unspaced}])`,
	// Shorthand whose strokes overlap.
	String.raw`(?=\p{L})\p{sc=Duployan}[\u{1bca0}-\u{1bca3}]`,
];

/**
 * Controls but newline; all that Unicode draws as nothing (bidirectional controls, zero-width spaces, fillers, tags, selectors) but joiners,
 * which Persian, Indic scripts and emoji need; interlinear marks and noncharacters.
 */
const invisible = String.raw`[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufff9-\ufffb\p{Noncharacter_Code_Point}]|[^\P{Default_Ignorable_Code_Point}\u200c\u200d\u3164\uffa0]`;

const meaningfulOrInvisible = new RegExp(`(${meaningful.join("|")})|${invisible}`, "gu");

/**
 * Letters that are blank and wide part words like spaces, and become such: a Hangul filler always, a braille cell without dots where there
 * is no braille. In braille, and in pictures made of it, it stays the width it has.
 */
function spaceBlanks(text: string): string {
	const spaced = text.replace(/[\u3164\uffa0]/g, " ");
	return /[\u2801-\u28ff]/.test(spaced) ? spaced : spaced.replaceAll("\u2800", " ");
}
