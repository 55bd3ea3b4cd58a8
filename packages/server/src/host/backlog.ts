import type { LoggedEvent } from "../fanout/lane.ts";
import { encodedOnce, type Stretch } from "../fanout/stretch.ts";
import type { Encode } from "../fanout/window.ts";
import { serverLimits } from "../runtime/limits.ts";

/** A page of what was missed. */
export interface BacklogPage extends Stretch {
	/** Whether a text that stands in it may have been taken back since it was read. */
	isStale(): boolean;
}

export interface MissedOptions {
	readonly room: string;
	readonly cursorAt: (offset: number) => string;
	/** The events in (`after`, `to`], or as many of the first as fit a frame. Throws `LogUnavailable`. */
	readonly between: (after: number, to: number) => Promise<readonly LoggedEvent[]>;
	readonly encode: Encode;
}

/**
 * What readers missed who come back from beyond the window, in pages that begin and end at the same places for all of them: after the
 * first they read the same pages, which are read and encoded once while they are remembered.
 */
export class Backlog {
	readonly #options: MissedOptions;
	readonly #pages = new Map<string, Promise<BacklogPage | null>>();
	#retractions = 0;
	#isInUse = false;

	constructor(options: MissedOptions) {
		this.#options = options;
	}

	/** The next page after an offset, not beyond `through`; null where the log has nothing there. Throws `LogUnavailable`. */
	after(after: number, through: number): Promise<BacklogPage | null> {
		this.#isInUse = true;
		const step = serverLimits.missedPageEvents;
		const to = Math.min(through, (Math.floor(after / step) + 1) * step);
		const key = `${after}-${to}`;
		const known = this.#pages.get(key);
		if (known) return known;
		const page = this.#read(after, to);
		this.#pages.set(key, page);
		page.catch(() => this.#pages.get(key) === page && this.#pages.delete(key));
		for (const oldest of this.#pages.keys()) {
			if (this.#pages.size <= serverLimits.missedPagesMax) break;
			this.#pages.delete(oldest);
		}
		return page;
	}

	/** A text was taken back: every page is read anew, and those that were handed out are stale. */
	retract(): void {
		this.#retractions++;
		this.#pages.clear();
	}

	/** Forgets the pages where nobody has asked for one since the last time; whether that is so. */
	tidy(): boolean {
		const isQuiet = !this.#isInUse;
		if (isQuiet) this.retract();
		this.#isInUse = false;
		return isQuiet;
	}

	async #read(after: number, to: number): Promise<BacklogPage | null> {
		const { room, cursorAt, between, encode } = this.#options;
		for (;;) {
			const retractions = this.#retractions;
			const events = await between(after, to);
			// Read before something was taken back, and answered after it.
			if (retractions !== this.#retractions) continue;
			const last = events.at(-1)?.event.offset;
			if (last === undefined) return null;
			const source = { room, cursor: cursorAt(last), events, omitted: 0, repeats: [], ambient: null, spreadMs: 0 };
			return { to: last, payload: encodedOnce((codec) => encode(source, codec)), isStale: () => retractions !== this.#retractions };
		}
	}
}
