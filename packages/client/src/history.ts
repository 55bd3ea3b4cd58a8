import type { Code } from "@hubbub/protocol/codes.ts";
import type { RoomEvent } from "@hubbub/protocol/event.ts";
import type { Environment } from "./environment.ts";
import { HubbubError } from "./error.ts";
import { isEvent } from "./frame.ts";

/** Time for one page of history to arrive. */
export const pageDeadlineMs = 15_000;

/** One page of a room's archive. */
export interface HistoryPage {
	/** Ascending by offset. */
	readonly events: RoomEvent[];
	/** The cursor to ask for the next older page with; null where this page reaches the first event. */
	readonly before: string | null;
}

export interface HistoryQuery {
	readonly room: string;
	/** Only events before this cursor; the latest where it is left out. */
	readonly before?: string;
	/** Events at most; the server caps it at 200. */
	readonly limit?: number;
}

/**
 * Fetches one page from `GET {httpBase}/rooms/{room}/messages`.
 *
 * Rejects with a `HubbubError`: the server's own code where it answered with a problem, `network` where nothing usable came.
 */
export async function fetchPage(
	environment: Environment,
	httpBase: string,
	query: HistoryQuery,
	bearer: string | null,
): Promise<HistoryPage> {
	const { room, before, limit } = query;
	const parameters = new URLSearchParams();
	for (const [name, value] of Object.entries({ before, limit })) if (value !== undefined) parameters.set(name, String(value));
	const url = `${httpBase}/rooms/${room}/messages?${parameters}`;
	const abort = new AbortController();
	const timer = environment.setTimeout(() => abort.abort(), pageDeadlineMs);
	try {
		const headers: Record<string, string> = bearer ? { Authorization: `Bearer ${bearer}` } : {};
		const response = await environment.fetch(url, { headers, signal: abort.signal });
		const body: unknown = await response.json().catch(() => null);
		if (!response.ok) throw problem(body, response.status);
		const page = body as HistoryPage;
		// Throws, like a fault of the network, where the answer is no page.
		return { events: page.events.filter(isEvent), before: page.before ?? null };
	} catch (error) {
		if (error instanceof HubbubError) throw error;
		throw new HubbubError("network", "Older messages could not be fetched.");
	} finally {
		environment.clearTimeout(timer);
	}
}

/** An answer that is not 2xx, as RFC 9457 problem details or as whatever a proxy made of it. */
function problem(body: unknown, status: number): HubbubError {
	const { code, title, detail, retryAfterMs } = (body ?? {}) as Record<string, unknown>;
	if (typeof code !== "string") return new HubbubError("network", `The server answered ${status}.`);
	return new HubbubError(code as Code, String(detail ?? title), typeof retryAfterMs === "number" ? retryAfterMs : null);
}
