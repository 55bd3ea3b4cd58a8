import type { Payload } from "@hubbub/protocol/codec.ts";

/**
 * The port between a session and whatever carries it. A link takes whole frames; it holds at most what one socket buffer and one frame
 * hold, and says when it can take no more.
 */
export interface Link {
	/** Whether the peer can be heard at all on it; on a one-way link silence means nothing. */
	readonly duplex: boolean;
	/** The client's address, after trusted proxies. */
	readonly address: string;
	/** Whether a frame would be taken now. When it turns true again, the session's `onWritable` is called. */
	readonly writable: boolean;
	/** Hands one frame to the transport, in order. Where the link is not writable the frame may still be taken once (a last word). */
	write(payload: Payload): void;
	/** Asks the peer for a sign of life (RFC 6455 section 5.5.2), or on a one-way link gives one, so that no proxy finds it idle. */
	ping(): void;
	/** Ends the connection after what was written; over WebSocket with a code (RFC 6455 section 7.4) and a reason of at most 123 bytes. */
	close(code: number, reason: string): void;
	/** Drops the connection without a word. */
	terminate(): void;
}
