import { type AttemptResult, briefMs, type Fault, type TransportName } from "../transport.ts";

// Everything that decides about transports, without a clock or chance of its own: what the end of a link says of its transport, which transport
// comes next, when to try a better one, and how long a request may be held.

/** What the end of a link says of its transport. */
export function faultOf({ end, bye, livedMs }: AttemptResult, isOnline: boolean): Fault {
	if (!isOnline) return "other";
	if (end.fault) return end.fault;
	// The server heard nothing: what was sent to it did not pass. Its other reasons are its own.
	if (bye) return bye.code === "silent" ? "silent" : "other";
	if (livedMs === null) return "refused";
	return livedMs < briefMs ? "cut" : "other";
}

/** All transports, best first. */
export const bestFirst: readonly TransportName[] = ["websocket", "event-stream", "long-poll", "short-poll"];
/** How long after the last probe to probe for a better transport again; the last figure repeats. */
export const probeAfterMs: readonly number[] = [60_000, 300_000, 900_000];
/** Once, where falling back may have had another reason than the transport itself, or where the transport was only remembered. */
export const probeSoonMs = 5_000;
/** How often to probe while other pages hold the connections that the transport would need: a page that dies lets go of them without a word. */
export const probeCrowdedMs = 10_000;
/** After so long on the best transport all earlier faults are forgotten. */
export const steadyMs = 120_000;
/** Links cut within seconds of their welcome, one after the other, before the transport is given up. */
const cutsMax = 2;

/**
 * Decides which transport to use from how the links ended. Pure: time and chance are arguments. It falls back to the next transport where the one
 * in use does not work, and says when to probe whether a better one works now.
 */
export class FallbackPolicy {
	readonly #transports: readonly TransportName[];
	#at: number;
	#cuts = 0;
	#since = 0;
	/** Probes since the last steady time. */
	#probes = 0;
	#soon: "no" | "wanted" | "spent";
	/** The transport that carried a link last, by its place; null before the first. */
	#held: number | null = null;
	/** Whether to ask first if anybody is there at all, and what came of it. */
	#question: "none" | "asked" | "answered" = "none";
	/** Other pages hold the connections that the transport would need. */
	#isCrowded = false;
	/** The best transport fell silent since it was steady. */
	#wasSilent = false;
	/** When to probe next; null where that is not settled. */
	#probeAtMs: number | null = null;

	/** `start` is what worked here last time. A transport that was chosen is never left; a choice of none that there is, is no choice. */
	constructor(choice: "auto" | TransportName, start: TransportName | null) {
		this.#transports = choice !== "auto" && bestFirst.includes(choice) ? [choice] : bestFirst;
		this.#at = Math.max(0, start === null ? 0 : this.#transports.indexOf(start));
		this.#soon = this.#at > 0 ? "wanted" : "no";
	}

	/** Whether the last transport is in use only because other pages of the site take all the connections there are. */
	get isCrowded(): boolean {
		return this.#isCrowded;
	}

	/** Whether the transport may change. */
	get isFree(): boolean {
		return this.#transports.length > 1;
	}

	/** The transport for the next attempt. */
	get transport(): TransportName {
		return this.#transports[this.#at] as TransportName;
	}

	/**
	 * Whether the next attempt is only to find out if the server is there. The best transport worked here before: what fails while the server is away
	 * says nothing against it.
	 */
	get asks(): boolean {
		return this.#question === "asked";
	}

	/** What is better than the transport in use, best first. */
	get better(): readonly TransportName[] {
		return this.#transports.slice(0, this.#at);
	}

