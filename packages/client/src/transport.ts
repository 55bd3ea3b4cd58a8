import type { Downstream } from "@hubbub/protocol/downstream.ts";

/** The ways frames can travel, best first; `ConnectionState` names the one in use. */
export type TransportName = "websocket" | "event-stream" | "long-poll" | "short-poll";

/**
 * What an end says of its way:
 * - `refused`: it does not go here: no connection was taken, no answer came, or what it needs is cut or kept back.
 * - `cut`: it was welcomed and ended within seconds.
 * - `silent`: it was welcomed and died without a word.
 * - `unreachable`: not even a plain request was answered, so nothing is learned about this way.
 * - `other`: nothing against it: it lasted, the server said bye, or the browser says that there is no network.
 */
export type Fault = "refused" | "cut" | "silent" | "unreachable" | "other";

/** How a link ended. `code` is a WebSocket close code; a transport without such codes uses 1006 for a fault. */
export interface LinkEnd {
	readonly code: number;
	readonly reason: string;
	/** Both sides agreed on the end. */
	readonly wasClean: boolean;
	/** Where the link itself knows better than its times tell. */
	readonly fault?: Fault;
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
 * The port every way of reaching the server stands behind: same frames, same cursors, so that the connection above does not know the
 * difference.
 */
export interface Transport {
	readonly name: TransportName;
	/** Codecs beside JSON that it can read, for the hello's `accept`. */
	readonly accept: readonly string[];
	/** Whether it wants regular pings to find out that it is dead. The others watch themselves. */
	readonly pings: boolean;
	open(listener: LinkListener): Link;
}

/** An end that nobody agreed on. */
export function broken(reason: string, fault?: Fault): LinkEnd {
	return { code: 1006, reason, wasClean: false, fault };
}
