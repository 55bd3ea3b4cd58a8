import { SaxesParser, type SaxesTagPlain } from "saxes";

/** One danmaku, paid message or gift as it stands in a file. */
export interface Element {
	readonly name: string;
	readonly attributes: Readonly<Record<string, string | undefined>>;
	/** Its text, that of elements in it too, with references and CDATA resolved. */
	readonly text: string;
	/** The line in which it begins. */
	readonly number: number;
	/** What is wrong with it as XML; null where nothing is. */
	readonly damage: string | null;
}

/** Text of one element, and of anything between two, in UTF-16 units, before it is taken for something else than a recording. */
const unitsMax = 256 * 1024;
const depthMax = 100;

const names: ReadonlySet<string> = new Set(["d", "sc", "gift", "guard", "toast"]);
const opening = /<(?:d|sc|gift|guard|toast)(?=[\s>/])/g;

/** Faults that leave the elements whole: what was not resolved stays as it stands, and the frame around the elements matters to nobody. */
const harmless =
	/entity|"\]\]>"|root|XML declaration|name\/value pairs|expected (?:the name|one of)|value (?:required|must)|version number|whitespace required|processing instruction|unclosed tag|unexpected end|close tag|unmatched closing|comment|\bdoctype\b/;

/** Where an element begins: its line, and as its parser counts letters. */
interface Place {
	readonly name: string;
	readonly number: number;
	readonly at: number;
}

interface OpenElement extends Place {
	readonly attributes: Element["attributes"];
	readonly depth: number;
	text: string;
	damage: string | null;
}

/** Thrown out of the parser, which otherwise reads on in the middle of what it has lost track of. */
class Damage extends Error {
	override name = "Damage";
}

/**
 * Finds the elements of a recording in XML that comes line by line. A damaged element costs itself: the parser is given up, and a new one
 * begins at the next element. Entities that a file defines are never filled in. Throws `RangeError` where one element, the depth or what
 * stands between elements has no bounds.
 */
export class ElementReader {
	readonly #onElement: (element: Element) => void;
	#parser = this.#newParser();
	#line = 1;
	/** Letters given to this parser before the piece that is being read, and up to the last event. */
	#before = 0;
	#eventAt = 0;
	#depth = 0;
	#hasDoctype = false;
	/** The element whose tag is being read, and the one that is open. */
	#beginning: Place | null = null;
	#open: OpenElement | null = null;

	constructor(onElement: (element: Element) => void) {
		this.#onElement = onElement;
	}

	/** Reads on; `number` is the line that `text` is, or is a part of. */
	read(number: number, text: string): void {
		this.#line = number;
		for (let rest: string | null = text; rest !== null; ) rest = this.#readPiece(rest);
		if (this.#before - this.#eventAt > unitsMax * 2)
			throw new RangeError(`what begins before line ${number} does not end within ${unitsMax} letters`);
	}

	/** The file has ended. What has not is damaged. */
	end(): void {
		this.#tell(this.#beginning ?? this.#open, "the file ends in the middle of it");
	}

	/** Answers what is to be read again by a new parser, null where all is read. */
	#readPiece(text: string): string | null {
		try {
			this.#parser.write(text);
			this.#before += text.length;
			return null;
		} catch (fault) {
			if (!(fault instanceof Damage)) throw fault;
			return this.#giveUp(text, fault.message);
		}
	}

	#giveUp(text: string, damage: string): string | null {
		const lost = this.#beginning ?? this.#open;
		opening.lastIndex = lost ? Math.max(0, lost.at - this.#before) : this.#parser.position - this.#before;
		const next = opening.exec(text);
		this.#parser = this.#newParser();
		this.#before = 0;
		this.#eventAt = 0;
		this.#depth = 0;
		this.#tell(lost, damage);
		return next ? text.slice(next.index) : null;
	}

	/** An element is over, for good or for bad. */
	#tell(element: Place | OpenElement | null, damage: string | null): void {
		this.#beginning = null;
		this.#open = null;
		if (element) this.#onElement({ attributes: {}, text: "", ...element, damage });
	}

	#newParser(): SaxesParser {
		const parser = new SaxesParser({ fragment: true, position: true });
		parser.on("opentagstart", ({ name }) => this.#onTagBegins(name));
		parser.on("opentag", (tag) => this.#onTag(tag as SaxesTagPlain));
		parser.on("closetag", ({ name }) => this.#onClose(name));
		for (const event of ["text", "cdata"] as const) parser.on(event, (text) => this.#onText(text));
		for (const event of ["comment", "processinginstruction"] as const) parser.on(event, () => this.#onEvent());
		parser.on("doctype", () => {
			this.#hasDoctype = true;
			this.#onEvent();
		});
		parser.on("error", (fault) => this.#onFault(fault.message.replace(/^(?:\d+:\d+: )/, "").replace(/\.$/, "")));
		return parser;
	}

	#onEvent(): void {
		this.#eventAt = this.#parser.position;
	}

	#onTagBegins(name: string): void {
		this.#onEvent();
		if (++this.#depth > depthMax) throw new RangeError(`it nests deeper than ${depthMax} elements`);
		if (!names.has(name)) return;
		this.#tell(this.#open, "it is not closed before the next begins");
		this.#beginning = { name, number: this.#line, at: this.#parser.position };
	}

	#onTag(tag: SaxesTagPlain): void {
		this.#onEvent();
		if (!this.#beginning) return;
		this.#open = { ...this.#beginning, attributes: tag.attributes, depth: this.#depth, text: "", damage: null };
		this.#beginning = null;
	}

	#onText(text: string): void {
		this.#onEvent();
		if (!this.#open) return;
		if (this.#open.text.length + text.length > unitsMax) this.#open.damage = "it is longer than a danmaku may be";
		else this.#open.text += text;
	}

	#onClose(name: string): void {
		this.#onEvent();
		if (this.#open?.name === name && this.#open.depth === this.#depth) this.#tell(this.#open, this.#open.damage);
		this.#depth = Math.max(0, this.#depth - 1);
	}

	#onFault(words: string): void {
		if (!harmless.test(words))
			throw new Damage(words.startsWith("duplicate attribute") ? "an attribute stands twice in its tag" : `its tag is no XML: ${words}`);
		if (words === "undefined entity" && this.#hasDoctype && this.#open)
			this.#open.damage = "it refers to what the file itself defines, which is never filled in";
	}
}
