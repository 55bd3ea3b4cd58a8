/** An http(s) address with a host that may be one: a name, or an IPv6 address in brackets. */
const absolute = /^https?:\/\/(?:[^/?#\\@]*@)?(?:\[[0-9a-f:.]+\]|[^/?#\\@:[\]<>^|%]+)(?::\d{1,5})?(?:[/?#].*)?$/i;

/**
 * Whether a text may be the address of a room's stream: an http(s) address, or a path of the page's own server. What browsers would take
 * for another host's address is no path: `//host/x`, `/\host/x`, and either with white space in it, which they leave out.
 */
export function isStreamAddress(text: string): boolean {
	if (/[\s\p{Cc}]/u.test(text)) return false;
	return text.startsWith("/") ? !text.startsWith("//") && !text.includes("\\") : absolute.test(text);
}
