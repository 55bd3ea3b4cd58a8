import type { Clock } from "../../runtime/clock.ts";
import { EngineRefused } from "../engine.ts";
import { engineLimits } from "../limits.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

export interface ThreadOptions {
	/** Address of the worker's script. */
	readonly script: string;
	/** The thread's first message, made anew for each start. */
	readonly opening: () => ToWorker;
	readonly clock: Clock;
	/** Hears what the thread says once it is open. */
	readonly onMessage: (message: FromWorker) => void;
	/** Hears when the thread is open again after it was lost. */
	readonly onReady: () => void;
	/** Hears when the thread died with whatever it was doing. `next` tells whether it is being started again or could not be, and `detail` why. */
	readonly onLost: (next: "restarting" | "down", detail: string) => void;
	readonly onFault: (words: string) => void;
}

type State =
	| { kind: "opening" | "running"; worker: Worker }
	/** Died a moment ago: what is asked now may wait for the next start, which is near. */
	| { kind: "restarting"; cancel: () => void }
	/** Could not be started again: what is asked now fails at once. Tried again with growing pauses. */
	| { kind: "down"; cancel: () => void }
	| { kind: "closed" };

/** One storage thread, started again when it dies. */
export class StorageThread {
	readonly #options: ThreadOptions;
	#state: State = { kind: "closed" };
	#attempts = 0;
	#restarts = 0;
	#first: { resolve: (opened: { restored: boolean }) => void; reject: (error: Error) => void } | null = null;
	#whenClosed: (() => void) | null = null;

	constructor(options: ThreadOptions) {
		this.#options = options;
	}

	get restarts(): number {
		return this.#restarts;
	}

	get state(): "running" | "restarting" | "down" | "closed" {
		return this.#state.kind === "opening" ? "restarting" : this.#state.kind;
	}

	/** Starts the thread for the first time. Rejects with `EngineRefused` where it cannot be opened. */
	start(): Promise<{ restored: boolean }> {
		return new Promise((resolve, reject) => {
			this.#first = { resolve, reject };
			this.#spawn();
		});
	}

	/** Hands a message to the thread. Only while `state` is `running`. */
	post(message: ToWorker): void {
		if (this.#state.kind === "running") this.#state.worker.postMessage(message);
	}

	/** The thread did what it was asked: its next death is a first one again. */
	proven(): void {
		this.#attempts = 0;
	}

	/** Lets the thread finish and ends it. Called once; resolves also where it dies on the way. */
	close(): Promise<void> {
		const last = this.#state;
		if (last.kind === "restarting" || last.kind === "down") last.cancel();
		if (last.kind !== "running") {
			this.#state = { kind: "closed" };
			if (last.kind === "opening") last.worker.terminate();
			return Promise.resolve();
		}
		return new Promise((resolve) => {
			this.#whenClosed = () => {
				this.#state = { kind: "closed" };
				last.worker.terminate();
				resolve();
			};
			last.worker.postMessage({ type: "close" } satisfies ToWorker);
		});
	}

	#spawn(): void {
		const worker = new Worker(this.#options.script);
		let cause = "it ended by itself";
		this.#state = { kind: "opening", worker };
		worker.addEventListener("message", (event: MessageEvent<FromWorker>) => this.#onMessage(worker, event.data));
		worker.addEventListener("error", (event) => {
			event.preventDefault();
			cause = lastLine(event.message);
		});
		worker.addEventListener("close", () => this.#onDeath(worker, cause));
		worker.postMessage(this.#options.opening());
	}

	#onMessage(worker: Worker, message: FromWorker): void {
		switch (message.type) {
			case "opened": {
				this.#state = { kind: "running", worker };
				const first = this.#first;
				this.#first = null;
				if (first) first.resolve({ restored: message.restored });
				else this.#options.onReady();
				return;
			}
			case "refused":
				this.#onRefused(worker, message.detail);
				return;
			case "closed":
				this.#whenClosed?.();
				return;
			default:
				this.#options.onMessage(message);
		}
	}

	#onDeath(worker: Worker, cause: string): void {
		const last = this.#state;
		if ((last.kind !== "opening" && last.kind !== "running") || last.worker !== worker) return;
		if (this.#whenClosed) this.#whenClosed();
		else if (last.kind === "opening") this.#onRefused(worker, `The storage thread could not be started: ${cause}.`);
		else this.#restart(cause);
	}

	#restart(cause: string): void {
		this.#options.onFault(`The storage thread was lost: ${cause}.`);
		this.#state = { kind: "restarting", cancel: this.#spawnLater() };
		this.#options.onLost("restarting", "The storage thread was lost.");
	}

	#onRefused(worker: Worker, detail: string): void {
		const first = this.#first;
		this.#first = null;
		this.#state = { kind: "closed" };
		worker.terminate();
		if (first) {
			first.reject(new EngineRefused(detail));
			return;
		}
		this.#state = { kind: "down", cancel: this.#spawnLater() };
		this.#options.onLost("down", detail);
	}

	#spawnLater(): () => void {
		const delayMs = Math.min(engineLimits.restartDelayMinMs * 2 ** this.#attempts++, engineLimits.restartDelayMaxMs);
		return this.#options.clock.after(delayMs, () => {
			this.#restarts++;
			this.#spawn();
		});
	}
}

/** A worker's error comes with its source lines; what went wrong stands in the last line that says "error". */
function lastLine(message: string): string {
	const lines = message.split("\n").map((line) => line.trim());
	return lines.findLast((line) => /error/i.test(line)) ?? lines[0] ?? "";
}
