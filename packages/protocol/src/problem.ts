import { type Code, codes } from "./codes.ts";
import type { Problem } from "./downstream.ts";

/** An error over HTTP: RFC 9457 `application/problem+json` with the table's code, and `Retry-After` in whole seconds where there is a time (SPEC CODE-2). */
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
			...(retryAfterMs !== undefined && { "retry-after": String(Math.ceil(retryAfterMs / 1_000)) }),
		},
	});
}
