import { problem } from "@hubbub/protocol/problem.ts";
import type { Answer } from "../host/answer.ts";
import { serverLimits } from "../runtime/limits.ts";
import { bearerToken } from "../session/authenticate.ts";
import { HeldPolls } from "../session/held-poll.ts";
import type { SessionServices } from "../session/session.ts";
import { openEventStream } from "./event-stream.ts";

/** One request for a room's events, however they are wanted. */
export interface EventsRequest {
	readonly room: string;
	readonly query: URLSearchParams;
	readonly headers: Headers;
	readonly address: string;
	readonly signal: AbortSignal;
	/** Has the listener end this request, and its connection, when nothing passes for that many seconds; 0 is never. */
	readonly limitQuiet: (seconds: number) => void;
}

/**
 * `GET /rooms/{room}/events`: server-sent events where they are accepted, a long poll with `wait`, else a short poll; all on the
 * cursor of the WebSocket (SPEC SSE-1, POLL-1 to POLL-5).
 */
export function createRoomEvents(services: SessionServices): (request: EventsRequest) => Promise<Response> {
	const polls = new HeldPolls(services.clock, services.table);

	return async function answer(request) {
		const { room, query, headers, address } = request;
		const after = query.get("after") ?? undefined;
		const token = bearerToken(headers.get("authorization"));
		const view = query.get("view") === "top" ? "top" : "all";
		if (headers.get("accept")?.includes("text/event-stream")) {
			const { signal, limitQuiet } = request;
			// A stream that comes back brings the later cursor in the header. A poll's is in its address alone, which is what caches go by.
			const latest = headers.get("last-event-id") ?? after;
			return openEventStream({ room, view, address, token, after: latest, signal, limitQuiet }, services);
		}
		const waitMs = waitOf(query.get("wait"));
		if (waitMs === null) return problem("bad_frame", "`wait` must be a number of seconds, 0 or more.");
		const authenticated = token === undefined ? null : await services.authenticator.authenticate(token, undefined);
		if (authenticated && !authenticated.ok) return problem("unauthorized", authenticated.detail);
		const principal = authenticated?.principal ?? services.authenticator.guestAt(address);
		const entered = await services.entrance.enter(room, principal, address);
		if (!entered.ok) return problem(entered.code, entered.detail, entered.retryAfterMs);
		const { host } = entered;
		try {
			if (waitMs === 0) {
				const found = await polls.glance(host, view, after);
				return polled(found, headers, host.settings.guests ? "public, max-age=1, stale-while-revalidate=1" : "private, no-store");
			}
			request.limitQuiet(0);
			const held = await polls.hold(host, view, after, { waitMs, address, isGuest: principal.kind === "guest", signal: request.signal });
			request.limitQuiet(serverLimits.quietSeconds);
			return held === "draining" ? problem("draining", undefined, serverLimits.reconnectSpreadMs) : polled(held, headers, "no-store");
		} catch {
			return problem("unavailable", "The room's history cannot be read now.", 1_000);
		}
	};
}

/** `wait` in milliseconds, at most 25 s; null where it is no number of seconds. Absent is 0. */
function waitOf(wait: string | null): number | null {
	if (wait === null) return 0;
	if (!/^\d+(\.\d+)?$/.test(wait)) return null;
	return Math.min(Number(wait) * 1_000, serverLimits.pollWaitMsMax);
}

const hashes = new WeakMap<Answer, string>();

function etagOf(answer: Answer): string {
	let hash = hashes.get(answer);
	if (hash === undefined) {
		hash = Bun.hash(answer.json).toString(36);
		hashes.set(answer, hash);
	}
	return hash;
}

/** Weak comparison, as RFC 9110 section 13.1.2 has it: caches weaken tags. */
function hasTag(header: string | null, etag: string): boolean {
	return (header ?? "").split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}

const gzipped = new WeakMap<Answer, Uint8Array<ArrayBuffer>>();

/** An answer with a strong validator (RFC 9110 section 8.8.3); `304` to who has it, compressed once for all who take gzip. */
function polled(answer: Answer, headers: Headers, cacheControl: string): Response {
	const wantsGzip = answer.json.length >= serverLimits.gzipUnitsMin && /\bgzip\b/.test(headers.get("accept-encoding") ?? "");
	const etag = `"${etagOf(answer)}${wantsGzip ? "-gz" : ""}"`;
	const common = { "cache-control": cacheControl, etag, vary: "Accept-Encoding, Accept", "x-content-type-options": "nosniff" };
	if (hasTag(headers.get("if-none-match"), etag)) return new Response(null, { status: 304, headers: common });
	const type = { ...common, "content-type": "application/json" };
	if (!wantsGzip) return new Response(answer.json, { headers: type });
	let body = gzipped.get(answer);
	if (!body) {
		body = Bun.gzipSync(answer.json);
		gzipped.set(answer, body);
	}
	return new Response(body, { headers: { ...type, "content-encoding": "gzip" } });
}
