import type { Clock } from "../src/runtime/clock.ts";

interface Timer {
	readonly atMs: number;
	readonly order: number;
	readonly run: () => void;
}

/**
 * Time that stands still until a test moves it. `soon` runs at the next `settle` or `advance`; timers run in the order of their moments.
 *
 * @example const clock = new FakeClock(); clock.after(50, flush); await clock.advance(50);
 */
export class FakeClock implements Clock {
	#nowMs: number;
	#wallOffsetMs: number;
	#timers: Timer[] = [];
	#soon: (() => void)[] = [];
	#order = 0;
	#cpuMs = 0;
	/** Work that is done elsewhere, such as a signature on another thread: nothing has settled before it is back. */
	isWorkElsewhere: () => boolean = () => false;

	constructor(options: { nowMs?: number; wallMs?: number } = {}) {
		this.#nowMs = options.nowMs ?? 1_000_000;
		this.#wallOffsetMs = (options.wallMs ?? 1_700_000_000_000) - this.#nowMs;
	}

	monotonicMs(): number {
		return this.#nowMs;
	}

	wallMs(): number {
		return this.#nowMs + this.#wallOffsetMs;
	}

	/** Work costs nothing here; see `spend`. */
	cpuMs(): number {
		return this.#cpuMs;
	}

	after(delayMs: number, run: () => void): () => void {
		const timer = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, run };
		this.#timers.push(timer);
		return () => {
			this.#timers = this.#timers.filter((other) => other !== timer);
		};
	}

	soon(run: () => void): void {
		this.#soon.push(run);
	}

	/** Timers that have not run yet. */
	get waiting(): number {
		return this.#timers.length;
	}

	/** Time passes without anything else happening, as it does while something is being worked at. */
	spend(ms: number): void {
		this.#nowMs += ms;
		this.#cpuMs += ms;
	}

	/** Lets the machine's wall clock jump, as a correction of its time does. */
	jumpWall(byMs: number): void {
		this.#wallOffsetMs += byMs;
	}

	/** Lets everything that waits for no time happen: promises, and what was to run soon. */
	async settle(): Promise<void> {
		for (let idle = 0; idle < 3; ) {
			await new Promise((resolve) => setImmediate(resolve));
			const due = this.#soon;
			this.#soon = [];
			for (const run of due) run();
			idle = due.length > 0 || this.isWorkElsewhere() ? 0 : idle + 1;
		}
	}

	/** Moves time on, running each timer at its own moment and letting everything settle between them. */
	async advance(byMs: number): Promise<void> {
		const targetMs = this.#nowMs + byMs;
		await this.settle();
		for (let timer = this.#nextUntil(targetMs); timer; timer = this.#nextUntil(targetMs)) {
			this.#timers.splice(this.#timers.indexOf(timer), 1);
			this.#nowMs = Math.max(this.#nowMs, timer.atMs);
			timer.run();
			await this.settle();
		}
		this.#nowMs = Math.max(this.#nowMs, targetMs);
		await this.settle();
	}

	#nextUntil(targetMs: number): Timer | undefined {
		return this.#timers.filter((timer) => timer.atMs <= targetMs).sort((one, other) => one.atMs - other.atMs || one.order - other.order)[0];
	}
}
