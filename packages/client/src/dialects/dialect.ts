import type { Downstream } from "@hubbub/protocol/downstream.ts";

/** What a dialect may do to its socket. */
export interface DialectHost {
	/** One `message` event. */
	deliver(data: string): void;
	/** The socket is over for good, for a reason that the dialect knows. */
	end(code: number, reason: string): void;
	/** A message was answered or given up, so that less waits than before. */
	settled(): void;
}

/** What `send` takes, as in the browser. */
export type SocketData = string | ArrayBufferLike | ArrayBufferView | Blob;

/** The language a `HubbubSocket` speaks with its page: lines for people or frames. */
export interface Dialect {
	/** One frame came, with duplicates taken out. */
	frame(frame: Downstream): void;
	/** The page sends `data`, which counts `bytes` in `bufferedAmount` until it is answered. */
	send(data: SocketData, bytes: number): void;
}
