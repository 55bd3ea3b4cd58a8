/** A text cut into plain pieces and links. Joined in order, the `text`s are the whole text again. */
export type Piece =
	| { readonly kind: "text"; readonly text: string }
	| { readonly kind: "link"; readonly text: string; readonly href: string };

/**
 * Finds links: only what was written with `http://`, `https://` or `www.`, so that `readme.md` stays a file. Each letter is looked at a
 * few times at most, however many beginnings of addresses a text holds: whoever reads along has no time for one that was made to be slow.
 *
 * @example linkPieces("看https://a.example/1，再看https://b.example/2") // text, link, text, link
 */
export function linkPieces(text: string): Piece[] {
	const pieces: Piece[] = [];
	let through = 0;
	beginning.lastIndex = 0;
	for (let found = beginning.exec(text); found; found = beginning.exec(text)) {
		const isFree = found.index === through || !joining.test(text.charAt(found.index - 1));
		const address = isFree ? addressAt(text, found.index) : "";
		const href = safeHref(address);
		if (href !== null) {
			if (found.index > through) pieces.push({ kind: "text", text: text.slice(through, found.index) });
			pieces.push({ kind: "link", text: address, href });
			through = found.index + address.length;
		}
		// What is no link is not looked at again: what it holds would be none either, or there to deceive.
		beginning.lastIndex = found.index + Math.max(address.length, found[0].length);
	}
	if (through < text.length) pieces.push({ kind: "text", text: text.slice(through) });
	return pieces;
}

/** Where an address may begin: not in the middle of a word, of another address or of another scheme (`git+https:`), but behind another link. */
const beginning = /https?:\/\/|www\./gi;
const joining = /[a-z0-9+.\-@_/]/i;

/**
 * What may stand in an address: all but spaces, controls, signs that no address holds unescaped, punctuation of other scripts than ASCII's
 * (but hyphens and the dot of katakana names), and emoji. Browsers escape all of these in an address that is copied.
 */
const addressSigns = /(?:[!#$%&'()*+,\-./:;=?@[\]_~0-9A-Za-z‐-–・·]|(?!\p{Extended_Pictographic})[^\0-\x7f\p{P}\p{Z}\p{C}～])*/uy;

function addressAt(text: string, start: number): string {
	addressSigns.lastIndex = start;
	const whole = addressSigns.exec(text)?.[0] ?? "";
	const before = text.charAt(start - 1);
	return withoutTail(beforeCloser(hostEnd(beforeNext(whole)), before));
}

/** An address behind another without a space is one of its own, unless the first one carries it: `/https://…`, `?to=https://…`. */
function beforeNext(address: string): string {
	const next = /[^/:=?&#%+@.-](?=https?:\/\/)/iu.exec(address.slice(1));
	return next ? address.slice(0, 1 + next.index + next[0].length) : address;
}

/** A host's last label is of one script: where Chinese goes on behind `a.example` without a space, the host has ended. */
function hostEnd(address: string): string {
	const [host = ""] = /^(?:https?:\/\/)?[^/?#:]*/i.exec(address) ?? [];
	if (/[/?#:]/.test(address.charAt(host.length))) return address;
	const end = /^(.*\.[a-z]{2,})[^\0-\x7f]+$/i.exec(host);
	return end ? (end[1] as string) : address;
}

/** An address ends before a bracket that it did not open, and in quotation marks before their end. */
function beforeCloser(address: string, before: string): string {
	if (before === "'") return address.split("'", 1)[0] as string;
	const open: string[] = [];
	for (let at = 0; at < address.length; at++) {
		const sign = address.charAt(at);
		if (sign === "(" || sign === "[") open.push(sign);
		else if ((sign === ")" || sign === "]") && open.pop() !== (sign === ")" ? "(" : "[")) return address.slice(0, at);
	}
	return address;
}

/** Punctuation at the end is the sentence's, and so is a bracket that is opened there. */
function withoutTail(address: string): string {
	let end = address.length;
	while (end > 0 && "!'*,.:;?([".includes(address.charAt(end - 1))) end--;
	return address.slice(0, end);
}

/** The address to follow, or null for anything but plain http(s). A name before an `@` is there to deceive. */
function safeHref(address: string): string | null {
	const url = URL.parse(/^www\./i.test(address) ? `https://${address}` : address);
	if (!url || (url.protocol !== "https:" && url.protocol !== "http:") || url.username !== "" || url.password !== "") return null;
	// A word alone is no host on the web, but for one's own machine; `www.` alone is neither.
	return /\.|^localhost$|^\[/.test(url.hostname.replace(/^www\.$|\.$/, "")) ? url.href : null;
}
