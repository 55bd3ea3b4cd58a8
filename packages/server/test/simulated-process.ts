import type { CpuShare } from "../src/fanout/cpu-share.ts";
import { Channel } from "../src/host/channel.ts";
import type { Reader } from "../src/host/reader.ts";
import type { Clock } from "../src/runtime/clock.ts";
import { createMetrics } from "../src/runtime/metrics.ts";

/** An event loop of one core whose work takes simulated time. Everything happens in order, at once, and the same way for the same seed. */
export class SimulatedLoop implements Clock {
	#nowMs = 0;
	#cpuMs = 0;
	#timers: { atMs: number; order: number; run: () => void }[] = [];
	#ready: (() => void)[] = [];
	#order = 0;
	/** How many times slower than a machine on which a write takes 6 µs. */
	slowness = 1;

	monotonicMs(): number {
		return this.#nowMs;
	}

	wallMs(): number {
		return this.#nowMs;
	}

	cpuMs(): number {
		return this.#cpuMs;
	}

	after(delayMs: number, run: () => void): () => void {
		// The runtime's timers count in whole milliseconds, and are never early.
		const timer = { atMs: Math.ceil(this.#nowMs + delayMs), order: this.#order++, run };
		this.#timers.push(timer);
		return () => {
			this.#timers = this.#timers.filter((other) => other !== timer);
		};
	}

	at(atMs: number, run: () => void): void {
		this.#timers.push({ atMs, order: this.#order++, run });
	}

	soon(run: () => void): void {
		this.#ready.push(run);
	}

	/** The work that runs now takes so long on an ordinary machine. */
	work(ms: number): void {
		this.#nowMs += ms * this.slowness;
		this.#cpuMs += ms * this.slowness;
	}

	runUntil(endMs: number): void {
		for (;;) {
			const due = this.#timers.filter((timer) => timer.atMs <= this.#nowMs).sort((a, b) => a.atMs - b.atMs || a.order - b.order);
			if (due.length > 0) this.#timers = this.#timers.filter((timer) => timer.atMs > this.#nowMs);
			const turn = [...due.map(({ run }) => run), ...this.#ready.splice(0)];
			for (const run of turn) run();
			if (turn.length > 0 || this.#ready.length > 0) continue;
			const next = Math.min(...this.#timers.map(({ atMs }) => atMs));
			if (next > endMs) break;
			this.#nowMs = next;
		}
		this.#nowMs = Math.max(this.#nowMs, endMs);
	}
}

/** Milliseconds of work that one write takes on the simulated machine. */
const writeMs = 0.006;

/** A room of the simulated process: its viewers note how late each event reached them. */
export class SimulatedRoom {
	readonly channel: Channel;
	readonly #loop: SimulatedLoop;
	readonly #arrivedAtMs: number[] = [];
	/** Milliseconds from an event's arrival to a viewer's being written to, a few viewers sampled. */
	readonly delays: number[] = [];
	writes = 0;

	constructor(loop: SimulatedLoop, share: CpuShare, viewers: number) {
		this.#loop = loop;
		this.channel = new Channel({
			...{ room: "lobby", view: "all", through: 0, cursorAt: (offset) => `e.${offset}`, clock: loop, metrics: createMetrics(), share },
		});
		for (let index = 0; index < viewers; index++) this.channel.admit(this.#reader(index % Math.ceil(viewers / 20) === 0));
	}

	#reader(isSampled: boolean): Reader {
		let seen = 0;
		let sequence = this.channel.window.next;
		return {
			codec: "json",
			actor: { id: "", name: "", roles: [] },
			evict() {},
			wake: () => {
				const { window } = this.channel;
				if (sequence === window.next) return;
				sequence = window.next;
				this.#loop.work(writeMs);
				this.writes++;
				for (; seen < window.through; seen++)
					if (isSampled) this.delays.push(this.#loop.monotonicMs() - (this.#arrivedAtMs[seen] as number));
			},
		};
	}

	/** An event arrives now. */
	say(): void {
		const offset = this.#arrivedAtMs.push(this.#loop.monotonicMs());
		this.channel.offer({ event: { kind: "delete", offset, at: 0, target: "m" }, json: "{}" }, { verdict: "shown" });
		this.channel.arrived();
	}

	/** Events as a Poisson process of so many a second, from one moment to another. */
	sayBetween(fromMs: number, untilMs: number, perSecond: number, random: () => number): void {
		const next = (afterMs: number) => {
			const atMs = afterMs - (Math.log(1 - random()) * 1_000) / perSecond;
			if (atMs < untilMs)
				this.#loop.at(atMs, () => {
					this.say();
					next(atMs);
				});
		};
		next(fromMs);
	}
}

export function quantile(values: readonly number[], share: number): number {
	const rising = values.toSorted((one, other) => one - other);
	return rising[Math.min(rising.length - 1, Math.floor(rising.length * share))] ?? 0;
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}
