import * as v from "valibot";
import { TokenBucket } from "../room/token-bucket.ts";
import { serverLimits } from "../runtime/limits.ts";
import { readFrame, type WireFrame, writeFrame } from "./frame.ts";
import { acceptGuid, acceptOf, openingRequest, readResponseHead } from "./handshake.ts";

/** What a visitor of the lab can have its client do. */
export const LabCommand = v.variant("do", [
	v.object({ do: v.literal("open") }),
	v.object({ do: v.literal("text"), text: v.pipe(v.string(), v.maxLength(70_000)) }),
	/** `bytes` zero bytes counted up: a frame of that length. */
	v.object({ do: v.literal("binary"), bytes: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(70_000)) }),
	v.object({ do: v.literal("ping"), text: v.pipe(v.string(), v.maxLength(30)) }),
	v.object({
		do: v.literal("close"),
		code: v.pipe(v.number(), v.integer(), v.minValue(1000), v.maxValue(4999)),
		reason: v.pipe(v.string(), v.maxLength(40)),
	}),
	/** Goes without a word, as a phone in a tunnel does. */
	v.object({ do: v.literal("drop") }),
]);
export type LabCommand = v.InferOutput<typeof LabCommand>;

/** A command from its JSON; null for anything else. */
function readLabCommand(json: string | Uint8Array): LabCommand | null {
	if (typeof json !== "string") return null;
	try {
		const parsed = v.safeParse(LabCommand, JSON.parse(json));
		return parsed.success ? parsed.output : null;
	} catch {
		return null;
	}
}

/** What was seen on the wire, in the order it was seen. `atMs` counts from the first byte. */
export type Observation = { readonly atMs: number } & (
	| { readonly saw: "request"; readonly text: string; readonly bytes: number }
	| { readonly saw: "response"; readonly text: string; readonly bytes: number }
	| { readonly saw: "accept"; readonly key: string; readonly guid: string; readonly expected: string; readonly matches: boolean }
	| {
			readonly saw: "frame";
			readonly from: "client" | "server";
			readonly fin: boolean;
			readonly opcode: number;
			/** Hexadecimal, null where the frame is not masked. */
			readonly mask: string | null;
			readonly headerBytes: number;
			readonly payloadBytes: number;
			/** The first bytes as they were on the wire, masked ones masked. */
			readonly hex: string;
			/** The payload's beginning as text, where it is text. */
			readonly text: string | null;
			/** Code of a close frame. */
			readonly closeCode: number | null;
	  }
	| { readonly saw: "state"; readonly readyState: 0 | 1 | 2 | 3 }
	| { readonly saw: "mistake"; readonly words: string }
);

const payloadBytesMax = 256 * 1024;
const shownBytesMax = 48;
const sentBytesMax = 70_000;
/** Zero bytes counted up. */
const pattern = Uint8Array.from({ length: sentBytesMax }, (_, index) => index & 0xff);

type Socket = Bun.Socket<undefined>;

/** The life of the lab's client, after the `readyState` of the browser's own (WHATWG WebSockets, section 3). */
type Phase =
	| { readonly readyState: 0; readonly key: string }
	| { readonly readyState: 1 }
	| { readonly readyState: 2 }
	| { readonly readyState: 3 };

export interface LabTarget {
	readonly hostname: string;
	readonly port: number;
	readonly tls: boolean;
	readonly path: string;
}

/**
 * A WebSocket client made of bytes, that connects to this very server's echo and tells everything it writes and reads. A browser hides
 * all of this; here one can watch it.
 */
export class LabWire {
	readonly #target: LabTarget;
	readonly #tell: (seen: Observation) => void;
	readonly #nowMs: () => number;
	#startedMs = 0;
	#socket: Socket | null = null;
	#phase: Phase = { readyState: 3 };
	#unread = new Uint8Array(0);
	/** Bytes the kernel has not taken yet. */
	#unwritten = new Uint8Array(0);
	readonly #commands: TokenBucket;
	readonly #refusals: TokenBucket;
	/** Whether the last command was refused: the first of several is told. */
	#isRefusing = false;

	constructor(target: LabTarget, tell: (seen: Observation) => void, nowMs: () => number) {
		this.#target = target;
		this.#tell = tell;
		this.#nowMs = nowMs;
		this.#commands = new TokenBucket(serverLimits.labCommands, nowMs());
		this.#refusals = new TokenBucket(serverLimits.labRefusals, nowMs());
	}

