import { type Encoding, strictDecoder } from "./encoding.ts";
import { styleOf } from "./jsonl.ts";
import type { Entry } from "./line.ts";
import { splitLines } from "./split-lines.ts";
import { type Element, ElementReader } from "./xml-elements.ts";
import { mendText } from "./xml-mend.ts";

/** Elements of one file; a day of the largest rooms has fewer. They are held in memory to be put in order of time. */
export const elementsMax = 2_000_000;
/** Lines longer than this are read in parts. */
const partBytesMax = 64 * 1024;

/** Bytes that are none of the encoding a file is in. Nothing of such a file can be relied on: it is not what it says. */
export class ForeignBytes extends Error {
	override name = "ForeignBytes";
	/** Where the first of them stands. */
	readonly line: number;

	constructor(line: number) {
		super(`Line ${line} holds bytes that are not of its encoding.`);
		this.line = line;
	}
}

/**
 * Reads Bilibili's danmaku XML: `<d p="seconds,mode,size,color,unix time,pool,user,id">text</d>`, and what recorders of live rooms
 * add: `user="…"` on `<d>`, `<sc ts user>` (a paid message, played), `<gift>`, `<guard>` and `<toast>` (skipped as gifts).
 *
 * Such files are in no order, so all is read before the first entry comes out, earliest first; skipped entries come before the
 * played ones. `number` is the element's line in the file. Throws `ForeignBytes`, and `RangeError` past `elementsMax` elements.
 */
export async function* readBilibiliXml(
	bytes: AsyncIterable<Uint8Array>,
	encoding: Pick<Encoding, "name"> = { name: "utf-8" },
): AsyncGenerator<Entry> {
	const entries: Entry[] = [];
	const reader = new ElementReader((element) => {
		if (entries.length >= elementsMax) throw new RangeError(`it has more than ${elementsMax} danmaku`);
		entries.push(entryOf(element));
	});
	for await (const { number, text } of mendText(decode(bytes, encoding))) reader.read(number, text);
	reader.end();
	const at = (entry: Entry) => (entry.kind === "line" ? entry.line.at : -1);
	yield* entries.sort((a, b) => at(a) - at(b));
}

async function* decode(
	bytes: AsyncIterable<Uint8Array>,
	encoding: Pick<Encoding, "name">,
): AsyncGenerator<{ number: number; text: string }> {
	const decoder = strictDecoder(encoding);
	for await (const part of splitLines(bytes, encoding, partBytesMax)) {
		let text: string;
		try {
			// A sign may be cut by the end of a part, not by the end of a line.
			text = decoder.decode(part.bytes, { stream: !part.isLast });
		} catch {
			throw new ForeignBytes(part.number);
		}
		yield { number: part.number, text: part.isLast ? `${text}\n` : text };
	}
}

/** One element as an entry. Never throws. */
export function entryOf({ name, attributes, text, number, damage }: Element): Entry {
	const bad = (detail: string): Entry => ({ kind: "skipped", number, reason: "bad", detail });
	if (name === "gift" || name === "guard" || name === "toast") return { kind: "skipped", number, reason: "gift" };
	if (damage !== null) return bad(damage);
	const fields = name === "d" ? (attributes.p ?? "").split(",") : [attributes.ts ?? "", "1"];
	const [time = "", mode, , color, , , sender] = fields;
	const at = time.trim() === "" ? Number.NaN : Number(time);
	if (!Number.isFinite(at) || at < 0) return bad("the first field is not a number of seconds from 0");
	if (mode === "8" || mode === "9") return { kind: "skipped", number, reason: "scripted" };
	const words = mode === "7" ? positionedText(text) : text;
	if (words === null) return bad("the positioned danmaku (mode 7) is not the list it should be");
	if (words.trim() === "") return { kind: "skipped", number, reason: "no text" };
	const person = attributes.user?.trim() || sender?.trim();
	if (!person) return bad("no sender");
	return { kind: "line", number, line: { at, person, text: words, style: styleOf(mode, color) } };
}

/** Mode 7 carries a list, `[x, y, alpha, seconds, text, …]`; only its text is of use here. */
function positionedText(json: string): string | null {
	try {
		const list: unknown = JSON.parse(json);
		return Array.isArray(list) && typeof list[4] === "string" ? list[4] : null;
	} catch {
		return null;
	}
}
