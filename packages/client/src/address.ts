/** Where a server is, read from any of its addresses. */
export interface Address {
	/** The endpoint for any rooms over one WebSocket, for example `wss://chat.example.com/ws`. */
	readonly socketUrl: string;
	/** What paths of the HTTP API are put behind, without a slash at the end. */
	readonly httpBase: string;
	/** Host, port and the path of the service; names what is stored, since one site may have several services. */
	readonly place: string;
	/** The room that the address names: `lobby` for the root, null for `/ws`, which is for any rooms. */
	readonly room: string | null;
}

/**
 * Reads a server's address: `http(s)` or `ws(s)`, absolute or relative to the page, of its root, of one of its rooms or of `/ws`;
 * a server below a path of another site (`https://example.com/chat/`) works too.
 *
 * Throws a `SyntaxError` DOMException where the browser's `WebSocket` would: no address, another scheme, a fragment.
 */
export function parseAddress(address: string | URL): Address {
	const url = parseUrl(address);
	const secure = url.protocol === "https:" || url.protocol === "wss:";
	const match = /^(.*?)(?:\/rooms\/([^/]+)|(\/ws))?\/?$/.exec(url.pathname);
	const authority = `${url.host}${match?.[1] ?? ""}`;
	return {
		socketUrl: `${secure ? "wss" : "ws"}://${authority}/ws`,
		httpBase: `${secure ? "https" : "http"}://${authority}`,
		place: authority,
		room: match?.[3] ? null : (match?.[2] ?? "lobby"),
	};
}

/** The address as `WebSocket.url` shows it: absolute, and of scheme `ws` or `wss`. Throws like `parseAddress`. */
export function socketHref(address: string | URL): string {
	return parseUrl(address).href.replace(/^http/, "ws");
}

function parseUrl(given: unknown): URL {
	const address = String(given);
	const base = globalThis.location?.href;
	// As text, null or a plain object would be a path below the page's own address.
	const isAddress = typeof given === "string" || (given as URL | null)?.href !== undefined;
	const url = isAddress && URL.canParse(address, base) ? new URL(address, base) : null;
	if (!url || !/^(https?|wss?):$/.test(url.protocol) || url.hash)
		throw new DOMException(`'${address}' is no server's address.`, "SyntaxError");
	return url;
}
