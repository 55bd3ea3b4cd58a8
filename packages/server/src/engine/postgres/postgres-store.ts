import type { Directory } from "../directory.ts";
import { LogUnavailable } from "../log.ts";
import type { ServerStore } from "../store.ts";
import type { CommitQueue } from "./commit-queue.ts";
import type { Reader } from "./reader.ts";

/** The server's few facts, and which rooms there are, in the same database as the rooms. */
export class PostgresStore implements ServerStore, Directory {
	readonly #commits: CommitQueue;
	readonly #reader: Reader;

	constructor(options: { commits: CommitQueue; reader: Reader }) {
		this.#commits = options.commits;
		this.#reader = options.reader;
	}

	async get(name: string): Promise<string | null> {
		return await this.#reader.get(name);
	}

	putIfAbsent(name: string, value: string): Promise<string> {
		return this.#put(name, value, "keep");
	}

	async put(name: string, value: string): Promise<void> {
		await this.#put(name, value, "replace");
	}

	async rooms({ after, limit }: { after: string; limit: number }): Promise<readonly string[]> {
		return await this.#reader.rooms(after, limit);
	}

	#put(name: string, value: string, over: "keep" | "replace"): Promise<string> {
		return new Promise((resolve, reject) => {
			this.#commits.submit({ kind: "put", name, value, over }, name.length + value.length, (outcome) => {
				if (outcome.outcome === "put") resolve(outcome.value);
				else reject(new LogUnavailable(outcome.outcome === "failed" ? outcome.detail : `The store answered ${outcome.outcome}.`));
			});
		});
	}
}
