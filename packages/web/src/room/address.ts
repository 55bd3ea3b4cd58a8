/** What the page's address asks for. */
export interface Address {
	/** The room of `/rooms/{room}`; the lobby at `/`. */
	readonly room: string;
	/** `?embed=`: what is shown inside another page; `page` is the room's own page. */
	readonly frame: "page" | "chat" | "stage" | "both";
}

/** Reads an address. Whatever is not understood falls back to the room's own page; the server judges the room's id. */
export function readAddress(url: URL): Address {
	const embed = url.searchParams.get("embed");
	return {
		room: /^\/rooms\/([^/]+)\/?$/.exec(url.pathname)?.[1] ?? "lobby",
		frame: embed === "chat" || embed === "stage" || embed === "both" ? embed : "page",
	};
}
