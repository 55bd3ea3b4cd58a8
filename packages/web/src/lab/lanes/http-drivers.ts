import { type BrowserFacts, bodyBytes, requestHeadBytes, responseHeadBytes, utf8Bytes } from "./bytes.ts";
import { EventText } from "./event-text.ts";
import { type Driver, type LaneLine, readFrame, retryMs } from "./lane.ts";

/** How long a long poll lets itself be held, in seconds. */
const holdSeconds = 25;
/** How often a short poll asks, in milliseconds: as often as its answers change. */
const shortPollMs = 1_000;

/** The room as an event stream: one request whose answer does not end. */
export function eventStreamDriver(facts: BrowserFacts): Driver {
	return (line) =>
		repeat(line, async () => {
			const response = await ask(line, facts, pathOf(line, ""), { accept: "text/event-stream" });
			if (!response) return retryMs;
			line.tell({ type: "answering", headBytes: responseHeadBytes(response), isOpen: true });
			const reader = response.body?.getReader();
			const events = new EventText();
			for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
				line.tell({ type: "took", bytes: piece.value.length });
				for (const { data } of events.take(piece.value)) {
					const frame = readFrame(data);
					if (frame) line.tell({ type: "frame", frame });
				}
			}
			line.tell({ type: "ended", how: "failed", why: "end" });
			return retryMs;
		});
}

/** The room by long polls: each is held until there is something, or 25 s are over; the next follows at once. */
export function longPollDriver(facts: BrowserFacts): Driver {
	return (line) => repeat(line, () => poll(line, facts, holdSeconds, null, 0).then(({ waitMs }) => waitMs));
}

/** The room by short polls, one a second. A poll that would be answered the same is answered `304` without a body. */
export function shortPollDriver(facts: BrowserFacts): Driver {
	let known: { readonly path: string; readonly etag: string } | null = null;
	return (line) =>
		repeat(line, async () => {
			const polled = await poll(line, facts, 0, known, shortPollMs);
			known = polled.known;
			return polled.waitMs;
		});
}

type Known = { readonly path: string; readonly etag: string } | null;

/** One poll. Answers what it may be compared with next time, and how long to wait until then. */
async function poll(
	line: LaneLine,
	facts: BrowserFacts,
	waitSeconds: number,
	known: Known,
	pauseMs: number,
): Promise<{ known: Known; waitMs: number }> {
	const path = pathOf(line, `wait=${waitSeconds}`);
	const headers = known?.path === path ? { "if-none-match": known.etag } : undefined;
	const response = await ask(line, facts, path, headers);
	if (!response) return { known: null, waitMs: retryMs };
	line.tell({ type: "answering", headBytes: responseHeadBytes(response), isOpen: false });
	const text = await response.text();
	line.tell({ type: "took", bytes: bodyBytes(response, text) });
	const frame = response.status === 304 ? null : readFrame(text);
	if (frame) line.tell({ type: "frame", frame });
	line.tell({ type: "ended", how: "answered", why: String(response.status) });
	const etag = response.headers.get("etag");
	return { known: etag === null ? null : { path, etag }, waitMs: pauseMs };
}

/** Asks, and answers the response; null where it is a refusal, of which the line is told. Rejects where there is no network. */
async function ask(line: LaneLine, facts: BrowserFacts, path: string, headers?: Record<string, string>): Promise<Response | null> {
	const extra = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`);
	line.tell({ type: "asked", headBytes: requestHeadBytes(path, facts, extra) });
	// The browser's own cache would answer some polls without asking anybody: here each is to be seen.
	const response = await fetch(facts.origin + facts.root + path, { signal: line.signal, cache: "no-store", ...(headers && { headers }) });
	if (response.ok || response.status === 304) return response;
	const text = await response.text();
	line.tell({ type: "took", bytes: utf8Bytes(text) });
	const refused = codeOf(text) ?? String(response.status);
	line.tell({ type: "ended", how: "failed", why: refused });
	return null;
}

/** Runs `once` until the line is cut, with the pause it answers in between. */
async function repeat(line: LaneLine, once: () => Promise<number>): Promise<void> {
	while (!line.signal.aborted) {
		let waitMs = retryMs;
		try {
			waitMs = await once();
		} catch {
			if (line.signal.aborted) break;
			line.tell({ type: "ended", how: "failed", why: "network" });
		}
		if (waitMs > 0) await line.wait(waitMs);
	}
}

function pathOf(line: LaneLine, query: string): string {
	const after = line.after();
	const parameters = [after === null ? "" : `after=${encodeURIComponent(after)}`, query].filter((part) => part !== "");
	return `rooms/${encodeURIComponent(line.room)}/events${parameters.length > 0 ? `?${parameters.join("&")}` : ""}`;
}

/** The code of a problem document (RFC 9457), null where the text is none. */
function codeOf(text: string): string | null {
	try {
		return (JSON.parse(text) as { code?: string }).code ?? null;
	} catch {
		return null;
	}
}
