import type { Clock } from "../clock.ts";
import { Hand } from "./hand.ts";
import { isAtNewest, isSeen, meaningOf, type Stance } from "./scroll-meaning.ts";

/** Older messages are wanted when the reader is this near the top, in CSS pixels. */
const olderPx = 500;

/** What the keeper asks of the list it scrolls. */
export interface Scrolled {
	/** Whether the end is to stay in sight. */
	readonly follows: boolean;
	/** The reader went back from the newest. Told again while they go on. */
	left(): void;
	/** The reader is at the newest. Told again while they stay. */
	reached(): void;
	/** What is shown ends near the top of what is seen: older messages have a place there. */
	nearTop(): void;
}

/** A row and how far below the upper edge of the box it stands, in CSS pixels. */
interface Anchor {
	readonly key: string;
	readonly top: number;
}

/**
 * Holds a list of rows where it belongs, whatever changes: rows, the size of the box, fonts, zoom, hiding and showing. For who follows, the
 * newest stays in sight; for who reads, the first row they see stays where it is. Rows are elements with `data-key`, one below the other.
 */
export class ScrollKeeper {
	readonly #box: HTMLElement;
	readonly #sheet: HTMLElement;
	readonly #rows: HTMLElement;
	readonly #list: Scrolled;
	readonly #hand: Hand;
	readonly #resizes = new ResizeObserver(() => this.settle());
	#isSeen = false;
	#settled: Stance;
	#anchor: Anchor | null = null;

	/** The `box` scrolls; the `sheet` is all that is in it, positioned; `rows` is the sheet's element that has the rows as its children. */
	constructor(box: HTMLElement, sheet: HTMLElement, rows: HTMLElement, list: Scrolled, clock: Clock) {
		this.#box = box;
		this.#sheet = sheet;
		this.#rows = rows;
		this.#list = list;
		this.#hand = new Hand(
			box,
			clock,
			() => this.#hold(),
			() => this.settle(),
		);
		this.#settled = this.#stance;
		box.addEventListener("scroll", this.#onScroll, { passive: true });
		this.#resizes.observe(box);
		this.#resizes.observe(sheet);
	}

	get isAtNewest(): boolean {
		return isAtNewest(this.#stance);
	}

	/** Whether the box was drawn at all when it was last settled: it is not in a hidden frame. Asking the box would lay the page out once more for each drawing. */
	get isSeen(): boolean {
		return this.#isSeen;
	}

	/** Before rows change: chooses a row to hold on to, of those that will still be there. */
	before(stays: (key: string) => boolean): void {
		// Pointer events of a frame come before its scroll events: a drawing that they cause must not take back what the reader scrolled.
		if (this.#hand.state === "on") this.#take();
		if (!this.#follows && !(this.#anchor && stays(this.#anchor.key))) this.#hold(stays);
	}

	/** After anything changed: puts the box where it belongs. */
	settle(): void {
		const box = this.#box;
		this.#isSeen = isSeen(this.#stance);
		if (!this.#isSeen) return this.#awaitSight();
		// Rows too few to fill the box stand at its lower end. Moved there like this they rise as they do by scrolling: nothing else is laid out anew.
		const spacePx = Math.max(0, box.clientHeight - this.#sheet.offsetHeight);
		this.#sheet.style.translate = spacePx === 0 ? "none" : `0 ${spacePx}px`;
		if (this.#follows) box.scrollTop = box.scrollHeight;
		else if (this.#anchor) {
			const row = this.#rows.querySelector<HTMLElement>(`[data-key="${CSS.escape(this.#anchor.key)}"]`);
			// Setting what is there already would still end a glide.
			const offPx = row ? row.offsetTop - box.scrollTop - this.#anchor.top : 0;
			if (Math.abs(offPx) >= 1) box.scrollTop += offPx;
		}
		this.#settled = this.#stance;
		// What is too short to scroll would never ask for what is above it.
		if (this.#settled.content <= this.#settled.view + olderPx / 4) this.#list.nearTop();
	}

	/** Goes to the newest at once, also out of a glide. */
	toNewest(): void {
		this.#hand.letGo();
		this.settle();
	}

	end(): void {
		this.#hand.end();
		this.#resizes.disconnect();
	}

	get #follows(): boolean {
		return this.#list.follows && this.#hand.state === "off";
	}

	get #stance(): Stance {
		const { scrollTop, scrollHeight, clientHeight, clientWidth } = this.#box;
		return { top: scrollTop, content: scrollHeight, view: clientHeight, width: clientWidth };
	}

	/** A box in a frame that is not drawn may be shown again in the size it had: only to an observer that begins anew is that a change. */
	#awaitSight(): void {
		if (this.#box.offsetWidth > 0 || this.#box.offsetHeight > 0) return;
		this.#resizes.unobserve(this.#box);
		this.#resizes.observe(this.#box);
	}

	#hold(stays: (key: string) => boolean = () => true): void {
		if (isSeen(this.#stance)) this.#anchor = this.#firstSeen(stays);
	}

	/** Rows stand one below the other, so that the first one in sight is found by halving. */
	#firstSeen(stays: (key: string) => boolean): Anchor | null {
		const { scrollTop } = this.#box;
		const rows = this.#rows.children as HTMLCollectionOf<HTMLElement>;
		let low = 0;
		let high = rows.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			const row = rows[middle] as HTMLElement;
			if (row.offsetTop + row.offsetHeight > scrollTop) high = middle;
			else low = middle + 1;
		}
		for (let at = low; at < rows.length; at++) {
			const row = rows[at] as HTMLElement;
			const { key } = row.dataset;
			if (key !== undefined && stays(key)) return { key, top: row.offsetTop - scrollTop };
		}
		return null;
	}

	readonly #onScroll = (): void => {
		this.#hand.scrolled();
		this.#take();
	};

	/** Takes in how the box stands now. */
	#take(): void {
		const now = this.#stance;
		const meaning = meaningOf(this.#settled, now, this.#hand.state);
		if (meaning === "unseen") return;
		if (meaning === "displaced") return this.settle();
		this.#settled = now;
		if (meaning === "left") this.#list.left();
		else if (meaning === "reached") this.#list.reached();
		if (!this.#follows) this.#hold();
		if (now.top < olderPx && !this.#list.follows) this.#list.nearTop();
	}
}
