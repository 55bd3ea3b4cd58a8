/**
 * Where the service is, with a slash at the end: its modules lie in `assets/` below it, wherever a proxy has put that on a site. Every address of
 * the service that a page names starts here, and none with a slash alone.
 */
export const root = new URL("../", import.meta.url);

/** An address of the service from its path without a slash at the front: `addressOf("rooms/maths")`, for links. */
export function addressOf(path: string): string {
	return new URL(path, root).href;
}
