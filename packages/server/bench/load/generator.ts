import { buildGenerator } from "../machine/install.ts";
import { type Program, startProgram } from "../machine/program.ts";
import type { Histogram } from "./histogram.ts";

/** How to speak to an engine: the addresses, the frames to send, the frames to wait for. */
export interface Dialect {
	readonly path: string;
	readonly subprotocol?: string;
	readonly extensions?: string;
	/** The first frame after the handshake; `{n}` is the connection's number. */
	readonly hello?: string;
	/** The first frame of a viewer who comes back, with `{cursor}`. */
	readonly rejoin?: string;
	/** How the frame begins that means "you are in"; left out, the handshake is enough. */
	readonly joined?: string;
	/** A text frame of the engine's own heartbeat and its answer. */
	readonly heartbeat?: readonly [ping: string, pong: string];
}

/** What a sender's frame looks like, with the blanks `{text}`, `{ref}`, `{key}`, `{id}` (an event's) and `{author}` (the sender's). */
export interface SenderDialect extends Dialect {
	readonly say: string;
}

/** Figures of one generator. The first ten are counted since `begin`; what is wrong, since the start. */
export interface Report {
	readonly deliveries: number;
	readonly frames: number;
	readonly wire_bytes: number;
	/** Bytes of the frames' texts, after inflating. */
	readonly raw_bytes: number;
	/** From a message's being sent to its being read by a viewer. */
	readonly latency: Histogram;
	/** From a message's being sent to its acknowledgement. */
	readonly ack: Histogram;
	readonly joined: number;
	readonly refused: number;
	readonly failed: number;
	/** Viewers who have not everything that is expected. */
	readonly behind: number;
	/** In how many different orders viewers saw the room. */
	readonly orders: number;
	/** Messages passed over, not counting those that came late. `omitted` and `gaps` were told of by the server. */
	readonly missing: number;
	readonly doubled: number;
	readonly disordered: number;
	readonly omitted: number;
	readonly gaps: number;
	/** Viewers told to start over. */
	readonly restarts: number;
	readonly garbled: number;
	readonly sent: number;
	readonly acknowledged: number;
	readonly rejected: number;
	/** Whether the script has been said to its end. */
	readonly over: boolean;
	/** Connections ended by the other side, by close code; 0 without one. */
	readonly closes: Readonly<Record<string, number>>;
}

type Answer = { readonly event: string; readonly us: number };
type Waiting = { event: string; resolve: (answer: Answer) => void; reject: (fault: Error) => void };

export interface GeneratorOptions {
	readonly port: number;
	readonly dialect: Dialect;
	readonly connections: number;
	/** Connections that may be on their way at once; default 256. */
	readonly openingMax?: number;
	/** For viewers: how many senders there are. For senders: their script. */
	readonly senders?: number;
	readonly script?: { readonly path: string; readonly say: string; readonly window: number };
	/** The share of viewers, in percent, who stop reading at `stall`. */
	readonly stallPercent?: number;
	/** Whether viewers are there before the first message. Default true. */
	readonly fromStart?: boolean;
}

/** The C program of `generator/`, one process of connections. */
export class Generator {
	readonly #program: Program;
	readonly #waiting: Waiting[];

	private constructor(program: Program, waiting: Waiting[]) {
		this.#program = program;
		this.#waiting = waiting;
	}

	static async start(options: GeneratorOptions): Promise<Generator> {
		const waiting: Waiting[] = [];
		const program = startProgram([await buildGenerator(), ...argumentsOf(options)], {
			place: "load",
			onLine(line) {
				const answer = JSON.parse(line) as Answer;
				const index = waiting.findIndex(({ event }) => event === answer.event);
				if (index >= 0) waiting.splice(index, 1)[0]?.resolve(answer);
			},
		});
		return new Generator(program, waiting);
	}

	get pid(): number {
		return this.#program.pid;
	}

	/** Connects everybody; answers the seconds it took. Throws where somebody could not get in. */
	async open(command: "open" | "return" = "open"): Promise<number> {
		const { us } = await this.#ask(command, "joined", 120_000);
		return us / 1e6;
	}

	/** What is counted from here on is measured. */
	async begin(): Promise<void> {
		await this.#ask("begin", "begun", 10_000);
	}

	async report(): Promise<Report> {
		return (await this.#ask("report", "report", 30_000)) as Answer & Report;
	}

	/** Resolves once every viewer has `messages`, with the seconds since the last `open`; null where that takes longer than `timeoutMs`. */
	async whole(messages: number, timeoutMs: number): Promise<number | null> {
		const answer = await this.#ask(`expect ${messages}`, "whole", timeoutMs).catch(() => null);
		return answer && answer.us / 1e6;
	}

	/** Speaks the script. */
	play(): void {
		this.#program.write("play\n");
	}

	async drop(): Promise<void> {
		await this.#ask("drop", "dropped", 30_000);
	}

	async stall(): Promise<void> {
		await this.#ask("stall", "stalled", 10_000);
	}

	async resume(): Promise<void> {
		await this.#ask("resume", "resumed", 10_000);
	}

	/** Some viewers lose their connection and come back with their cursor (`bounce`), or leave and others come (`replace`). */
	churn(how: "bounce" | "replace", viewers: number): void {
		this.#program.write(`${how} ${viewers}\n`);
	}

	stop(): Promise<void> {
		return this.#program.stop();
	}

	async #ask(command: string, event: string, timeoutMs: number): Promise<Answer> {
		const { promise, resolve, reject } = Promise.withResolvers<Answer>();
		const entry = { event, resolve, reject };
		this.#waiting.push(entry);
		const late = setTimeout(() => {
			this.#waiting.splice(this.#waiting.indexOf(entry), 1);
			reject(new Error(`The generator did not say "${event}" within ${timeoutMs / 1_000} s of "${command}".`));
		}, timeoutMs);
		this.#program.write(`${command}\n`);
		try {
			return await promise;
		} finally {
			clearTimeout(late);
		}
	}
}

function argumentsOf(options: GeneratorOptions): string[] {
	const { dialect, script } = options;
	const named: Record<string, string | number | undefined> = {
		port: options.port,
		connections: options.connections,
		"opening-max": options.openingMax,
		senders: options.senders,
		"stall-percent": options.stallPercent,
		"from-start": (options.fromStart ?? true) ? 1 : 0,
		path: dialect.path,
		protocol: dialect.subprotocol,
		extensions: dialect.extensions,
		hello: dialect.hello,
		rejoin: dialect.rejoin,
		joined: dialect.joined,
		ping: dialect.heartbeat?.[0],
		pong: dialect.heartbeat?.[1],
		say: script?.say,
		script: script?.path,
		window: script?.window,
	};
	return Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
}
