import { engineLimits } from "../limits.ts";
import { LogUnavailable } from "../log.ts";
import type { Answer, ToWorker } from "./messages.ts";
import type { StorageThread } from "./storage-thread.ts";

type Question = Extract<ToWorker, { request: number }>;
type WithoutRequest<Q> = Q extends unknown ? Omit<Q, "request"> : never;

/** Asks the reading thread and gives each answer to who asked. */
export class ReadQueue {
	readonly #thread: StorageThread;
	readonly #asked = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
	#requests = 0;

	constructor(thread: StorageThread) {
		this.#thread = thread;
	}

	get reading(): number {
		return this.#asked.size;
	}

	/** Rejects with `LogUnavailable` where the disk, or the thread, cannot answer. */
	ask(question: WithoutRequest<Question>): Promise<Answer> {
		if (this.#thread.state !== "running") return Promise.reject(new LogUnavailable("The log cannot be read now."));
		if (this.#asked.size >= engineLimits.readingMax) return Promise.reject(new LogUnavailable("Too many reads are waiting for the disk."));
		const request = ++this.#requests;
		return new Promise((resolve, reject) => {
			this.#asked.set(request, { resolve, reject });
			this.#thread.post({ ...question, request });
		});
	}

	onAnswered(request: number, answer: Answer): void {
		this.#take(request)?.resolve(answer);
		this.#thread.proven();
	}

	onUnanswered(request: number, detail: string): void {
		this.#take(request)?.reject(new LogUnavailable(detail));
	}

	/** The thread died, or is closed: nobody waits for an answer that does not come. */
	onLost(detail: string): void {
		for (const request of [...this.#asked.keys()]) this.#take(request)?.reject(new LogUnavailable(detail));
	}

	#take(request: number) {
		const asked = this.#asked.get(request);
		this.#asked.delete(request);
		return asked;
	}
}
