/** Time as a value that tests replace. Milliseconds everywhere. */
export interface Clock {
	/** Milliseconds since some fixed moment; never goes back. */
	now(): number;
	/** Resolves after `delayMs`, or at once when `signal` is aborted. 0 lets everything that has already arrived be handled first. */
	sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
	/** Calls `run` every `periodMs` until the answer is called. */
	every(periodMs: number, run: () => void): () => void;
}

// setTimeout fires at once when asked to wait for longer than 2^31 - 1 ms.
const timerMsMax = 2_147_483_647;

export const systemClock: Clock = {
	now: () => performance.now(),
	sleep(delayMs, signal) {
		if (signal?.aborted) return Promise.resolve();
		return new Promise((resolve) => {
			if (delayMs <= 0) {
				setImmediate(resolve);
				return;
			}
			const end = () => {
				clearTimeout(timer);
				signal?.removeEventListener("abort", end);
				resolve();
			};
			const timer = setTimeout(end, Math.min(delayMs, timerMsMax));
			signal?.addEventListener("abort", end);
		});
	},
	every(periodMs, run) {
		const timer = setInterval(run, periodMs);
		return () => clearInterval(timer);
	},
};
