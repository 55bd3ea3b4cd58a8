import type { RoomEvent } from "@hubbub/protocol/event.ts";
import type { Bookmark } from "../bookmark.ts";
import type { Environment } from "../environment.ts";
import { type Failure, HttpClient, parse, readProblem } from "./http-client.ts";

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
	/** Only events before this cursor, or before the event of this offset; where it is left out or null, before the oldest known, or the latest. */
	readonly before?: string | number | null;
	/** Events at most; the server caps it at 200. */
	readonly limit?: number | null;
}

/** What walking back through a room needs of its connection. */
export interface HistoryReader {
	readonly environment: Environment;
	readonly httpBase: string;
	readonly bearer: string | null;
	readonly room: string;
	/** How far the reader has read; it is moved by pages that end where it begins. */
	readonly bookmark: Pick<Bookmark, "oldest" | "at" | "isWhole" | "extendBack">;
}

/**
 * The page before the cursor `before`, or before the oldest event known, so that calling it again and again walks back to the first.
 * Answers the server's own failure where it gave one, and null where nothing usable came.
 */
export async function readHistory(reader: HistoryReader, options: HistoryOptions): Promise<HistoryPage | Failure | null> {
	const { bookmark } = reader;
	const oldest = bookmark.oldest;
	const asked = typeof options.before === "number" ? bookmark.at(options.before) : options.before;
	const before = asked ?? oldest?.cursor;
	const walks = before === oldest?.cursor;
	if (walks && (bookmark.isWhole || oldest?.offset === 1)) return { events: [], before: null };
	const page = await fetchPage(reader, { before, limit: options.limit });
	if (!page || "code" in page) return page;
	// What is known already is not handed out again, wherever the server lets a page end.
	const events = page.events.filter((event) => !(walks && oldest && event.offset >= oldest.offset));
	// A page that came after the room started over, or twice, belongs to no walk any more.
	if (walks && oldest && bookmark.oldest?.cursor === oldest.cursor) bookmark.extendBack(page.events, page.before === null);
	return { events, before: page.before };
}

/** One page from `GET {httpBase}/rooms/{room}/messages`. */
async function fetchPage(reader: HistoryReader, query: HistoryOptions): Promise<HistoryPage | Failure | null> {
	const { environment, httpBase, bearer, room } = reader;
	const parameters = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== null) parameters.set(name, String(value));
	const client = new HttpClient(environment, httpBase);
	client.token = bearer;
	const path = `/rooms/${room}/messages?${parameters}`;
	const answer = await client.ask(path, { deadlineMs: pageDeadlineMs }, new AbortController().signal);
	if (!answer) return null;
	if (answer.status !== 200) return readProblem(answer.text) ?? { code: "network", message: `The server answered ${answer.status}.` };
	const page = parse(answer.text) as Partial<HistoryPage> | null;
	if (!Array.isArray(page?.events)) return null;
	return { events: page.events.filter((event) => typeof event?.offset === "number"), before: page.before ?? null };
}
