import type { RoomEvent } from "@hubbub/protocol/event.ts";
import type { Bookmark } from "../bookmark.ts";
import type { Environment } from "../environment.ts";
import { type Failure, parse, readProblem } from "./problem.ts";
import { Wire } from "./wire.ts";

/** Time for one page of history to arrive. */
export const pageDeadlineMs = 15_000;

/** One page of a room's archive. */
export interface HistoryPage {
	/** Ascending by offset. */
	readonly events: RoomEvent[];
	/** The cursor to ask for the next older page with; null where this page reaches the first event. */
	readonly before: string | null;
}

export interface HistoryOptions {
	/** Only events before this cursor; the latest where it is left out. */
	readonly before?: string;
	/** Events at most; the server caps it at 200. */
	readonly limit?: number;
}

/** What walking back through a room needs of its connection. */
export interface Walker {
	readonly environment: Environment;
	readonly httpBase: string;
	readonly bearer: string | null;
	readonly room: string;
	/** How far the reader has read; it is moved by pages that end where it begins. */
	readonly bookmark: Pick<Bookmark, "oldest" | "isWhole" | "extendBack">;
}

/** The kinds of events this version knows; of others only the offset counts. */
const known: ReadonlySet<string> = new Set(["message", "delete", "settings"] satisfies RoomEvent["kind"][]);

/**
 * The page before the cursor `before`, or before the oldest event known, so that calling it again and again walks back to the first.
 * Answers the server's own failure where it gave one, and null where nothing usable came.
 */
export async function walkBack(walker: Walker, options: HistoryOptions): Promise<HistoryPage | Failure | null> {
	const { bookmark } = walker;
	const oldest = bookmark.oldest;
	const before = options.before ?? oldest?.cursor;
	const walks = before === oldest?.cursor;
	if (walks && (bookmark.isWhole || oldest?.offset === 1)) return { events: [], before: null };
	const page = await fetchPage(walker, { before, limit: options.limit });
	if (!page || "code" in page) return page;
	// What is known already is not handed out again, wherever the server lets a page end.
	const events = page.events.filter((event) => known.has(event.kind) && !(walks && oldest && event.offset >= oldest.offset));
	// A page that came after the room started over, or twice, belongs to no walk any more.
	if (walks && oldest && bookmark.oldest?.cursor === oldest.cursor) bookmark.extendBack(page.events, page.before === null);
	return { events, before: page.before };
}

/** One page from `GET {httpBase}/rooms/{room}/messages`. */
async function fetchPage(walker: Walker, query: HistoryOptions): Promise<HistoryPage | Failure | null> {
	const { environment, httpBase, bearer, room } = walker;
	const parameters = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
	const wire = new Wire(environment, httpBase);
	wire.token = bearer;
	const path = `/rooms/${room}/messages?${parameters}`;
	const answer = await wire.ask(path, { deadlineMs: pageDeadlineMs }, new AbortController().signal);
	if (!answer) return null;
	if (answer.status !== 200) return readProblem(answer.text) ?? { code: "network", message: `The server answered ${answer.status}.` };
	const page = parse(answer.text) as Partial<HistoryPage> | null;
	if (!Array.isArray(page?.events)) return null;
	return { events: page.events.filter((event) => typeof event?.offset === "number"), before: page.before ?? null };
}
