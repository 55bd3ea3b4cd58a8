import type { Named } from "./hosts.ts";
import { isOriginOf, parseHost, parseOrigin } from "./origin.ts";

/** What a request tells of the page it comes from, and by which names that page may have been served. */
export interface PageOfRequest {
	readonly headers: Headers;
	readonly named: Named;
	/** Whether the listener itself speaks TLS. */
	readonly isTls: boolean;
	/** Whether the request came through a proxy whose word is taken. */
	readonly isProxied: boolean;
}

/** A page of this server's own, or of an origin that the operator named. Programs send no origin (SPEC SEC-1). */
export function isAllowedOrigin(page: PageOfRequest, allowed: readonly string[]): boolean {
	const written = page.headers.get("origin");
	if (written === null) return true;
	const origin = parseOrigin(written);
	return isNamed(origin, allowed) || isOwn(origin, page);
}

/** Lets the page of an allowed origin read the answer (Fetch Standard, section 3.3). Never with credentials: there are no cookies. */
export function withCors(request: Request, response: Response, allowed: readonly string[]): Response {
	if (allowed.length === 0) return response;
	const origin = request.headers.get("origin");
	response.headers.append("vary", "Origin");
	if (origin === null || !isNamed(parseOrigin(origin), allowed)) return response;
	response.headers.set("access-control-allow-origin", origin);
	response.headers.set("access-control-expose-headers", "ETag, Retry-After");
	return response;
}

/** Answers the question a browser asks before it sends a request with a token or a JSON body. */
export function preflight(request: Request, allowed: readonly string[]): Response {
	const answer = withCors(request, new Response(null, { status: 204 }), allowed);
	answer.headers.set("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE");
	answer.headers.set("access-control-allow-headers", "Authorization, Content-Type, Last-Event-ID, If-None-Match");
	answer.headers.set("access-control-max-age", "600");
	return answer;
}

/** Why a page may not connect, for the problem and the log: where a proxy hides the name, it is the proxy that is to be set up. */
export function refusalWords(origin: string, { headers, named, isProxied }: PageOfRequest): string {
	const own = named.kind === "host" ? `${named.host.name}${named.host.port === null ? "" : `:${named.host.port}`}` : "no name";
	const forwarded =
		headers.has("x-forwarded-host") && !isProxied ? "; X-Forwarded-Host is read where HUBBUB_TRUSTED_PROXIES names the proxy" : "";
	return `Pages of ${origin} may not connect here. Name it in HUBBUB_ALLOWED_ORIGINS. Or, if it is this server's own address: the request was sent to ${own}, so a proxy does not hand on Host as the browser sent it${forwarded}.`;
}

function isNamed(origin: string | null, allowed: readonly string[]): boolean {
	return allowed.includes("*") || (origin !== null && allowed.includes(origin));
}

/**
 * The browser says so itself, in a header that no page can set, or the page's origin is the host that was asked: as `Host` has it, or as a
 * trusted proxy does that asks by another name.
 */
function isOwn(origin: string | null, { headers, named, isTls, isProxied }: PageOfRequest): boolean {
	if (origin === null) return false;
	if (headers.get("sec-fetch-site") === "same-origin") return true;
	if (named.kind === "host" && isOriginOf(origin, named.host, isTls && !isProxied ? ["https"] : undefined)) return true;
	const forwarded = isProxied ? (headers.get("x-forwarded-host") ?? "") : "";
	return forwarded.split(",").some((each) => {
		const host = parseHost(each.trim());
		return host !== null && isOriginOf(origin, host);
	});
}
