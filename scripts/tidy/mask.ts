/**
 * Blanks out what is not code: comments, the insides of strings, template texts and regular expressions become spaces. Quotes and
 * line ends stay, so that every index and line number is that of the original.
 *
 * It is a scanner, not a parser: where it takes a division for a regular expression or the other way round, the mistake ends with the line.
 *
 * @example maskSource('a("Date.now") // now') // 'a("        ")       '
 */
export function maskSource(text: string): string {
	const spans: [start: number, end: number][] = [];
	// One entry for each `${` we are inside of: how many braces are open in it.
	const templates: number[] = [];
	let index = 0;
	while (index < text.length) {
		const end = skipToken(text, index, templates);
		if (end.blank) spans.push([end.blank.from, end.blank.to]);
		index = end.next;
	}
	return blank(text, spans);
}

interface Skipped {
	/** Where scanning goes on. */
	readonly next: number;
	/** What is to be blanked out, if anything. */
	readonly blank?: { readonly from: number; readonly to: number };
}

function skipToken(text: string, index: number, templates: number[]): Skipped {
	const unit = text[index];
	if (unit === "/") return skipSlash(text, index);
	if (unit === '"' || unit === "'") {
		const end = endOfQuoted(text, index + 1, unit);
		return { next: end + 1, blank: { from: index + 1, to: end } };
	}
	if (unit === "`") return skipTemplate(text, index + 1, templates);
	const depth = templates.at(-1);
	if (depth === undefined) return { next: index + 1 };
	if (unit === "{") templates[templates.length - 1] = depth + 1;
	if (unit === "}" && depth > 0) templates[templates.length - 1] = depth - 1;
	if (unit === "}" && depth === 0) {
		templates.pop();
		return skipTemplate(text, index + 1, templates);
	}
	return { next: index + 1 };
}

function skipSlash(text: string, index: number): Skipped {
	if (text[index + 1] === "/") {
		const end = indexOrEnd(text, "\n", index);
		return { next: end, blank: { from: index, to: end } };
	}
	if (text[index + 1] === "*") {
		const end = Math.min(text.length, indexOrEnd(text, "*/", index + 2) + 2);
		return { next: end, blank: { from: index, to: end } };
	}
	const end = startsExpression(text, index) ? endOfRegExp(text, index + 1) : -1;
	return end === -1 ? { next: index + 1 } : { next: end + 1, blank: { from: index + 1, to: end } };
}

/** Skips the text of a template up to its end or its next `${`. */
function skipTemplate(text: string, from: number, templates: number[]): Skipped {
	for (let index = from; index < text.length; index++) {
		if (text[index] === "\\") index++;
		else if (text[index] === "`") return { next: index + 1, blank: { from, to: index } };
		else if (text[index] === "$" && text[index + 1] === "{") {
			templates.push(0);
			return { next: index + 2, blank: { from, to: index } };
		}
	}
	return { next: text.length, blank: { from, to: text.length } };
}

/** Whether a slash here begins a regular expression: it does where a value cannot have ended just before. */
function startsExpression(text: string, index: number): boolean {
	const before = text.slice(Math.max(0, index - 40), index).trimEnd();
	const last = before.at(-1);
	if (last === undefined || !/[\w$)\]}"'`]/.test(last)) return true;
	return /(?:^|[^\w$.])(?:return|typeof|case|in|of|delete|void|throw|else|do|await|yield|instanceof)$/.test(before);
}

/** Index of the closing slash, -1 where the line ends first. */
function endOfRegExp(text: string, from: number): number {
	let inClass = false;
	for (let index = from; index < text.length; index++) {
		const unit = text[index];
		if (unit === "\n") return -1;
		if (unit === "\\") index++;
		else if (unit === "[") inClass = true;
		else if (unit === "]") inClass = false;
		else if (unit === "/" && !inClass) return index;
	}
	return -1;
}

function endOfQuoted(text: string, from: number, quote: string): number {
	for (let index = from; index < text.length; index++) {
		if (text[index] === "\\") index++;
		else if (text[index] === quote || text[index] === "\n") return index;
	}
	return text.length;
}

function indexOrEnd(text: string, what: string, from: number): number {
	const index = text.indexOf(what, from);
	return index === -1 ? text.length : index;
}

function blank(text: string, spans: readonly [number, number][]): string {
	let result = "";
	let done = 0;
	for (const [from, to] of spans) {
		result += text.slice(done, from) + text.slice(from, to).replace(/[^\n]/g, " ");
		done = to;
	}
	return result + text.slice(done);
}
