import type { Fault, TransportName } from "../transport.ts";

/** The ways, best first. */
export const rungs: readonly TransportName[] = ["websocket", "event-stream", "long-poll", "short-poll"];
/** How long after the last look to look upward again; the last figure repeats. */
export const lookAfterMs: readonly number[] = [60_000, 300_000, 900_000];
/** Once, where the fall may have had another reason than the way itself, or where it was only remembered. */
export const lookSoonMs = 5_000;
/** On the best way for so long, all is forgotten. */
export const steadyMs = 120_000;
/** Links cut within seconds of their welcome, one after the other, before the way is given up. */
const cutsMax = 2;

/**
 * Decides which way to travel from how the links ended. Pure: time and chance are arguments. It stands on a rung, falls to the next
 * where that rung does not hold, and says when to look whether a better one holds now.
 */
export class Ladder {
	readonly #rungs: readonly TransportName[];
	#at: number;
	#cuts = 0;
	#since = 0;
	/** Looks upward since the last steady time. */
	#looks = 0;
	#soon: "no" | "wanted" | "spent";
	/** When to look next; null where that is not settled. */
	#lookAtMs: number | null = null;

	/** `start` is what worked here last time. One single rung is never left. */
	constructor(choice: "auto" | TransportName, start: TransportName | null) {
		this.#rungs = choice === "auto" ? rungs : [choice];
		this.#at = Math.max(0, start === null ? 0 : this.#rungs.indexOf(start));
		this.#soon = this.#at > 0 ? "wanted" : "no";
	}

	get rung(): TransportName {
		return this.#rungs[this.#at] as TransportName;
	}

	/** What is better than the rung in use, best first. */
	get better(): readonly TransportName[] {
		return this.#rungs.slice(0, this.#at);
	}

	/** A link was welcomed. Answers how long until the next look upward; null at the top. */
	live(nowMs: number, random: number): number | null {
		this.#since = nowMs;
		if (this.#at === 0) return null;
		if (this.#soon === "wanted") {
			this.#soon = "spent";
			this.#lookAtMs = nowMs + lookSoonMs * spread(random);
		}
		this.#lookAtMs ??= nowMs + this.#patienceMs(random);
		return Math.max(0, this.#lookAtMs - nowMs);
	}

	/** A link ended, or never began. True where the next attempt goes another, lesser way, which need not wait. */
	ended(fault: Fault, nowMs: number): boolean {
		if (this.#at === 0 && this.#since > 0 && nowMs - this.#since >= steadyMs) {
			this.#looks = 0;
			this.#soon = "no";
		}
		if (fault !== "cut") this.#cuts = 0;
		// The browser itself may have lost its network, or the server is away: no way is the worse for it.
		if ((fault === "unreachable" || fault === "silent") && this.#soon === "no") this.#soon = "wanted";
		if (fault === "unreachable") this.#at = 0;
		if (fault === "unreachable" || fault === "other" || (fault === "cut" && ++this.#cuts < cutsMax)) return false;
		this.#cuts = 0;
		this.#at = (this.#at + 1) % this.#rungs.length;
		return this.#at > 0;
	}

	/** A look upward begins. */
	look(): void {
		this.#looks++;
		this.#lookAtMs = null;
	}

	/** Nothing better held. Answers how long until the next look. */
	stay(nowMs: number, random: number): number {
		const ms = this.#patienceMs(random);
		this.#lookAtMs = nowMs + ms;
		return ms;
	}

	/** `rung` holds. */
	climb(rung: TransportName): void {
		this.#at = this.#rungs.indexOf(rung);
		this.#cuts = 0;
	}

	#patienceMs(random: number): number {
		return (lookAfterMs[Math.min(this.#looks, lookAfterMs.length - 1)] as number) * spread(random);
	}
}

/** A seventh more or less, so that those who fell together do not look together. */
function spread(random: number): number {
	return 0.85 + 0.3 * random;
}
