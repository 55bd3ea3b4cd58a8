import type { Bye, Downstream } from "@hubbub/protocol/downstream.ts";

/** What can carry frames, best first; `ConnectionState` names the one in use. */
export type TransportName = "websocket" | "event-stream" | "long-poll" | "short-poll";

/**
 * What the end of a link says of its transport:
 * - `refused`: it does not work in this network: no connection was taken, no answer came, or what it needs is cut or kept back.
 * - `cut`: it was welcomed and ended within seconds.
 * - `silent`: it was welcomed and died without a word.
 * - `unreachable`: not even a plain request was answered, so nothing is learned about this transport.
 * - `crowded`: other pages of the site hold as many connections as there may be, so this page cannot use it.
 * - `there`: it was only to find out whether the server is there, and it is.
 * - `other`: nothing against it: it lasted, the server said bye, or the browser says that there is no network.
 */
export type Fault = "refused" | "cut" | "silent" | "unreachable" | "crowded" | "there" | "other";

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
 * The port behind which every transport stands: same frames, same cursors, so that the connection above does not know the
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

/** Who says hello on every link. */
export interface Greeter {
	/** Before each attempt; a rejected promise is a failed attempt. */
	prepare(): void | Promise<void>;
	/** The link is open: say hello on it, in the codecs it can read. */
	hello(link: Link, accept: readonly string[]): void;
}

/** What a selector may ask of the dialer. */
export interface SelectorHost {
	readonly owner: Greeter;
	/** Goes on over `link`, whose welcome is about to be told, and lets go of the one in use. Answers who to tell from now on. */
	switchTo(transport: Transport, link: Link): LinkListener;
}

/** A link that ends sooner after its welcome was cut. */
export const briefMs = 15_000;

/** How one attempt, and the link that came of it, went. */
export interface AttemptResult {
	readonly end: LinkEnd;
	/** What the server said before. */
	readonly bye: Bye | null;
	/** Milliseconds from the welcome to the end; null where there was no welcome. */
	readonly livedMs: number | null;
}

/** Selects the transport of every attempt, and looks for a better one while a lesser one works; see `http/transport-selector.ts`. */
export interface TransportSelector {
	/** For the next attempt. */
	readonly transport: Transport;
	/** A link over the transport of this name was welcomed. */
	live(name: TransportName): void;
	/** It ended, or never began. True where the next attempt uses another transport and need not wait. */
	ended(result: AttemptResult): boolean;
	/** Nothing more will happen. */
	stop(): void;
}