	/** A link was welcomed over `transport`. Answers how long until the next probe; null on the best one. */
	live(transport: TransportName, nowMs: number, random: number): number | null {
		this.#at = Math.max(0, this.#transports.indexOf(transport));
		this.#held = this.#at;
		if (this.#at < this.#transports.length - 1) this.#isCrowded = false;
		this.#question = "none";
		this.#since = nowMs;
		if (this.#at === 0) return null;
		if (this.#soon === "wanted") {
			this.#soon = "spent";
			this.#probeAtMs = nowMs + probeSoonMs * spread(random);
		}
		this.#probeAtMs ??= nowMs + this.#patienceMs(random);
		return Math.max(0, this.#probeAtMs - nowMs);
	}

	/** A link ended, or never began. True where the next attempt uses another transport and need not wait. */
	ended(fault: Fault, nowMs: number): boolean {
		if (this.#question === "asked") {
			// Where there is no answer the WebSocket is tried again all the same: plain requests may be what does not pass.
			this.#question = fault === "there" ? "answered" : "none";
			return fault === "there";
		}
		if (fault === "crowded") {
			this.#isCrowded = true;
			this.#probeAtMs = null;
			this.#at = this.#transports.length - 1;
			return this.#at > 0;
		}
		const isThere = this.#question === "answered";
		this.#question = "none";
		if (this.#at === 0 && this.#since > 0 && nowMs - this.#since >= steadyMs) {
			this.#probes = 0;
			this.#soon = "no";
			this.#wasSilent = false;
		}
		if (fault !== "cut") this.#cuts = 0;
		if (this.#isOutage(fault, isThere)) {
			this.#wasSilent ||= fault === "silent";
			this.#question = "asked";
			return true;
		}
		// The browser itself may have lost its network, or the server is away: that says nothing against a transport.
		if ((fault === "unreachable" || fault === "silent") && this.#soon === "no") this.#soon = "wanted";
		if (fault === "unreachable") this.#at = this.#held ?? 0;
		if (fault === "unreachable" || fault === "other" || (fault === "cut" && ++this.#cuts < cutsMax)) return false;
		this.#cuts = 0;
		this.#at = (this.#at + 1) % this.#transports.length;
		return this.#at > 0;
	}

	/** A probe begins. */
	probe(): void {
		this.#probes++;
		this.#probeAtMs = null;
	}

	/** Nothing better worked. Answers how long until the next probe. */
	stay(nowMs: number, random: number): number {
		const ms = this.#patienceMs(random);
		this.#probeAtMs = nowMs + ms;
		return ms;
	}

	/** The better `transport` works and is in use from now on. */
	upgrade(transport: TransportName): void {
		this.#at = this.#transports.indexOf(transport);
		this.#cuts = 0;
	}

	/** Whether the fault is as likely the server's: of the WebSocket alone, since every other transport asks by itself. Twice in a row it is not. */
	#isOutage(fault: Fault, isThere: boolean): boolean {
		if (this.#at !== 0 || this.#held !== 0 || !this.isFree) return false;
		return (fault === "refused" && !isThere) || (fault === "silent" && !this.#wasSilent);
	}

	#patienceMs(random: number): number {
		if (this.#isCrowded) return probeCrowdedMs * spread(random);
		return (probeAfterMs[Math.min(this.#probes, probeAfterMs.length - 1)] as number) * spread(random);
	}
}

/** A seventh more or less, so that those who fell back together do not probe together. */
function spread(random: number): number {
	return 0.85 + 0.3 * random;
}

/** As long as a server holds a request. */
export const waitMsMax = 25_000;
/** Shorter than this, asking every second costs no more. */
export const waitMsMin = 2_000;
/** Requests held to their end before a longer wait is dared again; twice as many each time. */
const keptBeforeLonger = 10;

/** How long to ask a server to hold a request, in a network that may cut it: just under the shortest cut seen. */
export class HeldWait {
	#ms = waitMsMax;
	#kept = 0;
	#needed = keptBeforeLonger;

	/** Milliseconds. */
	get ms(): number {
		return this.#ms;
	}

	/** A request was cut after `heldMs`. False where none is held long enough to be worth it; the next one asks for the longest again. */
	cut(heldMs: number): boolean {
		this.#kept = 0;
		const ms = Math.floor(Math.min(heldMs, this.#ms) * 0.8);
		this.#ms = ms < waitMsMin ? waitMsMax : ms;
		return ms >= waitMsMin;
	}

	/** A request was held to its end. */
	kept(): void {
		if (this.#ms === waitMsMax || ++this.#kept < this.#needed) return;
		this.#kept = 0;
		this.#needed *= 2;
		this.#ms = Math.min(waitMsMax, this.#ms * 2);
	}
}
