import type { Code } from "@hubbub/protocol/codes.ts";

/** Why the server refused something over HTTP. */
export interface Failure {
	readonly code: Code | "network";
	readonly message: string;
	readonly retryAfterMs?: number;
}

/** A failure that is the server's own word. */
export interface Problem extends Failure {
	readonly code: Code;
}

/** Reads RFC 9457 problem details; null for anything without a code of ours, such as the page of some proxy. */
export function readProblem(text: string): Problem | null {
	const { code, title, detail, retryAfterMs } = (parse(text) ?? {}) as Record<string, unknown>;
	if (typeof code !== "string") return null;
	return {
		code: code as Code,
		message: String(detail ?? title ?? code),
		retryAfterMs: typeof retryAfterMs === "number" ? retryAfterMs : undefined,
	};
}

/** Whatever JSON says; null where it is none. */
export function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
