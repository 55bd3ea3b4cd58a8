import { browserClock } from "../clock.ts";
import { part } from "../part.ts";
import type { Around, Deed, KindPart, PageDesk, Shown } from "./kind-part.ts";
import { kindParts } from "./table.ts";

/** What could not be had is asked for again at the first drawing after this. */
const retryMs = 10_000;
const none: readonly Deed[] = [];

/** The parts of the page that kinds of events have of their own, each fetched when it is needed. */
export class KindParts {
	readonly #asked = new Set<string>();
	readonly #parts: KindPart[] = [];
	readonly #desk: PageDesk;
	#shown: readonly Shown[] = [];

	constructor(desk: PageDesk) {
		this.#desk = desk;
	}

	/** Fetches what the room and the reader need now, and asks the parts that are here what they show. */
	look(around: Around): void {
		for (const { name, isNeeded, load } of kindParts) {
			if (this.#asked.has(name) || !isNeeded(around)) continue;
			this.#asked.add(name);
			part(load).then(
				({ create }) => {
					this.#parts.push(create(this.#desk));
					this.#desk.redraw();
				},
				() => browserClock.after(retryMs, () => this.#asked.delete(name)),
			);
		}
		this.#shown = this.#parts.map((one) => one(around));
	}

	get above(): Shown["above"][] {
		return this.#shown.map(({ above }) => above);
	}

	get over(): Shown["over"][] {
		return this.#shown.map(({ over }) => over);
	}

	get messageDeeds(): readonly Deed[] {
		return this.#shown.some(({ messageDeeds }) => messageDeeds.length > 0) ? this.#shown.flatMap(({ messageDeeds }) => messageDeeds) : none;
	}

	get roomDeeds(): readonly Deed[] {
		return this.#shown.flatMap(({ roomDeeds }) => roomDeeds);
	}
}
