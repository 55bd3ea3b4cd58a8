import type { Clock } from "../../runtime/clock.ts";
import { engineLimits } from "../limits.ts";

/**
 * Whether the store takes writes, and why not: by what became of them, and by a look every second, since a server that nobody writes to is
 * asked too. What failed once is well again when a thorough look says so, not when some small write slips through.
 */
export class StoreHealth {
	readonly #clock: Clock;
	readonly #probe: (thoroughly: boolean) => "asked" | "not now";
	readonly #onTrouble: (reason: string | null) => void;
	/** What is the matter with writes, and with reads. */
	#writing: string | null = null;
	#reading: string | null = null;
	#told: string | null = null;
	/** The look that is on its way. */
	#asked: { readonly thoroughly: boolean; readonly sinceMs: number } | null = null;
	#cancel: () => void = () => {};

	/** `probe` asks the writing thread where there is one, whose answer comes to `probed`; `onTrouble` hears of each change. */
	constructor(options: { clock: Clock; probe: (thoroughly: boolean) => "asked" | "not now"; onTrouble: (reason: string | null) => void }) {
		this.#clock = options.clock;
		this.#probe = options.probe;
		this.#onTrouble = options.onTrouble;
	}

	/** Why the store is not to be relied on, or null. */
	get trouble(): string | null {
		return this.#writing ?? this.#reading;
	}

	/** Looks from now on. */
	watch(): void {
		this.#cancel = this.#clock.after(engineLimits.probeMs, () => {
			this.#look();
			this.watch();
		});
	}

	/** A batch failed whole, or what is done after one did. */
	failed(fault: string): void {
		this.#writing = fault;
		this.#tell();
	}

	/** The writing thread has looked. */
	probed(fault: string | null): void {
		const wasThorough = this.#asked?.thoroughly;
		this.#asked = null;
		if (fault !== null || wasThorough) this.#writing = fault;
		this.#tell();
	}

	/** The writing thread has died, and took the question along. `detail` says why there is none now, null where the next is near. */
	writerLost(detail: string | null): void {
		this.#asked = null;
		if (detail !== null) this.failed(detail);
	}

	/** The same of the reading thread; null also once it is there again. */
	readerLost(detail: string | null): void {
		this.#reading = detail;
		this.#tell();
	}

	close(): void {
		this.#cancel();
	}

	#look(): void {
		const nowMs = this.#clock.monotonicMs();
		const thoroughly = this.#writing !== null;
		if (this.#asked === null) this.#asked = this.#probe(thoroughly) === "asked" ? { thoroughly, sinceMs: nowMs } : null;
		else if (nowMs - this.#asked.sinceMs >= engineLimits.stalledMs) this.failed("The disk does not answer.");
	}

	#tell(): void {
		const { trouble } = this;
		if (this.#told === trouble) return;
		this.#told = trouble;
		this.#onTrouble(trouble);
	}
}
