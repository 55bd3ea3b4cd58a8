import type { Bye } from "@hubbub/protocol/downstream.ts";
import type { Link, LinkEnd, LinkListener, Transport } from "./transport.ts";

/** Who says hello on every link. */
export interface Greeter {
	/** Before each attempt; a rejected promise is a failed attempt. */
	prepare(): void | Promise<void>;
	/** The link is open: say hello on it, in the codecs it can read. */
	greet(link: Link, accept: readonly string[]): void;
}

/** What choosing another way may ask of the dialer. */
export interface Traveller {
	readonly owner: Greeter;
	/** Goes on over `link`, whose welcome is about to be told, and lets go of the one in use. Answers who to tell from now on. */
	adopt(transport: Transport, link: Link): LinkListener;
}

/** A link that ends sooner after its welcome was cut. */
export const briefMs = 15_000;

/** How one link went. */
export interface Leg {
	readonly end: LinkEnd;
	/** What the server said before. */
	readonly bye: Bye | null;
	/** Milliseconds from the welcome to the end; null where there was no welcome. */
	readonly livedMs: number | null;
}

/** Chooses the transport of every attempt and looks for a better one while a lesser one works; see `http/guide.ts`. */
export interface Guide {
	/** For the next attempt. */
	readonly transport: Transport;
	/** A link over `transport` was welcomed. */
	live(): void;
	/** It ended, or never began. True where the next attempt goes another way and need not wait. */
	ended(leg: Leg): boolean;
	/** Nothing more will happen. */
	stop(): void;
}

/**
 * The transport for each attempt: the first, until there is reason to ask the guide, who is loaded then. Where it cannot be loaded the
 * first is tried on.
 */
export class Route {
	readonly #first: Transport;
	readonly #load: ((traveller: Traveller) => Promise<Guide>) | null;
	#guide: Guide | null = null;
	#loading: "never" | "under way" | "in vain" = "never";
	/** Whether the guide is needed from the start. */
	readonly #isNeeded: boolean;
	/** How the last link went that did not hold. */
	#last: Leg | null = null;

	/** Without `load` the first transport is the only one. `isNeeded`: no attempt is made before the guide was looked for. */
	constructor(first: Transport, load: ((traveller: Traveller) => Promise<Guide>) | null, isNeeded: boolean) {
		this.#first = first;
		this.#load = load;
		this.#isNeeded = isNeeded;
	}

	get transport(): Transport {
		return this.#guide?.transport ?? this.#first;
	}

	/** Makes everything ready for the next attempt; a promise only where that takes a while. */
	prepare(traveller: Traveller): void | Promise<void> {
		const ready = () => traveller.owner.prepare();
		// What is long on its way must not keep the first transport from being tried again.
		if (this.#guide || !this.#load || this.#loading === "under way" || !(this.#isNeeded || this.#last)) return ready();
		this.#loading = "under way";
		return this.#load(traveller)
			.then(
				(guide) => {
					this.#guide = guide;
					if (this.#last) guide.ended(this.#last);
				},
				() => {
					this.#loading = "in vain";
				},
			)
			.then(ready);
	}

	live(): void {
		this.#guide?.live();
	}

	/** Tells how a link went. True where the next attempt goes another way and need not wait. */
	ended(leg: Leg): boolean {
		if (this.#guide) return this.#guide.ended(leg);
		const { end, bye, livedMs } = leg;
		if (bye || (!end.fault && livedMs !== null && livedMs > briefMs)) return false;
		this.#last = leg;
		return this.#loading === "never" && this.#load !== null && (!!end.fault || livedMs === null);
	}

	stop(): void {
		this.#guide?.stop();
	}
}
