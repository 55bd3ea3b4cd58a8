import type { RoomLog } from "../engine/log.ts";
import type { Clock } from "../runtime/clock.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Logger } from "../runtime/log.ts";

export interface RemovedTextsOptions {
	readonly log: RoomLog;
	readonly clock: Clock;
	readonly logger: Logger;
	/** For how many days texts that were taken back are kept in the staff log. */
	readonly days: number;
}

/** Wipes texts that were taken back out of the staff logs, once they have been there long enough (SPEC SAY-7): at its start, and every few minutes. */
export class RemovedTexts {
	readonly #options: RemovedTextsOptions;
	#state: "stopped" | "running" = "stopped";
	#cancel = () => {};

	constructor(options: RemovedTextsOptions) {
		this.#options = options;
	}

	/** Wipes what is due, and goes on doing so until `stop()`. */
	start(): void {
		this.#state = "running";
		void this.#round();
	}

	stop(): void {
		this.#state = "stopped";
		this.#cancel();
	}

	async #round(): Promise<void> {
		const { clock, logger } = this.#options;
		try {
			await this.#wipe();
		} catch (fault) {
			// Tried again the next time.
			if (this.#state === "running") logger.warn({ fault: String(fault) }, "texts that were taken back could not be wiped");
		}
		if (this.#state === "running") this.#cancel = clock.after(serverLimits.removedWipeMs, () => void this.#round());
	}

	async #wipe(): Promise<void> {
		const { log, clock, days } = this.#options;
		let wiped = 1;
		while (this.#state === "running" && wiped > 0) wiped = await log.wipe(clock.wallMs() - days * DAY_MS);
	}
}

const DAY_MS = 86_400_000;
