/** Time as a value that can be replaced. Durations are milliseconds. */
export interface Clock {
	/** Milliseconds since some fixed moment; never goes back. For every timer, limit and interval. */
	monotonicMs(): number;
	/** Unix milliseconds, for what is told or kept with a date: tokens, events, whole seconds of polls. The machine's clock may jump. */
	wallMs(): number;
	/** CPU time that this thread has taken in all, user and system. */
	cpuMs(): number;
	/** Runs `run` once, `delayMs` from now at the earliest. Returns how to cancel. */
	after(delayMs: number, run: () => void): () => void;
	/** Runs `run` in this turn of the event loop's end, after what has already arrived was handled. */
	soon(run: () => void): void;
}

export const systemClock: Clock = {
	monotonicMs: () => performance.now(),
	wallMs: () => Date.now(),
	cpuMs() {
		const { user, system } = process.threadCpuUsage();
		return (user + system) / 1_000;
	},
	after(delayMs, run) {
		const timer = setTimeout(run, delayMs);
		return () => clearTimeout(timer);
	},
	soon: (run) => {
		setImmediate(run);
	},
};
