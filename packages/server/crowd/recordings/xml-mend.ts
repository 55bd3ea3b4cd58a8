interface Piece {
	readonly number: number;
	readonly text: string;
}

/** What may be cut off its other half by the end of a part of a line: a reference, a tag's first letters, an end of CDATA, a comment or a line. */
const halfSign = /(?:[&<][^;>\s]{0,16}|\]{1,2}|-{1,2}|\r)$/;

/**
 * Mends what programs that write XML by hand leave in it, and what any parser would stumble over: control characters, which XML has no way
 * to hold, go; an `&` or `<` that begins nothing (`a & b`, `<3`) is written as XML wants it. CDATA and comments stay as they are.
 */
export async function* mendText(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
	let raw: "cdata" | "comment" | null = null;
	let carried = "";
	let last = 1;
	for await (const { number, text } of pieces) {
		last = number;
		const joined = carried + text.replace(forbidden, "");
		carried = joined.endsWith("\n") ? "" : (halfSign.exec(joined)?.[0] ?? "");
		const [mended, state] = mend(carried === "" ? joined : joined.slice(0, -carried.length), raw);
		raw = state;
		yield { number, text: mended };
	}
	if (carried !== "") yield { number: last, text: carried };
}

/** All that XML 1.0 has no place for, not even by a reference. */
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
const stray = /&(?!(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z_][\w.-]{0,15});)|<(?![a-z_:/!?])/gi;
const borders = /(<!\[CDATA\[|\]\]>|<!--|-->)/;

function mend(text: string, before: "cdata" | "comment" | null): [mended: string, after: "cdata" | "comment" | null] {
	let state = before;
	let mended = "";
	for (const part of text.split(borders)) {
		if (state === null && part === "<![CDATA[") state = "cdata";
		else if (state === null && part === "<!--") state = "comment";
		else if ((state === "cdata" && part === "]]>") || (state === "comment" && part === "-->")) state = null;
		else if (state === null) {
			mended += part.replace(stray, (sign) => (sign === "&" ? "&amp;" : "&lt;"));
			continue;
		}
		mended += part;
	}
	return [mended, state];
}
