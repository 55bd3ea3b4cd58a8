/** The share of a core that is left for what cannot be foreseen: collections, and the network's own interrupts. */
const headroom = 0.05;
/** Part of the share that is delivery's, whatever else the process does: a crowd that writes much does not make itself wait for it. */
const ownPart = 0.5;
/** What delivery may take at the least, where even that is not left of the core: everybody is still written to. */
const shareMin = 0.05;
/** How often what is left of the core is looked at. */
const lookMs = 100;
/** Half-life of the measured use of the core. */
const useHalfLifeMs = 500;
/** How strongly a look corrects the level, where delivery took more than it may: the power of their ratio. */
const correctionPower = 0.2;
const correctionMin = 0.25;
/** Below this share of a core a view asks for nothing. */
const demandMin = 1e-5;

/** What one view of a room would take of the core if its viewers waited for nothing. */
export interface Claimant {
	/** A share of a core, 0 to 1. */
	demand(nowMs: number): number;
}

/**
 * The share of one core that the process may take before viewers wait, and what each room's delivery may take of it.
 *
 * Rooms are served max-min fairly: there is one level up to which every room gets what it asks for, and only rooms that ask for more wait. So a
 * large busy room does not slow the small ones beside it, and as long as all of them together ask for less than the share, nobody waits. What
 * else the event loop does (joins, decisions, answers, catching up) comes first: delivery gets what that leaves of the share, and half of it at the least.
 */
export class CpuShare {
	readonly #share: number;
	readonly #claimants = new Set<Claimant>();
	#level: number;
	#otherUse = 0;
	#deliveryUse = 0;
	#deliveredMs = 0;
	/** Demands are estimates: what delivery takes of the share in truth corrects them. */
	#correction = 1;
	#lookedAt: { readonly nowMs: number; readonly cpuMs: number; readonly deliveredMs: number } | null = null;

	/** `share` of a core, above 0 and up to 1. */
	constructor(share: number) {
		this.#share = share;
		this.#level = share;
	}

	/** The share of a core up to which each view gets all it asks for. */
	get level(): number {
		return this.#level;
	}

	/** What delivery may take of the core now, with all that else is done. */
	get available(): number {
		const wanted = Math.max(this.#share * ownPart, this.#share - this.#otherUse);
		return Math.max(Math.min(shareMin, this.#share), Math.min(wanted, 1 - headroom - this.#otherUse));
	}

	/** How many views ask for something. */
	get claimants(): number {
		return this.#claimants.size;
	}

	/** A view has something to deliver. It counts until it asks for nothing any more. */
	claim(claimant: Claimant): void {
		this.#claimants.add(claimant);
	}

	/** Delivery has taken so much CPU time. */
	delivered(cpuMs: number): void {
		this.#deliveredMs += cpuMs;
	}

	/** Looks at what the event loop's thread has used of its core, `cpuMs` in all, and settles the level anew. Cheap to call often. */
	look(nowMs: number, cpuMs: number): void {
		const last = this.#lookedAt;
		const elapsedMs = last ? nowMs - last.nowMs : 0;
		if (last && elapsedMs < lookMs) return;
		if (last) {
			const deliveredMs = this.#deliveredMs - last.deliveredMs;
			const weight = 1 - 0.5 ** (elapsedMs / useHalfLifeMs);
			this.#deliveryUse += (deliveredMs / elapsedMs - this.#deliveryUse) * weight;
			this.#otherUse += (Math.max(0, cpuMs - last.cpuMs - deliveredMs) / elapsedMs - this.#otherUse) * weight;
			const excess = this.available / Math.max(this.#deliveryUse, demandMin);
			this.#correction = Math.min(1, Math.max(correctionMin, this.#correction * excess ** correctionPower));
		}
		this.#lookedAt = { nowMs, cpuMs, deliveredMs: this.#deliveredMs };
		this.#settle(nowMs);
	}

	#settle(nowMs: number): void {
		const demands: number[] = [];
		for (const claimant of this.#claimants) {
			const demand = claimant.demand(nowMs);
			if (demand < demandMin) this.#claimants.delete(claimant);
			else demands.push(demand);
		}
		this.#level = fairLevel(demands, this.available * this.#correction);
	}
}

/**
 * The max-min fair level: where each of `demands` gets what it asks for up to the level, they get `available` together; where all of them ask for
 * less than that, it is `available` itself.
 */
export function fairLevel(demands: readonly number[], available: number): number {
	const rising = demands.toSorted((one, other) => one - other);
	let left = available;
	for (const [index, demand] of rising.entries()) {
		const level = left / (rising.length - index);
		if (demand >= level) return level;
		left -= demand;
	}
	return available;
}
