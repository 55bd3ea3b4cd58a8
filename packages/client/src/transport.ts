import type { Downstream } from "@hubbub/protocol/downstream.ts";
import type { Environment } from "./environment.ts";

/** The ways frames can travel; `ConnectionState` names the one in use. */
export type TransportName = "websocket";

/** How a link ended. `code` is a WebSocket close code; a transport without such codes uses 1006 for a fault. */
export interface LinkEnd {
	readonly code: number;
	readonly reason: string;
	/** Both sides agreed on the end. */
	readonly wasClean: boolean;
}

/**
 * What a link tells its owner, in this order: `opened` at most once, `frame` any number of times, `ended` exactly once and last.
 * None is called before `open` has returned.
 */
export interface LinkListener {
	opened(): void;
	/** One downstream frame, decoded and checked, in the order the server sent them. */
	frame(frame: Downstream): void;
	ended(end: LinkEnd): void;
}

/** One conversation with the server, from opening to end. It is never reopened; the next attempt is another link. */
export interface Link {
	/** Sends one upstream frame as JSON text. Does nothing before `opened` and after `ended`. */
	send(json: string): void;
	/** Begins to end the link; `ended` follows when the other side agrees, and may not for long where it is gone. */
	close(code?: number, reason?: string): void;
}

/**
 * The port every way of reaching the server stands behind. An event stream or polling joins the WebSocket here: same frames, same
 * cursors, so that the connection above does not know the difference.
 */
export interface Transport {
	readonly name: TransportName;
	/** Codecs beside JSON that it can read, for the hello's `accept`. */
	readonly accept: readonly string[];
	open(listener: LinkListener, environment: Environment): Link;
}
