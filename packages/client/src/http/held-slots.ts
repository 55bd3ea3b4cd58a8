import type { Channel, Environment } from "../environment.ts";

/** Connections that all pages of a site may hold to one server: of the six that browsers keep over HTTP/1.1, half stay free for everything else. */
export const heldBySiteMax = 3;
/** Time for the other pages to say what they hold. */
export const answerWithinMs = 150;

/** What a page says of itself: since when it holds connections, and how many; 0 is none any more. */
interface Claim {
	readonly id: string;
	readonly at: number;
	readonly count: number;
}

/**
 * Shares out the connections that may be held open among the pages of a site, which tell each other by a channel what they hold. Nobody decides: whoever
 * has been there longer goes first, and all come to the same answer. Where there is no such channel every page is on its own.
 */
export class HeldSlots {
	readonly #environment: Environment;
	readonly #channel: Channel | null;
	readonly #freed: () => void;
	readonly #id: string;
	readonly #others = new Map<string, Claim>();
	/** Who to tell that a place is lost, in the order they were taken. */
	#holders: (() => void)[] = [];
	#at = 0;
	/** The others have not all had time to answer yet. */
	#isAsking = false;

	/** `place` names the server; `freed` is called when another page lets go of a connection. */
	constructor(environment: Environment, place: string, freed: () => void) {
		this.#environment = environment;
		this.#channel = (environment.openChannel ?? openBrowserChannel)(`hubbub.held.${place}`);
		this.#freed = freed;
		this.#id = environment.newKey();
		if (this.#channel) this.#channel.onmessage = ({ data }) => this.#heard(data);
		globalThis.addEventListener?.("pagehide", this.#leave);
	}

	/**
	 * Takes a place. False where the other pages have them all; `lost` is called where they turn out to have been first. A page that has one already, and
	 * looks for a better way to use it, takes it over from itself.
	 */
	async take(lost: () => void): Promise<boolean> {
		if (!this.#channel) return true;
		if (this.#holders.length > 0) {
			this.#holders.push(lost);
			return true;
		}
		// Pages may have gone without a word since: whoever is there answers.
		this.#others.clear();
		this.#at = this.#environment.now();
		this.#holders = [lost];
		this.#isAsking = true;
		this.#say();
		await new Promise<void>((resolve) => this.#environment.setTimeout(resolve, answerWithinMs));
		this.#isAsking = false;
		if (!this.#holders.includes(lost)) return false;
		if (this.#fits()) return true;
		this.give(lost);
		this.#giveWay();
		return false;
	}

	/** Takes one more place beside those that `lost` has, at the cost of nobody. */
	takeAnother(lost: () => void): boolean {
		if (!this.#channel) return true;
		this.#holders.push(lost);
		if (this.#taken <= heldBySiteMax) {
			this.#say();
			return true;
		}
		this.#holders.pop();
		return false;
	}

	/** Gives back a place that was taken with `lost`. */
	give(lost: () => void): void {
		const at = this.#holders.lastIndexOf(lost);
		if (at < 0) return;
		const before = this.#count;
		this.#holders.splice(at, 1);
		if (this.#count !== before) this.#say();
	}

	/** Nothing more will be taken. */
	close(): void {
		globalThis.removeEventListener?.("pagehide", this.#leave);
		this.#leave();
		this.#channel?.close();
	}

	readonly #leave = (): void => {
		if (this.#holders.length === 0) return;
		this.#holders = [];
		this.#say();
	};

	/** Connections that stay held: of two links of this page one is about to take the other's place. */
	get #count(): number {
		return Math.max(0, ...this.#holders.map((lost) => this.#holders.filter((other) => other === lost).length));
	}

	/** Of all pages together. */
	get #taken(): number {
		return [...this.#others.values()].reduce((sum, { count }) => sum + count, this.#count);
	}

	#say(): void {
		this.#channel?.postMessage({ id: this.#id, at: this.#at, count: this.#count } satisfies Claim);
	}

	#heard(claim: Claim): void {
		if (claim.count === 0) {
			// Who asked in vain leaves nothing behind.
			if (this.#others.delete(claim.id) && this.#taken < heldBySiteMax) this.#freed();
			return;
		}
		const isNew = !this.#others.has(claim.id);
		this.#others.set(claim.id, claim);
		if (this.#holders.length === 0) return;
		// Who has just come knows of nobody yet.
		if (isNew) this.#say();
		this.#giveWay();
	}

	/** Lets go of what others were there for first. */
	#giveWay(): void {
		while (!this.#isAsking && this.#holders.length > 0 && !this.#fits()) {
			const lost = this.#holders.at(-1) as () => void;
			this.give(lost);
			lost();
		}
	}

	/** Whether those who were there first leave room for what this page holds. */
	#fits(): boolean {
		const isFirst = ({ at, id }: Claim) => at < this.#at || (at === this.#at && id < this.#id);
		const before = [...this.#others.values()].filter(isFirst);
		return before.reduce((sum, { count }) => sum + count, this.#count) <= heldBySiteMax;
	}
}

/** Programs have no such bound, and would take each other for pages. */
function openBrowserChannel(name: string): Channel | null {
	return typeof document === "object" && typeof BroadcastChannel === "function" ? (new BroadcastChannel(name) as unknown as Channel) : null;
}
