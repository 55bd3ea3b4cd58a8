import type { Environment } from "./environment.ts";

/** What is silent this long after a ping is dead. */
export const answerDeadlineMs = 8_000;
/** As long, when the browser has just said that the network is gone. */
export const doubtDeadlineMs = 2_000;
/** Whatever a server asks for, pings are this far apart at most: with the deadline, a dead server is found within 45 s. */
export const pingEveryMsMax = 35_000;
const pingEveryMsMin = 1_000;

/**
 * Finds out that the other side is gone, and tells it that this side is not.
 *
 * A ping goes out every `heartbeatMs`, also while the server is talking, because a viewer who only reads must be heard from too.
 * Anything heard is an answer. No clock is read: a computer that slept only finds its timers late.
 */
export class Heartbeat {
	readonly #environment: Pick<Environment, "setTimeout" | "clearTimeout">;
	readonly #ping: () => void;
	readonly #dead: () => void;
	#interval: unknown = null;
	#deadline: unknown = null;

	constructor(environment: Pick<Environment, "setTimeout" | "clearTimeout">, ping: () => void, dead: () => void) {
		this.#environment = environment;
		this.#ping = ping;
		this.#dead = dead;
	}

	start(heartbeatMs: number): void {
		this.stop();
		const everyMs = Math.min(Math.max(heartbeatMs, pingEveryMsMin), pingEveryMsMax);
		const beat = () => {
			this.#interval = this.#environment.setTimeout(beat, everyMs);
			this.probe();
		};
		this.#interval = this.#environment.setTimeout(beat, everyMs);
	}

	/** Pings now; what is not answered within `deadlineMs` of the first of several pings is dead. */
	probe(deadlineMs = answerDeadlineMs): void {
		this.#deadline ??= this.#environment.setTimeout(() => {
			this.stop();
			this.#dead();
		}, deadlineMs);
		this.#ping();
	}

	/** Something came from the other side. */
	heard(): void {
		this.#environment.clearTimeout(this.#deadline);
		this.#deadline = null;
	}

	stop(): void {
		this.heard();
		this.#environment.clearTimeout(this.#interval);
	}
}
