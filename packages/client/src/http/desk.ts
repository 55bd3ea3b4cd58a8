import type { Downstream } from "@hubbub/protocol/downstream.ts";
import type { Environment } from "../environment.ts";
import type { Fault } from "../transport.ts";
import type { Problem } from "./problem.ts";
import type { Wire } from "./wire.ts";

/** A room to read, as a `join` or a hello names it. */
export interface Wish {
	readonly room: string;
	readonly after?: string;
	readonly view?: string;
}

/** What reading a room needs of its link. */
export interface Desk {
	readonly environment: Environment;
	readonly wire: Wire;
	readFrame(json: string): Downstream | null;
	/** Hands a frame to the connection. */
	deliver(frame: Downstream): void;
	/** The server refused to let the room be read. Answers how long to wait before asking again; null where this reading is over. */
	turnedAway(wish: Wish, failure: Problem): number | null;
	/** Ends the whole link. `fault` where it is not the times that tell. */
	fail(reason: string, fault?: Fault): void;
	/** Waits, or until the page is looked at again, or `life` ends. */
	sleep(ms: number, life: AbortSignal): Promise<void>;
}

/** Reads one room until `life` ends; `proven` is called once, before the first frame, when the way is known to carry frames. */
export type Reading = (desk: Desk, wish: Wish, life: AbortSignal, proven: () => void) => Promise<void>;

/** The address of a room's events; the same words in the same order for everyone, since caches go by them. */
export function eventsPath({ room, after, view }: Wish, wait?: number): string {
	const query = Object.entries({ after, wait, view }).filter(([, value]) => value !== undefined);
	return `/rooms/${room}/events?${new URLSearchParams(query as string[][])}`;
}
