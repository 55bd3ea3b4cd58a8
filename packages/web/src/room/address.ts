import { root } from "../root.ts";

/** What the page's address asks for. */
export interface Address {
	/** The room of `rooms/{room}` below the service's root; the lobby at the root itself. */
	readonly room: string;
	/** `?embed=`: what is shown inside another page; `page` is the room's own page. */
	readonly frame: "page" | "chat" | "stage" | "both";
}

/** Reads an address below `rootPath`. Whatever is not understood falls back to the room's own page; the server judges the room's id. */
export function readAddress(url: URL, rootPath = root.pathname): Address {
	const embed = url.searchParams.get("embed");
	return {
		room: /^rooms\/([^/]+)\/?$/.exec(url.pathname.slice(rootPath.length))?.[1] ?? "lobby",
		frame: embed === "chat" || embed === "stage" || embed === "both" ? embed : "page",
	};
}
