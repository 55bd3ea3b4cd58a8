import { serverLimits } from "./runtime/limits.ts";
import type { Logger } from "./runtime/log.ts";

/** The doors of a server: its listening sockets. */
export interface Doors {
	/** Takes no new connections; those there are stay. */
	shut(): void;
	/** Takes them again. Throws one sentence where it cannot be. */
	open(): void;
}

/**
 * Keeps the process from running out of descriptors. A listener that can accept nothing is told of the same waiting connection again and
 * again, which takes a whole core; and the disk and the key set need descriptors too. So the doors are shut while few are left: whoever comes is
 * refused by the system, at once, and a balancer tries another server.
 */
export class DescriptorGuard {
	readonly #doors: Doors;
	readonly #logger: Logger;
	readonly #hasFree: (count: number) => boolean;
	readonly #hasPlenty: () => boolean;
	readonly #limit: number | null;
	#state: { readonly kind: "open"; readonly sinceMs: number } | { readonly kind: "shut" } = { kind: "open", sinceMs: 0 };
	/** Whether the log has been told, and not yet that it is over. */
	#told: "nothing" | "shut" | "cannot open" = "nothing";
	#newcomers = 0;

	/**
	 * `hasFree` tells whether so many descriptors could be opened, by trying; `hasPlenty` whether, as far as they are counted, there are so many
	 * that nobody need try between two seconds; `limit` is for the log.
	 */
	constructor(options: {
		doors: Doors;
		logger: Logger;
		hasFree: (count: number) => boolean;
		hasPlenty: () => boolean;
		limit: number | null;
	}) {
		this.#doors = options.doors;
		this.#logger = options.logger;
		this.#hasFree = options.hasFree;
		this.#hasPlenty = options.hasPlenty;
		this.#limit = options.limit;
	}

	get isOpen(): boolean {
		return this.#state.kind === "open";
	}

	/** A request has come in: looked at before so many have as would use up the reserve. */
	onRequest(nowMs: number): void {
		if (++this.#newcomers < serverLimits.descriptorsReserved / 2) return;
		// Trying takes 13 µs of each request, a twelfth of a join.
		if (this.isOpen && this.#hasPlenty()) this.#newcomers = 0;
		else this.look(nowMs);
	}

	/** Shuts the doors, or opens them again. Called every second too, for connections that ask nothing. */
	look(nowMs: number): void {
		this.#newcomers = 0;
		if (this.#state.kind === "open") this.#lookWhileOpen(this.#state.sinceMs, nowMs);
		else if (this.#hasFree(2 * serverLimits.descriptorsReserved)) this.#open(nowMs);
	}

	#lookWhileOpen(sinceMs: number, nowMs: number): void {
		if (!this.#hasFree(serverLimits.descriptorsReserved)) {
			this.#doors.shut();
			this.#state = { kind: "shut" };
			if (this.#told === "nothing")
				this.#logger.warn({ limit: this.#limit }, "open files are used up: new connections are refused until there are some");
			this.#told = "shut";
		} else if (this.#told !== "nothing" && nowMs - sinceMs >= serverLimits.admissionCalmMs) {
			// Under a siege the doors go to and fro: that is one affair, and two lines.
			this.#logger.warn({}, "new connections have been taken for a minute again");
			this.#told = "nothing";
		}
	}

	#open(nowMs: number): void {
		try {
			this.#doors.open();
			this.#state = { kind: "open", sinceMs: nowMs };
		} catch (fault) {
			if (this.#told !== "cannot open") this.#logger.error({ fault: (fault as Error).message }, "new connections cannot be taken again");
			this.#told = "cannot open";
		}
	}
}
