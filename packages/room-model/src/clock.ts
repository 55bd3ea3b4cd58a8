/** Time as a value, so that everything that waits can be tested without waiting. */
export interface Clock {
	/** Milliseconds that only ever rise, for measuring. */
	monotonic(): number;
	/** Unix milliseconds, for display. */
	wall(): number;
	/** Runs once after `ms` milliseconds; the answer takes it back. */
	after(ms: number, run: () => void): () => void;
}
