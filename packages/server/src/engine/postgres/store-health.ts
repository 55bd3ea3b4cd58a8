import type { Clock } from "../../runtime/clock.ts";
import { engineLimits } from "../limits.ts";

/**
 * Whether PostgreSQL takes writes, and why not: by what became of them, and by the looks that nodes have anyway. What failed once is well
 * again when a write of more than a message says so.
 */
export class StoreHealth {
	readonly #options: { clock: Clock; probe: () => Promise<string | null>; onTrouble: (reason: string | null) => void };
	#writing: string | null = null;
	#reading: string | null = null;
	#told: string | null = null;
	#probing = false;
	#cancel: () => void = () => {};

	/** `probe` tries a write, and answers why it failed, or null; `onTrouble` hears of each change. */
	constructor(options: { clock: Clock; probe: () => Promise<string | null>; onTrouble: (reason: string | null) => void }) {
		this.#options = options;
	}

	/** Why the store is not to be relied on, or null. */
	get trouble(): string | null {
		return this.#writing ?? this.#reading;
	}

	/** Looks from now on, once a second. */
	watch(): void {
		this.#cancel = this.#options.clock.after(engineLimits.probeMs, () => {
			void this.#look();
			this.watch();
		});
	}

	/** A batch failed whole. */
	failed(fault: string): void {
		this.#writing = fault;
		this.#tell();
	}

	/** A look at the rooms was answered, or not; or PostgreSQL says that it is a replica. */
	looked(fault: string | null): void {
		this.#reading = fault;
		this.#tell();
	}

	close(): void {
		this.#cancel();
	}

	async #look(): Promise<void> {
		if (this.#writing === null || this.#probing) return;
		this.#probing = true;
		this.#writing = await this.#options.probe();
		this.#probing = false;
		this.#tell();
	}

	#tell(): void {
		const { trouble } = this;
		if (this.#told === trouble) return;
		this.#told = trouble;
		this.#options.onTrouble(trouble);
	}
}
