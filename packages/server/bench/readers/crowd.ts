import { emptyTally, type Tally } from "./account.ts";
import { Viewer } from "./viewer.ts";
import { type WayName, wayInto } from "./ways.ts";

export interface CrowdOptions {
	readonly port: number;
	readonly room: string;
	readonly way: WayName;
	readonly viewers: number;
	/** Microseconds of the senders' clock. */
	readonly nowUs: () => number;
}

/** What the crowd found. The first six are of the time since `begin`, the others since the start. */
export interface CrowdReport {
	readonly deliveries: number;
	/** Bytes of TCP payload. */
	readonly bytesDown: number;
	readonly bytesUp: number;
	readonly requests: number;
	/** From sending to seeing, in milliseconds; null where nothing was seen. */
	readonly p50Ms: number | null;
	readonly p99Ms: number | null;
	/** Of the messages expected: neither seen nor told to be left out, summed over all viewers. */
	readonly missing: number;
	readonly doubled: number;
	readonly omitted: number;
	readonly restarts: number;
	readonly unmarked: number;
	/** Viewers who could not enter or were put out. */
	readonly failed: number;
	/** Why the first of them was; empty where all are there. */
	readonly why: string;
}

/** Viewers who are let in at once. */
const enteringMax = 64;
const stepMs = 5;
const pollEveryMs = 1_000;

/**
 * Viewers of one room over one transport, each on a connection of its own. The room must be empty when they come: every event from the
 * first on is due to each.
 *
 * @example const crowd = new Crowd({ port, room: "bench", way: "long-poll", viewers: 1_000, nowUs }); await crowd.enter();
 */
export class Crowd {
	readonly #viewers: Viewer[];
	readonly #rhythm: "told" | "held" | "each second";
	readonly #faults: string[] = [];
	#tally: Tally = emptyTally();
	#timer: ReturnType<typeof setInterval> | null = null;

	constructor({ port, room, way: name, viewers, nowUs }: CrowdOptions) {
		const way = wayInto(room, name);
		const around = { port, way, nowUs, tally: () => this.#tally, onFault: (words: string) => void this.#faults.push(words) };
		this.#rhythm = way.rhythm;
		this.#viewers = Array.from({ length: viewers }, (_, number) => new Viewer(number, around));
	}

	/** Lets everybody in, and has short polls begin, each viewer at its own moment of the second. */
	async enter(): Promise<void> {
		const outside = this.#viewers.values();
		const letIn = async () => {
			for (const viewer of outside) await viewer.enter();
		};
		await Promise.all(Array.from({ length: enteringMax }, letIn));
		if (this.#rhythm === "each second") this.#pollByTheClock();
	}

	/** What is counted from here on is measured. */
	begin(): void {
		this.#tally = emptyTally();
	}

	/** Events out of `messages` that are still missing, summed over all viewers. */
	missing(messages: number): number {
		return this.#viewers.reduce((sum, { account }) => sum + account.missing(messages), 0);
	}

	/** `messages`: how many were said since the room began. */
	report(messages: number): CrowdReport {
		const { delaysUs, ...counts } = this.#tally;
		const ascending = Float64Array.from(delaysUs).sort();
		const quantile = (share: number) => {
			const us = ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)];
			return us === undefined ? null : us / 1_000;
		};
		const sum = (figure: "doubled" | "omitted" | "restarts" | "unmarked") =>
			this.#viewers.reduce((total, { account }) => total + account[figure], 0);
		return {
			...counts,
			...{ p50Ms: quantile(0.5), p99Ms: quantile(0.99), missing: this.missing(messages) },
			...{ doubled: sum("doubled"), omitted: sum("omitted"), restarts: sum("restarts"), unmarked: sum("unmarked") },
			...{ failed: this.#faults.length, why: this.#faults[0] ?? "" },
		};
	}

	leave(): void {
		if (this.#timer) clearInterval(this.#timer);
		for (const viewer of this.#viewers) viewer.leave();
	}

	/** Poll number n, counted over all viewers, is due n / viewers seconds from now. Who still waits for an answer lets its turn pass. */
	#pollByTheClock(): void {
		const startMs = performance.now();
		const count = this.#viewers.length;
		let turn = 0;
		this.#timer = setInterval(() => {
			const due = ((performance.now() - startMs) / pollEveryMs) * count;
			for (; turn < due; turn++) this.#viewers[turn % count]?.ask();
		}, stepMs);
	}
}
