import { LogUnavailable } from "../log.ts";
import type { ServerStore } from "../store.ts";
import type { CommitQueue } from "./commit-queue.ts";
import type { ReadQueue } from "./read-queue.ts";

/** The server's few facts, in the same database as the rooms. */
export class SqliteStore implements ServerStore {
	readonly #commits: CommitQueue;
	readonly #reads: ReadQueue;

	constructor(options: { commits: CommitQueue; reads: ReadQueue }) {
		this.#commits = options.commits;
		this.#reads = options.reads;
	}

	async get(name: string): Promise<string | null> {
		return (await this.#reads.ask({ type: "get", name })) as string | null;
	}

	putIfAbsent(name: string, value: string): Promise<string> {
		return new Promise((resolve, reject) => {
			this.#commits.submit({ kind: "put", name, value }, name.length + value.length, (outcome) => {
				if (outcome.outcome === "put") resolve(outcome.value);
				else reject(new LogUnavailable(outcome.outcome === "failed" ? outcome.detail : `The storage thread answered ${outcome.outcome}.`));
			});
		});
	}
}
