import type { Code } from "@hubbub/protocol/wire/codes.ts";
import type { Environment } from "../environment.ts";

export interface Request {
	/** POSTs it as JSON; without it, GETs. */
	readonly body?: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** Bears no token, so that any cache may answer. */
	readonly anonymous?: boolean;
	readonly deadlineMs: number;
}

export interface Answer {
	readonly status: number;
	readonly text: string;
	readonly etag: string | null;
}

/** Makes the HTTP requests of one link, with its token. */
export class HttpClient {
	readonly #environment: Environment;
	readonly #base: string;
	/** Borne by every request that is not anonymous. */
	token: string | null = null;

	/** `base` is put before every path. */
	constructor(environment: Environment, base: string) {
		this.#environment = environment;
		this.#base = base;
	}

	/** Asks and reads the whole answer; null where none came in time, the connection broke, or `life` ended. */
	async ask(path: string, request: Request, life: AbortSignal): Promise<Answer | null> {
		const abort = new AbortController();
		const end = () => abort.abort();
		const timer = this.#environment.setTimeout(end, request.deadlineMs);
		life.addEventListener("abort", end);
		try {
			const response = await this.open(path, request, abort.signal);
			return { status: response.status, text: await response.text(), etag: response.headers.get("etag") };
		} catch {
			return null;
		} finally {
			this.#environment.clearTimeout(timer);
			life.removeEventListener("abort", end);
		}
	}

	/** Asks; the answer's body is still to come. Rejects where the connection breaks. */
	open(path: string, { body, headers, anonymous }: Omit<Request, "deadlineMs">, signal: AbortSignal): Promise<Response> {
		return this.#environment.fetch(this.#base + path, {
			method: body === undefined ? "GET" : "POST",
			headers: {
				...(body !== undefined && { "Content-Type": "application/json" }),
				...(this.token !== null && !anonymous && { Authorization: `Bearer ${this.token}` }),
				...headers,
			},
			body,
			signal,
		});
	}
}

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
