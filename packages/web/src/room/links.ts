import { tokenize } from "linkifyjs";

/** A text cut into plain pieces and links. Joined in order, the `text`s are the whole text again. */
export type Piece =
	| { readonly kind: "text"; readonly text: string }
	| { readonly kind: "link"; readonly text: string; readonly href: string };

/** Finds links: only what was written with `http://`, `https://` or `www.`, so that `readme.md` stays a file. */
export function linkPieces(text: string): Piece[] {
	const pieces: Piece[] = [];
	for (const token of tokenize(text)) {
		const value = token.v;
		// Punctuation of a Chinese or Japanese sentence ends an address, though it may legally stand in one.
		const end = value.search(/[，。！？；：、（）《》「」『』【】…\u3000]/);
		const address = token.t === "url" ? (end < 0 ? value : value.slice(0, end)) : "";
		const href = safeHref(address);
		if (href === null) {
			add(pieces, value);
			continue;
		}
		pieces.push({ kind: "link", text: address, href });
		add(pieces, value.slice(address.length));
	}
	return pieces;
}

function add(pieces: Piece[], text: string): void {
	const last = pieces.at(-1);
	if (text === "") return;
	if (last?.kind === "text") pieces[pieces.length - 1] = { kind: "text", text: last.text + text };
	else pieces.push({ kind: "text", text });
}

/** The address to follow, or null for anything but plain http(s). A name before an `@` is there to deceive. */
function safeHref(address: string): string | null {
	if (!/^(https?:\/\/|www\.)/i.test(address)) return null;
	const url = URL.parse(/^www\./i.test(address) ? `https://${address}` : address);
	if (!url || (url.protocol !== "https:" && url.protocol !== "http:") || url.username !== "" || url.password !== "") return null;
	return url.href;
}
