import { leftAbove, type Row } from "@hubbub/room-model/rows.ts";

/** What the frame that is drawn next is for: anything, or only for rows that leave above; `awaited` until such a one begins, `taken` until it is over. */
type FramePhase = "free" | "awaited" | "own" | "taken";

/**
 * How many rows may come in below in one frame, and how many new ones are too many to come in little by little: who was away sees them at once.
 * After a stall of a second a slow phone would draw twenty rows in one task of more than 50 ms.
 */
export const comingIn = { rowsAFrameMax: 8, rowsByFramesMax: 64 } as const;

/**
 * The rows that stand on the page, which follow those that are wanted there. What leaves above leaves in a frame of its own: the list is put where
 * it was in the same frame, so that nothing is seen to move. What comes in below waits for the next one, and where much comes, for several.
 */
export class DrawnRows {
	readonly #afterFrame: (run: () => void) => void;
	readonly #redraw: () => void;
	#rows: readonly Row[] = [];
	#phase: FramePhase = "free";
	/** Whether the rows that are still to come in have a frame asked for. */
	#isBehind = false;

	/** `afterFrame` runs something once the browser has drawn what stands on the page now; `redraw` asks for `next()` to be called. */
	constructor(afterFrame: (run: () => void) => void, redraw: () => void) {
		this.#afterFrame = afterFrame;
		this.#redraw = redraw;
	}

	get rows(): readonly Row[] {
		return this.#rows;
	}

	/** What to draw now, of what is wanted. Where nobody sees the list, all at once. */
	next(wanted: readonly Row[], isSeen: boolean): readonly Row[] {
		const leaving = isSeen ? leftAbove(this.#rows, wanted) : 0;
		if (leaving === 0 && (this.#phase !== "taken" || !isSeen)) {
			if (this.#phase === "own") this.#phase = "free";
			this.#rows = this.#withNew(wanted, isSeen);
		} else if (this.#phase === "free") {
			// What was drawn a moment ago may stand in the frame that is still to come.
			this.#turn("awaited", "own");
		} else if (this.#phase === "own") {
			this.#turn("taken", "free");
			this.#rows = this.#rows.slice(leaving);
		}
		return this.#rows;
	}

	/** The wanted rows, of which so many are new at once as a frame may bring. A copy: the discussion changes its array in place. */
	#withNew(wanted: readonly Row[], isSeen: boolean): readonly Row[] {
		const drawn = new Set(this.#rows.map((row) => row.key));
		const first = wanted.findIndex((row) => drawn.has(row.key));
		const fresh = first < 0 ? [] : wanted.slice(first).filter((row) => !drawn.has(row.key));
		const most = this.#isBehind ? 0 : comingIn.rowsAFrameMax;
		if (!isSeen || fresh.length <= most || fresh.length > comingIn.rowsByFramesMax) return [...wanted];
		const later = new Set(fresh.slice(most));
		this.#goOnAfterFrame();
		return wanted.filter((row) => !later.has(row));
	}

	#goOnAfterFrame(): void {
		if (this.#isBehind) return;
		this.#isBehind = true;
		this.#afterFrame(() => {
			this.#isBehind = false;
			this.#redraw();
		});
	}

	#turn(now: FramePhase, next: FramePhase): void {
		this.#phase = now;
		this.#afterFrame(() => {
			this.#phase = next;
			this.#redraw();
		});
	}
}
