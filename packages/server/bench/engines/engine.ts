import type { Dialect, SenderDialect } from "../load/generator.ts";

/** Whether each message is a write of its own to every viewer, or several go in one. Decides how much one core can take. */
export type Habit = "a write a message" | "batches";

/** What is measured: our server, or a peer beside it. */
export interface Engine {
	readonly name: string;
	readonly habit: Habit;
	/** Starts a fresh server. Throws `NotHere` where it cannot be had on this machine. */
	start(options: StartOptions): Promise<RunningEngine>;
}

export interface StartOptions {
	/** Whether the viewers ask for compressed frames. */
	readonly compressed?: boolean;
	/** Settings of our own server beside the suite's, by environment variable. */
	readonly settings?: Record<string, string>;
	/** A data folder of our own server's that is kept; otherwise a temporary one. */
	readonly data?: string;
}

export interface RunningEngine {
	readonly port: number;
	/** The processes whose CPU and memory count. */
	readonly pids: readonly number[];
	readonly viewer: Dialect;
	readonly sender: SenderDialect;
	/** Ends it and removes what it left. */
	stop(): Promise<void>;
}
