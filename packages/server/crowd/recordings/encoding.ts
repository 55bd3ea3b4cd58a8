/** How a text's bytes are to be read. */
export interface Encoding {
	/** As the Encoding Standard calls it: `utf-8`, `gbk`, `utf-16le` … */
	readonly name: string;
	/** What says so: a byte order mark, the file's own declaration, the pattern of its first bytes, or nothing. */
	readonly by: "mark" | "declaration" | "pattern" | "default";
	/** Bytes of the mark, which are no text. */
	readonly markBytes: number;
}

/** An encoding is declared that nobody here can read. */
export class UnknownEncoding extends Error {
	override name = "UnknownEncoding";
	readonly label: string;

	constructor(label: string) {
		super(`The encoding ${label} is not known.`);
		this.label = label;
	}
}

/** How far a declaration is looked for. */
const declarationBytesMax = 1_024;

/**
 * The encoding of a file that begins with these bytes: its byte order mark, else what its XML declaration says, else UTF-16 where every
 * other byte is zero, else UTF-8 (XML 1.0 appendix F). Throws `UnknownEncoding`.
 *
 * @example encodingOf(Buffer.from('<?xml version="1.0" encoding="GBK"?>')) // { name: "gbk", by: "declaration", markBytes: 0 }
 */
export function encodingOf(start: Uint8Array): Encoding {
	const [a, b, c, d] = start;
	if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && (c === 0xfe || d === 0x3c)))
		throw new UnknownEncoding("UTF-32");
	if (a === 0xef && b === 0xbb && c === 0xbf) return { name: "utf-8", by: "mark", markBytes: 3 };
	if (a === 0xff && b === 0xfe) return { name: "utf-16le", by: "mark", markBytes: 2 };
	if (a === 0xfe && b === 0xff) return { name: "utf-16be", by: "mark", markBytes: 2 };
	if (a !== undefined && a !== 0 && b === 0) return { name: "utf-16le", by: "pattern", markBytes: 0 };
	if (a === 0 && b !== undefined && b !== 0) return { name: "utf-16be", by: "pattern", markBytes: 0 };
	const label = declaredLabel(start);
	return label === null ? { name: "utf-8", by: "default", markBytes: 0 } : { name: nameOf(label), by: "declaration", markBytes: 0 };
}

/** What an XML declaration calls the encoding; null where there is none. It is ASCII in every encoding that can be declared. */
function declaredLabel(start: Uint8Array): string | null {
	const head = new TextDecoder("latin1").decode(start.subarray(0, declarationBytesMax));
	return /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']\s*([^"'\s>]+)/.exec(head)?.[1] ?? null;
}

/** What programs write that the Encoding Standard has no label for. */
const otherLabels: Readonly<Record<string, string>> = {
	cp936: "gbk",
	cp932: "shift_jis",
	cp950: "big5",
	cp949: "euc-kr",
	cp65001: "utf-8",
};

function nameOf(label: string): string {
	const lowered = label.toLowerCase();
	// Who says UTF-16 in letters of one byte each has told all but the truth: such files are UTF-8, and checked as that.
	if (/^(?:utf-16(?:le|be)?|unicode|ucs-2|iso-10646-ucs-2)$/.test(lowered)) return "utf-8";
	try {
		return new TextDecoder(otherLabels[lowered] ?? lowered).encoding;
	} catch {
		throw new UnknownEncoding(label);
	}
}

/** A decoder that throws at what is not of the encoding, instead of putting U+FFFD in its place. */
export function strictDecoder({ name }: Pick<Encoding, "name">): TextDecoder {
	return new TextDecoder(name, { fatal: true, ignoreBOM: true });
}
