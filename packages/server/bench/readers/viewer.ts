import type { Socket } from "bun";
import { Account, type Tally } from "./account.ts";
import { clientFrame, type Framing, type Piece } from "./framing.ts";
import { readPayload } from "./reading.ts";
import type { Way } from "./ways.ts";

/** What a viewer shares with the others of its crowd. */
export interface Surroundings {
	readonly port: number;
	readonly way: Way;
	/** Microseconds of the senders' clock. */
	readonly nowUs: () => number;
	/** The sums things are counted in now. */
	readonly tally: () => Tally;
	/** Something that should not be happened to somebody. */
	readonly onFault: (words: string) => void;
}

/** One viewer on a connection of its own. */
export class Viewer {
	readonly account = new Account();
	readonly #number: number;
	readonly #around: Surroundings;
	readonly #framing: Framing;
	readonly #entered = Promise.withResolvers<void>();
	#socket: Socket<undefined> | null = null;
	#stage: "outside" | "in" | "gone" = "outside";
	#asking: "asking" | "answered" = "answered";

	constructor(number: number, around: Surroundings) {
		this.#number = number;
		this.#around = around;
		this.#framing = around.way.framing();
	}

	/** Connects and asks; resolves when it is in the room, or has failed and said so. */
	async enter(): Promise<void> {
		try {
			this.#socket = await Bun.connect({
				hostname: "127.0.0.1",
				port: this.#around.port,
				socket: {
					data: (_socket, bytes) => this.#receive(bytes),
					close: () => this.#end("the connection was closed"),
					error: (_socket, fault) => this.#end(fault.message),
				},
			});
			this.ask();
		} catch (fault) {
			this.#end((fault as Error).message);
		}
		return this.#entered.promise;
	}

	/** Sends its next request, unless one is still unanswered. */
	ask(): void {
		if (this.#asking === "asking" || this.#stage === "gone") return;
		this.#asking = "asking";
		this.#around.tally().requests++;
		this.#write(this.#around.way.request(this.account.cursor));
	}

	leave(): void {
		this.#stage = "gone";
		this.#socket?.terminate();
	}

	#receive(bytes: Buffer): void {
		this.#around.tally().bytesDown += bytes.length;
		for (const piece of this.#framing.push(bytes.toString("latin1"))) this.#take(piece);
	}

	#take(piece: Piece): void {
		switch (piece.kind) {
			case "agreed": {
				const greeting = this.#around.way.greeting(this.#number);
				if (greeting !== null) this.#write(greeting);
				return;
			}
			case "ping":
				this.#write(clientFrame(0x0a, piece.text));
				return;
			case "end":
				this.#end(piece.why);
				return;
			case "payload":
				this.#hear(piece.text);
				return;
			default:
				piece satisfies never;
		}
	}

	#hear(text: string): void {
		const { way, nowUs, tally } = this.#around;
		const reading = readPayload(text);
		this.account.take(reading, nowUs(), tally());
		if (reading.kind === "refused") this.#end(`told ${text.slice(0, 120)}`);
		if (this.account.cursor !== null && this.#stage === "outside") {
			this.#stage = "in";
			this.#entered.resolve();
		}
		if (way.rhythm === "told") return;
		this.#asking = "answered";
		if (way.rhythm === "held") this.ask();
	}

	#write(text: string): void {
		const written = this.#socket?.write(Buffer.from(text, "latin1")) ?? 0;
		this.#around.tally().bytesUp += Math.max(0, written);
		if (written < text.length) this.#end("a request did not go out whole");
	}

	#end(why: string): void {
		if (this.#stage === "gone") return;
		this.#stage = "gone";
		this.#around.onFault(why);
		this.#entered.resolve();
		this.#socket?.terminate();
	}
}
