import { problem } from "@hubbub/protocol/problem.ts";
import type { Answer } from "../host/answer.ts";
import { serverLimits } from "../runtime/limits.ts";
import { headerCredential } from "../session/credential.ts";
import { HeldPolls } from "../session/held-poll.ts";
import type { SessionServices } from "../session/session.ts";
import { chooseEncoding, hasTag, wantsEventStream } from "./accept.ts";
import { eventStreamHeaders, openEventStream, type Refusal, refuseReader } from "./event-stream.ts";

/** One request for a room's events, however they are wanted. */
export interface EventsRequest {
	readonly room: string;
	readonly query: URLSearchParams;
	readonly headers: Headers;
	/** Whether only the head of the answer is wanted. */
	readonly isHead: boolean;
	readonly address: string;
	readonly signal: AbortSignal;
	/** Has the listener end this request, and its connection, when nothing passes for that many seconds; 0 is never. */
	readonly limitQuiet: (seconds: number) => void;
}

/**
 * `GET /rooms/{room}/events`: server-sent events where they are accepted, a long poll with `wait`, else a short poll; all on the
 * cursor of the WebSocket (SPEC SSE-1, POLL-1 to POLL-5).
 */
export function createRoomEvents(services: SessionServices, signs: StreamSigns): (request: EventsRequest) => Promise<Response> {
	const polls = new HeldPolls(services.clock, services.table);
	const { clock } = services;

	return async function answer(request) {
		const { room, query, headers, address } = request;
		const after = query.get("after") ?? undefined;
		const credential = headerCredential(headers.get("authorization"));
		const view = query.get("view") === "top" ? "top" : "all";
		const isStream = isStreamAsked(request);
		const waitMs = waitOf(query.get("wait"));
		if (waitMs === null && !isStream) return problem("bad_frame", "`wait` must be a number of seconds, 0 or more.");
		// A stream is somebody with a hello of their own; a poll, and a look at a head, is whoever asks from there.
		const { authenticator, admission, random } = services;
		const arrived = isStream
			? await authenticator.welcome(credential, { name: undefined, address })
			: await authenticator.recognise(credential, address);
		const entered = arrived.ok ? await admission.enter(room, arrived.principal, address) : arrived;
		if (!arrived.ok || !entered.ok) return refuseReader(entered as Refusal, { isStream, room, random });
		if (isStream) {
			const { signal, limitQuiet } = request;
			// A stream that comes back brings the later cursor in the header. A poll's is in its address alone, which is what caches go by.
			const latest = headers.get("last-event-id") ?? after;
			return openEventStream({ room, view, address, arrived, after: latest, signal, limitQuiet, onLeft: signs.streamLeft }, services);
		}
		if (wantsEventStream(headers.get("accept"))) return new Response(null, { headers: eventStreamHeaders });
		const { host } = entered;
		try {
			if (!waitMs || request.isHead) {
				const found = await polls.glance(host, view, after);
				return polled(found, headers, host.settings.guests ? "public, max-age=1, stale-while-revalidate=1" : "private, no-store");
			}
			request.limitQuiet(0);
			const who = { address, actor: entered.actor, signal: request.signal };
			const sinceMs = clock.monotonicMs();
			const held = await polls.hold(host, view, after, { waitMs, ...who });
			if (request.signal.aborted) signs.pollCut(clock.monotonicMs() - sinceMs);
			request.limitQuiet(serverLimits.quietSeconds);
			return held === "draining" ? problem("draining", undefined, serverLimits.reconnectSpreadMs) : polled(held, headers, "no-store");
		} catch {
			return problem("unavailable", "The room's history cannot be read now.", serverLimits.retrySoonMs);
		}
	};
}

/** Who hears how long it was before somebody left, in milliseconds. */
export interface StreamSigns {
	readonly streamLeft: (ageMs: number) => void;
	readonly pollCut: (heldMs: number) => void;
}

/** Whether a stream is to be opened: asked for, and not only for how it would begin. */
export function isStreamAsked({ headers, isHead }: Pick<EventsRequest, "headers" | "isHead">): boolean {
	return !isHead && wantsEventStream(headers.get("accept"));
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

const gzipped = new WeakMap<Answer, Uint8Array<ArrayBuffer>>();

/** An answer with a strong validator (RFC 9110 section 8.8.3); `304` to who has it, compressed once for all who take gzip. */
function polled(answer: Answer, headers: Headers, cacheControl: string): Response {
	const isLong = answer.json.length >= serverLimits.gzipUnitsMin;
	const wantsGzip = isLong && chooseEncoding(headers.get("accept-encoding"), ["gzip"]) === "gzip";
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
