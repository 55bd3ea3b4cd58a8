import type { Socket } from "bun";
import { Keeper } from "./keeper.ts";

/** How often it is looked whose turn has come. */
const stepMs = 5;

export interface PollersOptions {
	readonly port: number;
	/** Address of the room's events, without its query. */
	readonly path: string;
	readonly host: string;
	readonly pollers: number;
	/** Connections they share, as viewers behind one proxy do. Requests on one go one after another. */
	readonly connections: number;
	/** Time from an answer to the next poll of that poller. */
	readonly intervalMs: number;
}

/** What the pollers found. */
export interface PollersReport {
	readonly polls: number;
	/** Polls that were not answered with 200, and their first words. */
	readonly failed: readonly string[];
	/** Events that came to a poller again, or not in their turn. */
	readonly doubled: number;
	readonly missing: number;
	/** Polls one poller sent after an event was announced until it had it: the most there were. */
	readonly pollsToSee: number;
	/** From one answer of a poller to its next: the longest there was. */
	readonly gapMsMax: number;
	/** From the moment of an event to a poller's having it, ascending. */
	readonly delaysMs: readonly number[];
	/** Offset that every poller has reached. */
	readonly reached: number;
}

interface Poller {
	readonly keeper: Keeper;
	readonly line: Line;
	/** When it asks again, and when it was answered last, monotonic. */
	dueMs: number;
	answeredMs: number | null;
}

/** One connection and the pollers whose turn on it has come. */
interface Line {
	socket: Socket<Line> | null;
	readonly due: Poller[];
	asking: Poller | null;
	received: string;
}

/**
 * Thousands of short pollers, each with its own cursor, over a few kept connections. No poller asks sooner than its interval after an
 * answer, however late the machine is.
 *
 * @example const pollers = await Pollers.start({ port, path: "/rooms/lobby/events", host: "localhost", pollers: 500, connections: 8, intervalMs: 1_000 });
 */
export class Pollers {
	readonly #options: PollersOptions;
	readonly #keepers: Keeper[] = [];
	readonly #lines: Line[] = [];
	/** Those who wait for their time, the soonest first. */
	#resting: Poller[] = [];
	readonly #failed: string[] = [];
	#gapMsMax = 0;
	/** Polls sent so far. */
	polls = 0;
	#timer: ReturnType<typeof setInterval> | null = null;

	private constructor(options: PollersOptions) {
		this.#options = options;
	}

	/** Connects, and begins to ask, one after another over the first interval. */
	static async start(options: PollersOptions): Promise<Pollers> {
		const { pollers: count, connections, intervalMs } = options;
		const pollers = new Pollers(options);
		for (let index = 0; index < connections; index++) pollers.#lines.push(await pollers.#connect());
		const nowMs = performance.now();
		for (let index = 0; index < count; index++) {
			const keeper = new Keeper();
			const line = pollers.#lines[index % connections] as Line;
			pollers.#keepers.push(keeper);
			pollers.#resting.push({ keeper, line, dueMs: nowMs + (index / count) * intervalMs, answeredMs: null });
		}
		pollers.#timer = setInterval(() => pollers.#wakeDue(performance.now()), stepMs);
		return pollers;
	}

	/** Offset that every poller has reached. */
	get reached(): number {
		return Math.min(...this.#keepers.map((keeper) => keeper.reached));
	}

	/** The event with this offset is there for everyone to see from now on. */
	announce(offset: number): void {
		for (const keeper of this.#keepers) keeper.announce(offset);
	}

	report(): PollersReport {
		const keepers = this.#keepers;
		const sum = (figure: (keeper: Keeper) => number) => keepers.reduce((total, keeper) => total + figure(keeper), 0);
		return {
			polls: this.polls,
			failed: this.#failed,
			doubled: sum((keeper) => keeper.doubled),
			missing: sum((keeper) => keeper.missing),
			pollsToSee: Math.max(...keepers.map((keeper) => keeper.pollsToSee)),
			gapMsMax: this.#gapMsMax,
			delaysMs: keepers.flatMap((keeper) => keeper.delaysMs).sort((one, other) => one - other),
			reached: this.reached,
		};
	}

	stop(): void {
		if (this.#timer) clearInterval(this.#timer);
		this.#timer = null;
		for (const line of this.#lines) line.socket?.terminate();
	}

	#wakeDue(nowMs: number): void {
		const due = this.#resting.findIndex(({ dueMs }) => dueMs > nowMs);
		for (const poller of this.#resting.splice(0, due < 0 ? this.#resting.length : due)) {
			poller.line.due.push(poller);
			if (!poller.line.asking) this.#ask(poller.line);
		}
	}

	#ask(line: Line): void {
		const poller = line.due.shift();
		if (!poller) return;
		line.asking = poller;
		this.polls++;
		const { path, host } = this.#options;
		const after = poller.keeper.ask();
		line.socket?.write(`GET ${path}?wait=0${after === null ? "" : `&after=${after}`} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
	}

	#rest(poller: Poller, nowMs: number): void {
		this.#gapMsMax = Math.max(this.#gapMsMax, nowMs - (poller.answeredMs ?? nowMs));
		poller.answeredMs = nowMs;
		poller.dueMs = nowMs + this.#options.intervalMs;
		this.#resting.push(poller);
	}

	async #connect(): Promise<Line> {
		const line: Line = { socket: null, due: [], asking: null, received: "" };
		line.socket = await Bun.connect<Line>({
			hostname: "127.0.0.1",
			port: this.#options.port,
			data: line,
			socket: {
				data: (_socket, bytes) => this.#receive(line, bytes.toString("latin1")),
				close: () => {
					if (this.#timer) this.#failed.push("the connection was closed");
				},
			},
		});
		return line;
	}

	#receive(line: Line, bytes: string): void {
		line.received += bytes;
		const head = line.received.indexOf("\r\n\r\n");
		if (head < 0) return;
		const length = Number(/^content-length: *(\d+)/im.exec(line.received.slice(0, head))?.[1] ?? 0);
		if (line.received.length < head + 4 + length) return;
		const body = line.received.slice(head + 4, head + 4 + length);
		if (line.received.startsWith("HTTP/1.1 200 ")) line.asking?.keeper.take(body, Date.now());
		else this.#failed.push(line.received.slice(0, 40));
		line.received = line.received.slice(head + 4 + length);
		if (line.asking) this.#rest(line.asking, performance.now());
		line.asking = null;
		this.#ask(line);
	}
}
