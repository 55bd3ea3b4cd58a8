/**
 * Where the service stands on its site. A proxy that serves it below a path (`https://example.com/chat/`) either takes the path off
 * before it passes a request on, or leaves it there, and then `HUBBUB_BASE_PATH` says so (SPEC PATH-1). Paths have no slash at their end here: the root is "".
 */

/** A path of this server's own from one as it was asked for. What does not begin with the base is taken as it is: probes of this machine go past the proxy. */
export function withoutBase(path: string, base: string): string {
	if (path === base) return "/";
	return base !== "" && path.startsWith(`${base}/`) ? path.slice(base.length) : path;
}

/** How many folders below the service's root an address lies: what a page there puts before the names of its files, so often `../`. */
export function depthOf(path: string): number {
	return path.split("/").length - 2;
}

/** What only this server has addresses like, at the end of a path; or nothing, where somebody opens the root. */
const own =
	/^((?:\/[^/]+)+?)\/(rooms\/[^/]+(?:\/(?:events|messages))?\/?|assets\/[^/]+|sdk\.js|ws|frames|setup|lab|api\/v1\/.*|openapi\.json|)$/;

/**
 * The path that a proxy seems to have left before one of ours; null where nothing looks like it. `isSure` where it ends in an address that
 * nobody but a client of ours asks for.
 */
export function suspectBase(path: string): { readonly base: string; readonly isSure: boolean } | null {
	const [, base, rest] = own.exec(path) ?? [];
	return base === undefined ? null : { base, isSure: rest !== "" };
}
