import { SUBPROTOCOL_V1 } from "@hubbub/protocol/wire/version.ts";
import { browserClock } from "../clock.ts";
import { addressOf } from "../root.ts";
import type { CheckId, CheckState } from "./api.ts";

/** What was found on the way between this page and the server. */
export interface Passage {
	/** What could not be told is left out. */
	readonly found: Partial<Record<CheckId, CheckState>>;
	/** The proxy in between, where it gives its name. */
	readonly proxy: string | null;
}

export const untried: Passage = { found: {}, proxy: null };

/** Viewers' pages give up as soon. */
const openWithinMs = 8_000;
const beginWithinMs = 4_000;
/** The server is heard from at least every 25 s; a stream that was quiet nearly as long was let be. */
const followedMs = 28_000;
const letBeMs = 20_000;
/** What ends sooner did so for another reason than that it was quiet. */
const cutMsMin = 1_000;

/**
 * Tries from here what viewers' pages need: a WebSocket, and an event stream of `room`, which has to be there, that begins and may be quiet (SPEC OPS-11). Calls `changed`
 * with all that is known at each finding; the last comes after half a minute. Returns how to stop.
 */
export function tryPassage(room: string | null, key: string, changed: (passage: Passage) => void): () => void {
	const stop = new AbortController();
	let passage = untried;
	const become = (next: Passage) => {
		if (stop.signal.aborted) return;
		passage = next;
		changed(passage);
	};
	const tell: Tell = (found) => become({ ...passage, found: { ...passage.found, ...found } });
	void nameOfProxy(stop.signal).then((proxy) => become({ ...passage, proxy }));
	void opensWebSocket().then((opens) => tell({ websocket: opens ? "settled" : "open" }));
	if (room !== null) void followStream(room, key, stop.signal, tell);
	return () => stop.abort();
}

type Tell = (found: Passage["found"]) => void;

async function nameOfProxy(signal: AbortSignal): Promise<string | null> {
	try {
		const { headers } = await fetch(addressOf("healthz"), { method: "HEAD", signal });
		const said = `${headers.get("via")} ${headers.get("server")}`;
		return ["Varnish", "nginx", "Caddy", "Apache"].find((name) => new RegExp(name, "i").test(said)) ?? null;
	} catch {
		return null;
	}
}

function opensWebSocket(): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = new WebSocket(addressOf("ws").replace(/^http/, "ws"), SUBPROTOCOL_V1);
		const end = (opens: boolean) => {
			cancel();
			resolve(opens);
			socket.close();
		};
		const cancel = browserClock.after(openWithinMs, () => end(false));
		socket.onopen = () => end(true);
		socket.onclose = () => end(false);
	});
}

async function followStream(room: string, key: string, stopped: AbortSignal, tell: Tell): Promise<void> {
	const enough = new AbortController();
	stopped.addEventListener("abort", () => enough.abort());
	let lastMs: number | null = null;
	let quietMs = 0;
	let isToldWhy = false;
	const cancelBegin = browserClock.after(beginWithinMs, () => {
		if (lastMs === null) tell({ streams: "open" });
		if (lastMs === null) enough.abort();
	});
	const cancelFollow = browserClock.after(followedMs, () => enough.abort());
	try {
		const headers = { accept: "text/event-stream", authorization: `Bearer ${key}` };
		const response = await fetch(addressOf(`rooms/${room}/events`), { headers, signal: enough.signal });
		isToldWhy = !response.ok;
		const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
		for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
			if (lastMs === null) tell({ streams: "settled" });
			quietMs = Math.max(quietMs, lastMs === null ? 0 : browserClock.monotonic() - lastMs);
			lastMs = browserClock.monotonic();
			isToldWhy ||= part.value.includes('"type":"bye"');
		}
	} catch {
		// Cut, or enough was seen.
	}
	cancelBegin();
	cancelFollow();
	if (lastMs === null || isToldWhy) return;
	quietMs = Math.max(quietMs, browserClock.monotonic() - lastMs);
	if (quietMs >= letBeMs) tell({ quiet: "settled" });
	else if (!enough.signal.aborted && browserClock.monotonic() - lastMs >= cutMsMin) tell({ quiet: "open" });
}
