/**
 * Where a line may fly so that it meets no other. Pure: widths and times are given, nothing is measured or timed here.
 *
 * A scrolling line crosses the stage's width plus its own in `durationMs`, so longer lines are faster. A lane takes the next one only when
 * the last has entered whole, and when the next will not reach the left edge before the last has left it. A standing line has its lane for
 * itself. Where no lane is free the answer is null: the line waits or is let go, never drawn over another.
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

/** What a lane holds: the last line that scrolled in, and until when a standing one has it. */
interface Lane {
	readonly last: Flight | null;
	readonly heldUntilMs: number;
}

const emptyLane: Lane = { last: null, heldUntilMs: 0 };

/** Room between two lines of one lane, in CSS pixels. Behind its text a line keeps some of its own, for its number. */
const gapPx = 4;
/** One lane in this many, at the bottom, is kept for standing lines: a busy stage would never have one empty for them. */
const lanesPerStanding = 6;

export class Lanes {
	#size: StageSize;
	readonly #lanes: Lane[] = [];

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

	/** The stage got another size or speed. Lines on their way keep their lanes' tops only if those stay: the caller clears where they do not. */
	resize(size: StageSize): void {
		this.#size = size;
	}

	/**
	 * Takes a lane for a line of `width` pixels that starts at `nowMs`.
	 * Answers the lane's top in pixels from the top of the stage, or null where none is free.
	 */
	take(mode: Mode, width: number, nowMs: number): number | null {
		const lane = this.#order(mode).find((candidate) => this.#isFree(mode, this.#lanes[candidate] ?? emptyLane, width, nowMs));
		if (lane === undefined) return null;
		const { last, heldUntilMs } = this.#lanes[lane] ?? emptyLane;
		this.#lanes[lane] =
			mode === "scroll" ? { last: { width, startMs: nowMs }, heldUntilMs } : { last, heldUntilMs: nowMs + this.#size.standMs };
		return lane * this.#size.laneHeight;
	}

	/** Forgets every line. */
	clear(): void {
		this.#lanes.length = 0;
	}

	/** The lanes a line may take, the one it would rather have first. */
	#order(mode: Mode): number[] {
		const lanes = Array.from({ length: this.count }, (_, lane) => lane);
		switch (mode) {
			case "scroll":
				return lanes.slice(0, Math.max(1, this.count - Math.floor(this.count / lanesPerStanding)));
			case "top":
				return lanes;
			case "bottom":
				return lanes.reverse();
			default:
				return mode satisfies never;
		}
	}

	#isFree(mode: Mode, lane: Lane, width: number, nowMs: number): boolean {
		if (lane.heldUntilMs > nowMs) return false;
		if (lane.last === null) return true;
		return mode === "scroll" ? this.#follows(lane.last, width, nowMs) : nowMs - lane.last.startMs >= this.#size.durationMs;
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
