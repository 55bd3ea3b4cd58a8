import type { Problem } from "./downstream.ts";
import { type Code, codes } from "./wire/codes.ts";

/**
 * An error over HTTP: RFC 9457 `application/problem+json` with the table's code, and `Retry-After` in whole seconds where there is a time
 * (SPEC CODE-2).
 */
export function problem(code: Code, detail?: string, retryAfterMs?: number): Response {
	const { http, message } = codes[code];
	const body: Problem = {
		type: `urn:hubbub:problem:${code}`,
		title: message,
		status: http,
		code,
		...(detail !== undefined && { detail }),
		...(retryAfterMs !== undefined && { retryAfterMs }),
	};
	return new Response(JSON.stringify(body), {
		status: http,
		headers: {
			"content-type": "application/problem+json",
			"cache-control": "no-store",
			"x-content-type-options": "nosniff",
			// Which way to sign in there is: due with every 401 (RFC 9110 section 15.5.2).
			...(http === 401 && { "www-authenticate": "Bearer" }),
			...(retryAfterMs !== undefined && { "retry-after": String(Math.ceil(retryAfterMs / 1_000)) }),
		},
	});
}
