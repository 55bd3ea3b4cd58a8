/** How a scrolling box stands, in CSS pixels. */
export interface Stance {
	/** How far it is scrolled. */
	readonly top: number;
	/** Height of what is in it. */
	readonly content: number;
	/** Height and width of what is seen of it; 0 while the page or the frame it is in is hidden. */
	readonly view: number;
	readonly width: number;
}

/** What a scroll event says about the reader. */
export type Meaning =
	/** Nobody sees the box: browsers scroll such a box as they like. */
	| "unseen"
	/** The box changed its size, and the browser moved what is in it. The reader did nothing. */
	| "displaced"
	/** The reader went back from the newest. */
	| "left"
	/** The reader came to the newest. */
	| "reached"
	/** The reader moved, and is where they were: at the newest, or away from it. */
	| "moved";

/** Within this many pixels of the end a reader counts as being there. */
export const tailPx = 40;

/** A scroll of less is rounding. */
const roundingPx = 1;

/** Whether the newest is in sight. */
export function isAtNewest({ top, content, view }: Stance): boolean {
	return content - top - view <= tailPx;
}

/** Whether anybody can see the box. */
export function isSeen({ view, width }: Stance): boolean {
	return view > 0 && width > 0;
}

/**
 * What it means that the box stands as it does `now`, after it was last left as `settled`. Only who moves up while nothing else changes has
 * gone back; a box that was hidden, shown, resized or filled has been moved by the browser, unless the reader's hand is on it.
 */
export function meaningOf(settled: Stance, now: Stance, hand: "on" | "off"): Meaning {
	if (!isSeen(now)) return "unseen";
	const isSameBox = settled.content === now.content && settled.view === now.view && settled.width === now.width;
	if (!isSameBox && hand === "off") return "displaced";
	const wentUp = now.top < settled.top - roundingPx;
	if (wentUp) return isAtNewest(now) ? "moved" : "left";
	return isAtNewest(now) ? "reached" : "moved";
}
