import { LogUnavailable } from "../log.ts";
import type { ServerStore } from "../store.ts";

/** The server's few facts in this process's memory. */
export class MemoryStore implements ServerStore {
	readonly #values = new Map<string, string>();
	#state: "open" | "closed" = "open";

	async get(name: string): Promise<string | null> {
		this.#assertOpen();
		return this.#values.get(name) ?? null;
	}

	async putIfAbsent(name: string, value: string): Promise<string> {
		this.#assertOpen();
		if (!this.#values.has(name)) this.#values.set(name, value);
		return this.#values.get(name) ?? value;
	}

	async put(name: string, value: string): Promise<void> {
		this.#assertOpen();
		this.#values.set(name, value);
	}

	close(): void {
		this.#state = "closed";
	}

	#assertOpen(): void {
		if (this.#state === "closed") throw new LogUnavailable("The store is closed.");
	}
}
