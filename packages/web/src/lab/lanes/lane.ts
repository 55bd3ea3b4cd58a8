import type { Downstream } from "@hubbub/protocol/downstream.ts";

/** The four ways into a room, best first: the order in which the SDK falls back. */
export const laneNames = ["websocket", "event-stream", "long-poll", "short-poll"] as const;
export type LaneName = (typeof laneNames)[number];

/** What a driver tells as its requests go out and answers come in. Sizes are bytes. */
export type LaneNews =
	/** A request left. `headBytes` is an estimate: a page cannot see what its browser writes. */
	| { readonly type: "asked"; readonly headBytes: number }
	/** The head of the answer is here, and `isOpen` where more will follow for as long as it lasts. */
	| { readonly type: "answering"; readonly headBytes: number; readonly isOpen: boolean }
	/** Something was sent on what is open. */
	| { readonly type: "gave"; readonly bytes: number }
	/** Part of a body, or a frame with its header, came in. */
	| { readonly type: "took"; readonly bytes: number }
	| { readonly type: "frame"; readonly frame: Downstream }
	/** The request is over: answered, cut by the page, or failed. `why` is a code of the table, a status, or empty. */
	| { readonly type: "ended"; readonly how: "answered" | "cut" | "failed"; readonly why: string };

/** What a driver is given. It asks again and again until `signal` aborts. */
export interface LaneLine {
	readonly room: string;
	readonly signal: AbortSignal;
	/** The cursor to ask after; null before there is one. */
	after(): string | null;
	tell(news: LaneNews): void;
	/** Resolves after `ms` milliseconds, or at once when the signal aborts. */
	wait(ms: number): Promise<void>;
}

/** One way into the room. Resolves once the line's signal has aborted; never rejects. */
export type Driver = (line: LaneLine) => Promise<void>;

/** How long a driver waits after a failure, unless the server said how long. */
export const retryMs = 1_500;

/** Reads a downstream frame; null for what is none. Types this page does not know are ignored by who reads them. */
export function readFrame(json: string): Downstream | null {
	try {
		const frame = JSON.parse(json) as Downstream | null;
		return typeof frame?.type === "string" ? frame : null;
	} catch {
		return null;
	}
}
