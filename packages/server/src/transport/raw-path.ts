import type { BunRequest, Server } from "bun";

/** The parts of a path as they were sent, decoded once; null where the path is not of the form `/one/two`. */
export type RawSegments = readonly string[] | null;

type Answer<Data> = (request: Request, server: Server<Data>, segments: RawSegments) => Promise<Response | undefined>;
type Routed<Data> = (request: BunRequest, server: Server<Data>) => Promise<Response | undefined>;

/** No address of ours has as many parts. */
const depthMax = 12;

/**
 * The listener hands over addresses in which dot segments are resolved already (RFC 3986 section 5.2.4), and a proxy in front may have
 * compared what was sent. Its own router alone sees that: so a route for each depth tells `answer` the parts.
 */
export function everyDepth<Data>(answer: Answer<Data>): { routes: Record<string, Routed<Data>>; fetch: Routed<Data> } {
	const routed: Routed<Data> = (request, server) => answer(request, server, Object.values(request.params));
	const routes: Record<string, Routed<Data>> = { "/": routed };
	for (let depth = 1, path = ""; depth <= depthMax; depth++) {
		path += `/:part${depth}`;
		routes[path] = routed;
		routes[`${path}/`] = routed;
	}
	return { routes, fetch: (request, server) => answer(request, server, null) };
}

/**
 * Whether a path is written as our addresses are: without dot segments, encoded however often, and without the encoding of what needs none.
 * Everybody in front of us then reads it as we do (SPEC HTTP-2).
 */
export function isPlainPath(segments: RawSegments, path: string): boolean {
	return segments !== null && !segments.some(isDots) && !needlesslyEncoded.test(path);
}

/** Letters, digits and `-._~`, which RFC 3986 section 2.3 calls unreserved. */
const needlesslyEncoded = /%(?:2[de]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5f|7e)/i;

/** `.` or `..`, also by the backslash that URLs take for a slash, and behind as many encodings as anybody would undo. */
function isDots(segment: string): boolean {
	if (!/[.%]/.test(segment)) return false;
	let text = segment;
	for (let round = 0; round < 4; round++) {
		if (text.split("\\").some((part) => part === "." || part === "..")) return true;
		text = text.replace(/%25/g, "%").replace(/%2e/gi, ".").replace(/%5c/gi, "\\");
	}
	return false;
}
