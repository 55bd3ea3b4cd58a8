import { type Rate, TokenBucket } from "../room/token-bucket.ts";
import { serverLimits } from "../runtime/limits.ts";

/** What the echo needs of a socket: Bun's. */
export interface EchoSocket {
	getBufferedAmount(): number;
	sendText(data: string, compress: boolean): number;
	sendBinary(data: Uint8Array, compress: boolean): number;
	close(code: number, reason: string): void;
}

/** Sends every message of one socket back as it came, at a rate, as long as what comes back is read. */
export class Echo {
	readonly #socket: EchoSocket;
	readonly #allowance: TokenBucket | null;
	readonly #nowMs: () => number;
	readonly #unreadBytesMax: number;

	/** `rate` is in bytes, null for none. `unreadBytesMax` is what may wait for a client to read it when the next message comes. */
	constructor(socket: EchoSocket, options: { rate: Rate | null; unreadBytesMax: number; nowMs: () => number }) {
		this.#socket = socket;
		this.#allowance = options.rate && new TokenBucket(options.rate, options.nowMs());
		this.#nowMs = options.nowMs;
		this.#unreadBytesMax = options.unreadBytesMax;
	}

	/** Sends the message back, or ends the connection: an echo that left something out would be none. */
	answer(message: string | Uint8Array): void {
		const socket = this.#socket;
		const bytes = typeof message === "string" ? Buffer.byteLength(message) : message.byteLength;
		if (socket.getBufferedAmount() > this.#unreadBytesMax) return socket.close(POLICY, "Read what comes back, then send more.");
		if (this.#allowance && this.#allowance.take(this.#nowMs(), bytes) > 0)
			return socket.close(POLICY, "That is more than the echo sends back at once.");
		const compress = bytes <= serverLimits.labDeflateBytesMax;
		if (typeof message === "string") socket.sendText(message, compress);
		else socket.sendBinary(message, compress);
	}
}

/** RFC 6455 section 7.4.1. */
const POLICY = 1008;
