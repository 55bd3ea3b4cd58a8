import { keepShapes } from "./compatibility-ideographs.ts";
import { dropInvisible, hasInk } from "./invisible.ts";
import { cutMarkRuns, limitMarks } from "./marks.ts";
import { graphemes } from "./wire/graphemes.ts";
import * as limits from "./wire/limits.ts";

/**
 * A message's text as everybody will see it (SPEC TEXT-1 to TEXT-5): well-formed, NFC, without control characters, bidirectional
 * overrides or invisible fillers, at most 3 combining marks on a letter (outside scripts that need more), at most 10 lines, trimmed.
 * Nothing readable is taken away; the result may be empty.
 */
export function cleanText(raw: string): string {
	if (isPlain(raw)) return raw.trim();
	// Every step is linear in the text, so that nobody can make others wait (SPEC SEC-2).
	const text = composed(raw.toWellFormed().replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n"))
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
	return hasInk(limited) ? limited : "";
}

/** A person's name: one line, no look-alike spacing, at most 24 graphemes. May come out empty (SPEC NAME-1). */
export function cleanName(raw: string): string {
	const sent = raw.slice(0, limits.nameUnitsSentMax);
	if (isPlain(sent)) return cleanPlainName(sent);
	const text = composed(sent.toWellFormed())
		// Mongolian suffixes stand behind a narrow space, by which their letters know their shape.
		.replace(/(\p{sc=Mongolian}\u202f(?=\p{sc=Mongolian}))|\s+/gu, (_space, suffix) => suffix ?? " ")
		.replace(/\u2800+/g, "\u2800")
		.replace(/^[\s*\p{M}\p{Default_Ignorable_Code_Point}\u2800]+/u, "");
	let name = "";
	let count = 0;
	for (const segment of graphemes(text)) {
		if (++count > limits.nameGraphemesMax || name.length + segment.length > limits.nameUnitsMax) break;
		name += segment;
	}
	// What only means something before another letter means nothing at the end.
	name = name.replace(/[\s\u2800\u180e\u200b]+$/u, "");
	return hasInk(name) ? name : "";
}

/** Printable ASCII alone, in which every sign but the space leaves ink and nothing is to be composed: most names, and many a text. */
export function isPlain(text: string): boolean {
	return /^[\x20-\x7e]*$/.test(text);
}

/** The same as `cleanName` does, where a unit is a grapheme: finding graphemes took a ninth of a join. */
function cleanPlainName(sent: string): string {
	return sent
		.replace(/ {2,}/g, " ")
		.replace(/^[ *]+/, "")
		.slice(0, limits.nameGraphemesMax)
		.trimEnd();
}

/** Visible, NFC, and with no more marks on a letter than it may have. */
function composed(text: string): string {
	const visible = dropInvisible(keepShapes(text.replaceAll("\t", " ")));
	// A mark that is taken away may have stood between two that have an order.
	return limitMarks(cutMarkRuns(visible).normalize("NFC")).normalize("NFC");
}
