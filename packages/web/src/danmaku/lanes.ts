/**
 * Where a line may fly so that it meets no other of its kind. Pure: widths and times are given, nothing is measured or timed here.
 *
 * A scrolling line crosses the stage's width plus its own in `durationMs`, so longer lines are faster. A lane takes the next one only when
 * the last has entered whole, and when the next will not reach the left edge before the last has left it. Where no lane is free the
 * answer is null: the line waits or is let go, never drawn over another.
 */
export type Mode = "scroll" | "top" | "bottom";

export interface StageSize {
	/** Width of the stage in CSS pixels. */
	readonly width: number;
	/** Height that danmaku may use, in CSS pixels. */
	readonly height: number;
	/** Height of one lane in CSS pixels. */
	readonly laneHeight: number;
	/** How long a scrolling line is on its way, in milliseconds. */
	readonly durationMs: number;
	/** How long a standing line stays, in milliseconds. */
	readonly standMs: number;
}

interface Flight {
	readonly width: number;
	readonly startMs: number;
}

/** Room between two lines of one lane, in CSS pixels. */
const gapPx = 28;

export class Lanes {
	#size: StageSize;
	readonly #scroll = new Map<number, Flight>();
	readonly #top = new Map<number, number>();
	readonly #bottom = new Map<number, number>();

	constructor(size: StageSize) {
		this.#size = size;
	}

	get size(): StageSize {
		return this.#size;
	}

	/** How many lanes the stage has now; at least one as soon as it has any height. */
	get count(): number {
		const { height, laneHeight } = this.#size;
		return height <= 0 ? 0 : Math.max(1, Math.floor(height / laneHeight));
	}

	/** The stage got another size or speed. Lanes that hold lines keep them until those are through. */
	resize(size: StageSize): void {
		this.#size = size;
	}

	/**
	 * Takes a lane for a line of `width` pixels that starts at `nowMs`.
	 * Answers the lane's top in pixels from the top of the stage, or null where none is free.
	 */
	take(mode: Mode, width: number, nowMs: number): number | null {
		for (let lane = 0; lane < this.count; lane++) {
			if (!this.#isFree(mode, lane, width, nowMs)) continue;
			if (mode === "scroll") this.#scroll.set(lane, { width, startMs: nowMs });
			else (mode === "top" ? this.#top : this.#bottom).set(lane, nowMs + this.#size.standMs);
			const { height, laneHeight } = this.#size;
			return mode === "bottom" ? Math.max(0, height - (lane + 1) * laneHeight) : lane * laneHeight;
		}
		return null;
	}

	/** Forgets every line. */
	clear(): void {
		this.#scroll.clear();
		this.#top.clear();
		this.#bottom.clear();
	}

	#isFree(mode: Mode, lane: number, width: number, nowMs: number): boolean {
		if (mode === "scroll") {
			const last = this.#scroll.get(lane);
			return !last || this.#follows(last, width, nowMs);
		}
		// Standing lines of top and bottom share the lanes: lane n from the bottom is lane count-1-n from the top.
		const [own, other] = mode === "top" ? [this.#top, this.#bottom] : [this.#bottom, this.#top];
		return (own.get(lane) ?? 0) <= nowMs && (other.get(this.count - 1 - lane) ?? 0) <= nowMs;
	}

	#follows(last: Flight, width: number, nowMs: number): boolean {
		const { width: stage, durationMs } = this.#size;
		const elapsed = nowMs - last.startMs;
		if (elapsed >= durationMs) return true;
		const hasEntered = ((stage + last.width) * elapsed) / durationMs >= last.width + gapPx;
		// The next one's head reaches the left edge after `stage / speed`; by then the last one's tail must have left.
		const headArrivesMs = (durationMs * (stage - gapPx)) / (stage + width);
		return hasEntered && elapsed + headArrivesMs >= durationMs;
	}
}
