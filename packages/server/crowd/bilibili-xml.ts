import { styleOf } from "./jsonl.ts";
import type { Entry } from "./line.ts";

/** Elements of one file; a day of the largest rooms has fewer. They are held in memory to be put in order of time. */
export const elementsMax = 2_000_000;
/** One element may be this long, in UTF-16 units, before it is taken for damage. */
const elementUnitsMax = 256 * 1024;

/**
 * Reads Bilibili's danmaku XML: `<d p="seconds,mode,size,color,unix time,pool,user,id">text</d>`, and what recorders of live rooms
 * add: `user="…"` on `<d>`, `<sc ts user>` (a paid message, played), `<gift>`, `<guard>` and `<toast>` (skipped as gifts).
 *
 * Such files are in no order, so all is read before the first entry comes out, earliest first; skipped entries come before the
 * played ones. `number` is the element's line in the file. Throws `RangeError` past `elementsMax` elements.
 */
export async function* readBilibiliXml(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
	const entries: Entry[] = [];
	for await (const element of elements(bytes)) {
		if (entries.length >= elementsMax) throw new RangeError(`it has more than ${elementsMax} danmaku`);
		entries.push(readElement(element.source, element.number));
	}
	const at = (entry: Entry) => (entry.kind === "line" ? entry.line.at : -1);
	yield* entries.sort((a, b) => at(a) - at(b));
}

/** One element, from `<d` to `</d>`, as an entry. Never throws. */
export function readElement(source: string, number: number): Entry {
	const bad = (detail: string): Entry => ({ kind: "skipped", number, reason: "bad", detail });
	const match = /^<(d|sc|gift|guard|toast)\b((?:[^>"']|"[^"]*"|'[^']*')*?)(?:\/>|>([\s\S]*)<\/\1\s*>)$/.exec(source);
	if (!match) return bad("the element is not closed");
	const [, name, attributeSource = "", body = ""] = match;
	if (name === "gift" || name === "guard" || name === "toast") return { kind: "skipped", number, reason: "gift" };
	const attributes = readAttributes(attributeSource);
	const fields = name === "d" ? (attributes.get("p") ?? "").split(",") : [attributes.get("ts") ?? "", "1"];
	const [time = "", mode, , color, , , sender] = fields;
	const at = time.trim() === "" ? Number.NaN : Number(time);
	if (!Number.isFinite(at) || at < 0) return bad("the first field is not a number of seconds from 0");
	if (mode === "8" || mode === "9") return { kind: "skipped", number, reason: "scripted" };
	const text = mode === "7" ? positionedText(decodeText(body)) : decodeText(body);
	if (text === null) return bad("the positioned danmaku (mode 7) is not the list it should be");
	if (text.trim() === "") return { kind: "skipped", number, reason: "no text" };
	const person = attributes.get("user")?.trim() || sender?.trim();
	if (!person) return bad("it names nobody");
	return { kind: "line", number, line: { at, person, text, style: styleOf(mode, color) } };
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

function readAttributes(source: string): Map<string, string> {
	const attributes = new Map<string, string>();
	for (const [, name = "", double, single] of source.matchAll(/([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
		attributes.set(name, decodeReferences(double ?? single ?? ""));
	}
	return attributes;
}

function decodeText(source: string): string {
	return source
		.split(/(<!\[CDATA\[[\s\S]*?\]\]>)/)
		.map((part) => (part.startsWith("<![CDATA[") ? part.slice(9, -3) : decodeReferences(part)))
		.join("");
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** XML's five names and the numbered references; one that means nothing stays as it stands. */
function decodeReferences(source: string): string {
	return source.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));/gi, (whole, hex, decimal, name) => {
		if (name) return named[name.toLowerCase()] ?? whole;
		const point = hex ? Number.parseInt(hex, 16) : Number(decimal);
		return point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff) ? String.fromCodePoint(point) : whole;
	});
}

/**
 * Cuts the elements out of the stream, holding one at a time. Everything between them (the head, styles, the room's facts) passes by.
 * An element that is not closed before the next one opens, or at all, comes out as it is, for `readElement` to call bad.
 */
async function* elements(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<{ source: string; number: number }> {
	const decoder = new TextDecoder("utf-8");
	let text = "";
	let position = 0;
	let number = 1;
	const moveTo = (index: number) => {
		for (let at = text.indexOf("\n", position); at !== -1 && at < index; at = text.indexOf("\n", at + 1)) number++;
		position = index;
	};
	for await (const chunk of bytes) {
		text = text.slice(position) + decoder.decode(chunk, { stream: true });
		position = 0;
		for (let start = nextOpening(text, 0); start !== -1; start = nextOpening(text, position)) {
			moveTo(start);
			const end = endOfElement(text, start);
			if (end === -1 && text.length - start <= elementUnitsMax) break;
			yield { source: text.slice(start, end === -1 ? text.length : end), number };
			moveTo(end === -1 ? text.length : end);
		}
		// What may be the beginning of an opening tag is kept for the next chunk.
		if (nextOpening(text, position) === -1) moveTo(Math.max(position, text.length - "<toast".length));
	}
	if (nextOpening(`${text} `, position) !== -1) yield { source: text.slice(position).trim(), number };
}

function nextOpening(text: string, from: number): number {
	const opening = /<(?:d|sc|gift|guard|toast)(?=[\s>/])/g;
	opening.lastIndex = from;
	return opening.exec(text)?.index ?? -1;
}

/** The index after the element that starts at `start`; -1 where more of the file is needed to tell. */
function endOfElement(text: string, start: number): number {
	const tag = /<(\w+)(?:[^<>"']|"[^"<]*"|'[^'<]*')*>/y;
	tag.lastIndex = start;
	const match = tag.exec(text);
	const next = nextOpening(text, start + 1);
	// A tag that does not end before the next one begins is damaged: it ends there.
	if (!match) return next;
	if (match[0].endsWith("/>")) return tag.lastIndex;
	const closing = text.indexOf(`</${match[1]}`, tag.lastIndex);
	if (next !== -1 && (closing === -1 || next < closing)) return next;
	const end = closing === -1 ? -1 : text.indexOf(">", closing);
	return end === -1 ? -1 : end + 1;
}
