/** Same origin, or one that the operator named. Programs send none (SPEC SEC-1). */
export function isAllowedOrigin(request: Request, allowed: readonly string[]): boolean {
	const origin = request.headers.get("origin");
	if (origin === null) return true;
	return isNamed(origin, allowed) || isOwn(origin, request);
}

/** Lets the page of an allowed origin read the answer (Fetch Standard, section 3.3). Never with credentials: there are no cookies. */
export function withCors(request: Request, response: Response, allowed: readonly string[]): Response {
	if (allowed.length === 0) return response;
	const origin = request.headers.get("origin");
	response.headers.append("vary", "Origin");
	if (origin === null || !isNamed(origin, allowed)) return response;
	response.headers.set("access-control-allow-origin", origin);
	response.headers.set("access-control-expose-headers", "ETag, Retry-After");
	return response;
}

/** Answers the question a browser asks before it sends a request with a token or a JSON body. */
export function preflight(request: Request, allowed: readonly string[]): Response {
	const answer = withCors(request, new Response(null, { status: 204 }), allowed);
	answer.headers.set("access-control-allow-methods", "GET, POST, PUT, DELETE");
	answer.headers.set("access-control-allow-headers", "Authorization, Content-Type, Last-Event-ID, If-None-Match");
	answer.headers.set("access-control-max-age", "600");
	return answer;
}

function isNamed(origin: string, allowed: readonly string[]): boolean {
	return allowed.includes("*") || allowed.includes(origin);
}

function isOwn(origin: string, request: Request): boolean {
	const host = request.headers.get("host");
	return host !== null && (origin === `http://${host}` || origin === `https://${host}`);
}