	/**
	 * Carries out the command that a page sent; what comes of it is told. A command beyond the rate, or one that sends while the last one's bytes
	 * are unsent, is refused, which is told once. Answers whether the page may go on, or has been refused too often. Never throws.
	 */
	receive(json: string | Uint8Array): "go on" | "too much" {
		const nowMs = this.#nowMs();
		if (this.#commands.take(nowMs) > 0) {
			if (!this.#isRefusing) this.#see({ saw: "mistake", words: "That is too fast." });
			this.#isRefusing = true;
			return this.#refusals.take(nowMs) > 0 ? "too much" : "go on";
		}
		this.#isRefusing = false;
		const command = readLabCommand(json);
		if (command) void this.#carryOut(command);
		else this.#see({ saw: "mistake", words: "That is no command of the lab." });
		return "go on";
	}

	async #carryOut(command: LabCommand): Promise<void> {
		if (command.do === "open") return this.#open();
		if (this.#phase.readyState !== 1 || !this.#socket) return this.#see({ saw: "mistake", words: "The connection is not open." });
		switch (command.do) {
			case "text":
				return this.#sendBulk(1, new TextEncoder().encode(command.text));
			case "binary":
				return this.#sendBulk(2, pattern.subarray(0, command.bytes));
			case "ping":
				return this.#send(9, new TextEncoder().encode(command.text));
			case "close": {
				const reason = new TextEncoder().encode(command.reason);
				this.#send(8, Uint8Array.of(command.code >> 8, command.code & 0xff, ...reason));
				return this.#become({ readyState: 2 });
			}
			case "drop":
				this.#socket.terminate();
				return this.#become({ readyState: 3 });
			default:
				return command satisfies never;
		}
	}

	async #open(): Promise<void> {
		if (this.#phase.readyState !== 3) return this.#see({ saw: "mistake", words: "The connection is there already." });
		const key = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
		this.#startedMs = this.#nowMs();
		this.#unread = new Uint8Array(0);
		this.#unwritten = new Uint8Array(0);
		this.#become({ readyState: 0, key });
		const { hostname, port, tls, path } = this.#target;
		try {
			this.#socket = await Bun.connect({
				hostname,
				port,
				// To oneself, over loopback: whose certificate it is is not in question.
				...(tls && { tls: { rejectUnauthorized: false } }),
				socket: {
					data: (_socket, bytes) => this.#receive(bytes),
					drain: () => this.#write(new Uint8Array(0)),
					close: () => this.#closed(),
					error: () => this.#closed(),
				},
			});
		} catch {
			this.#see({ saw: "mistake", words: "The server could not connect to itself." });
			return this.#become({ readyState: 3 });
		}
		const request = openingRequest({ path, host: `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`, key });
		this.#write(new TextEncoder().encode(request));
		this.#see({ saw: "request", text: request, bytes: request.length });
	}

	/** Hangs up, if there is anything to hang up. */
	end(): void {
		this.#socket?.terminate();
	}

	/** What may be long costs as many tokens as it is long, and waits its turn. */
	#sendBulk(opcode: number, payload: Uint8Array): void {
		if (this.#unwritten.length > 0) return this.#see({ saw: "mistake", words: "The last frame has not gone out yet." });
		const tokens = Math.floor(payload.length / serverLimits.labBytesPerToken);
		if (this.#commands.take(this.#nowMs(), tokens) > 0) return this.#see({ saw: "mistake", words: "That is too much at once." });
		this.#send(opcode, payload);
	}

	#send(opcode: number, payload: Uint8Array): void {
		const mask = crypto.getRandomValues(new Uint8Array(4));
		const bytes = writeFrame(opcode, payload, mask);
		this.#write(bytes);
		const written = readFrame(bytes, payloadBytesMax);
		if (written) this.#seeFrame("client", written.frame, bytes);
	}

	#write(bytes: Uint8Array): void {
		const due = joined(this.#unwritten, bytes);
		const taken = due.length > 0 ? (this.#socket?.write(due) ?? 0) : 0;
		this.#unwritten = due.slice(Math.max(0, taken));
	}

	#receive(bytes: Uint8Array): void {
		this.#unread = joined(this.#unread, bytes);
		if (this.#phase.readyState === 0 && !this.#readHead(this.#phase.key)) return;
		try {
			for (let read = readFrame(this.#unread, payloadBytesMax); read; read = readFrame(this.#unread, payloadBytesMax)) {
				this.#seeFrame("server", read.frame, this.#unread.subarray(0, read.size));
				this.#unread = this.#unread.slice(read.size);
			}
		} catch {
			this.#see({ saw: "mistake", words: "A frame too long to show came in." });
			this.end();
		}
	}

	#readHead(key: string): boolean {
		const head = readResponseHead(this.#unread);
		if (!head) return false;
		this.#unread = this.#unread.slice(head.size);
		this.#see({ saw: "response", text: head.text, bytes: head.size });
		const expected = acceptOf(key);
		const matches = head.status === 101 && new RegExp(`^sec-websocket-accept: ?${RegExp.escape(expected)}\\r$`, "im").test(head.text);
		this.#see({ saw: "accept", key, guid: acceptGuid, expected, matches });
		if (matches) this.#become({ readyState: 1 });
		else this.end();
		return matches;
	}

	#closed(): void {
		if (this.#phase.readyState !== 3) this.#become({ readyState: 3 });
		this.#socket = null;
	}

	#become(phase: Phase): void {
		this.#phase = phase;
		this.#see({ saw: "state", readyState: phase.readyState });
	}

	#seeFrame(from: "client" | "server", frame: WireFrame, wire: Uint8Array): void {
		const { fin, opcode, mask, payload, headerBytes } = frame;
		const isClose = opcode === 8 && payload.length >= 2;
		const shown = payload.subarray(isClose ? 2 : 0, shownBytesMax);
		this.#see({
			...{ saw: "frame", from, fin, opcode, headerBytes, payloadBytes: payload.length },
			mask: mask && hexOf(mask),
			hex: hexOf(wire.subarray(0, headerBytes + Math.min(payload.length, shownBytesMax))),
			text: opcode === 2 ? null : new TextDecoder().decode(shown),
			closeCode: isClose ? ((payload[0] as number) << 8) | (payload[1] as number) : null,
		});
	}

	#see(seen: DistributiveOmit<Observation, "atMs">): void {
		this.#tell({ atMs: Math.round((this.#nowMs() - this.#startedMs) * 100) / 100, ...seen } as Observation);
	}
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function hexOf(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
	const whole = new Uint8Array(first.length + second.length);
	whole.set(first);
	whole.set(second, first.length);
	return whole;
}
