import { connect, type Socket } from "node:net";

/** What a WebSocket frame says on the wire (RFC 6455 section 5.2). */
export interface RawFrame {
	readonly opcode: number;
	/** The three reserved bits; 4 is a compressed message (RFC 7692). */
	readonly reserved: number;
	readonly payload: Buffer;
}

export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A TCP connection that speaks HTTP and WebSocket byte by byte, right or wrong. */
export class RawSocket {
	readonly #socket: Socket;
	#received = Buffer.alloc(0);
	#over: "open" | "ended" | "closed" = "open";
	readonly #waiting = new Set<() => void>();

	private constructor(socket: Socket) {
		this.#socket = socket;
		socket.on("data", (chunk: Buffer) => {
			this.#received = Buffer.concat([this.#received, chunk]);
			this.#wake();
		});
		socket.on("end", () => {
			if (this.#over === "open") this.#over = "ended";
			this.#wake();
		});
		socket.on("close", () => {
			this.#over = "closed";
			this.#wake();
		});
		socket.on("error", () => {});
	}

	static open(port: number): Promise<RawSocket> {
		return new Promise((resolve, reject) => {
			const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
			socket.once("error", reject);
			socket.once("connect", () => resolve(new RawSocket(socket)));
		});
	}

	/** Opens a WebSocket and leaves what came behind the answer to be read as frames. */
	static async upgrade(port: number, path = "/ws", protocol = "hubbub.v1"): Promise<RawSocket> {
		const raw = await RawSocket.open(port);
		raw.write(handshake(path, protocol === "" ? {} : { "Sec-WebSocket-Protocol": protocol }));
		const { status } = await raw.response();
		if (status !== 101) throw new Error(`The upgrade was refused with ${status}.`);
		return raw;
	}

	write(data: string | Uint8Array): void {
		this.#socket.write(data);
	}

	/** One masked frame, as a client must send it, but for what the options get wrong. */
	frame(code: number, payload: string | Uint8Array, options: { masked?: boolean; final?: boolean; reserved?: number } = {}): void {
		this.write(frameBytes(code, payload, options));
	}

	send(value: object): void {
		this.frame(opcode.text, JSON.stringify(value));
	}

	/** The answer to a request: status, headers in lower case, and the body as far as its length says. */
	async response(): Promise<{ status: number; headers: Map<string, string>; body: string }> {
		await this.#until(() => this.#received.includes("\r\n\r\n"));
		const end = this.#received.indexOf("\r\n\r\n");
		const [first = "", ...lines] = this.#received.subarray(0, end).toString("latin1").split("\r\n");
		const headers = new Map(lines.map((line) => [line.split(":")[0]?.toLowerCase() ?? "", line.slice(line.indexOf(":") + 1).trim()]));
		const length = Number(headers.get("content-length") ?? 0);
		await this.#until(() => this.#received.length >= end + 4 + length);
		const body = this.#received.subarray(end + 4, end + 4 + length).toString();
		this.#received = this.#received.subarray(end + 4 + length);
		return { status: Number(first.split(" ")[1]), headers, body };
	}

	/** The next frame; null where the connection ended instead. */
	async next(): Promise<RawFrame | null> {
		await this.#until(() => this.#frameEnd() !== null || this.#over !== "open");
		const end = this.#frameEnd();
		if (end === null) return null;
		const first = this.#received[0] as number;
		const frame = { opcode: first & 0x0f, reserved: (first >> 4) & 7, payload: this.#received.subarray(end.start, end.end) };
		this.#received = this.#received.subarray(end.end);
		return frame;
	}

	/** The next text frame that is JSON of that type; null where a close or the end came instead. */
	async nextOf(type: string): Promise<{ type: string; code?: string; ref?: string | number } | null> {
		for (let frame = await this.next(); frame; frame = await this.next()) {
			if (frame.opcode === opcode.close) return null;
			const value = frame.opcode === opcode.text ? JSON.parse(frame.payload.toString()) : null;
			if (value?.type === type) return value;
		}
		return null;
	}

	/** The code of the close frame to come, passing over other frames; null where the connection ends without one. */
	async closeCode(): Promise<number | null> {
		for (let frame = await this.next(); frame; frame = await this.next())
			if (frame.opcode === opcode.close) return frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1005;
		return null;
	}

	/** Resolves when the other side has sent its end, or the connection is gone. */
	ended(): Promise<void> {
		return this.#until(() => this.#over !== "open");
	}

	pause(): void {
		this.#socket.pause();
	}

	resume(): void {
		this.#socket.resume();
	}

	/** Sends an end and goes on listening. */
	endSending(): void {
		this.#socket.end();
	}

	/** Goes away without a word, by a reset. */
	vanish(): void {
		this.#socket.resetAndDestroy();
	}

	destroy(): void {
		this.#socket.destroy();
	}

	#frameEnd(): { start: number; end: number } | null {
		const bytes = this.#received;
		if (bytes.length < 2) return null;
		const short = (bytes[1] as number) & 0x7f;
		const start = short === 126 ? 4 : short === 127 ? 10 : 2;
		if (bytes.length < start) return null;
		const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
		return bytes.length >= start + length ? { start, end: start + length } : null;
	}

	#until(condition: () => boolean): Promise<void> {
		return new Promise((resolve) => {
			const look = () => {
				if (!condition() && this.#over === "open") return;
				this.#waiting.delete(look);
				resolve();
			};
			this.#waiting.add(look);
			look();
		});
	}

	#wake(): void {
		for (const each of [...this.#waiting]) each();
	}
}

export function frameBytes(
	code: number,
	payload: string | Uint8Array,
	{ masked = true, final = true, reserved = 0 }: { masked?: boolean; final?: boolean; reserved?: number } = {},
): Buffer {
	const body = Buffer.from(payload as Uint8Array);
	const short = body.length < 126 ? body.length : body.length < 65_536 ? 126 : 127;
	const extended = Buffer.alloc(short === 126 ? 2 : short === 127 ? 8 : 0);
	if (short === 126) extended.writeUInt16BE(body.length);
	if (short === 127) extended.writeBigUInt64BE(BigInt(body.length));
	const head = Buffer.from([(final ? 0x80 : 0) | (reserved << 4) | code, (masked ? 0x80 : 0) | short]);
	if (!masked) return Buffer.concat([head, extended, body]);
	const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
	for (let index = 0; index < body.length; index++) body[index] = (body[index] as number) ^ (mask[index & 3] as number);
	return Buffer.concat([head, extended, mask, body]);
}

/** An opening handshake, with headers put over or taken out (null). */
export function handshake(path: string, headers: Record<string, string | null> = {}, method = "GET"): string {
	const all: Record<string, string | null> = {
		Host: "127.0.0.1",
		Upgrade: "websocket",
		Connection: "Upgrade",
		"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
		"Sec-WebSocket-Version": "13",
		...headers,
	};
	const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
	return `${[`${method} ${path} HTTP/1.1`, ...lines].join("\r\n")}\r\n\r\n`;
}
