import { leftAbove, type Row } from "@hubbub/room-model/rows.ts";

/** What the frame that is drawn next is for: anything, or only for rows that leave above; `awaited` until such a one begins, `taken` until it is over. */
type FramePhase = "free" | "awaited" | "own" | "taken";

/**
 * The rows that stand on the page, which follow those that are wanted there. What leaves above leaves in a frame of its own: the list is put where
 * it was in the same frame, so that nothing is seen to move. What comes in below waits for the next one.
 */
export class DrawnRows {
	readonly #afterFrame: (run: () => void) => void;
	readonly #redraw: () => void;
	#rows: readonly Row[] = [];
	#phase: FramePhase = "free";

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
			// The discussion changes its array in place.
			this.#rows = [...wanted];
		} else if (this.#phase === "free") {
			// What was drawn a moment ago may stand in the frame that is still to come.
			this.#turn("awaited", "own");
		} else if (this.#phase === "own") {
			this.#turn("taken", "free");
			this.#rows = this.#rows.slice(leaving);
		}
		return this.#rows;
	}

	#turn(now: FramePhase, next: FramePhase): void {
		this.#phase = now;
		this.#afterFrame(() => {
			this.#phase = next;
			this.#redraw();
		});
	}
}
