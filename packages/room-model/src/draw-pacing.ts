import type { Clock } from "./clock.ts";

/** A busy room is drawn at most this often: faster than anybody reads, and between two drawings the page can scroll. */
export const drawEveryMs = 50;

/** Draws what has changed: at once where the last time is a while ago, else when it is, once for all that was asked meanwhile. */
export class DrawPacing {
	readonly #clock: Clock;
	readonly #draw: () => void;
	#drawnAtMs = Number.NEGATIVE_INFINITY;
	#phase: "idle" | "due" = "idle";

	constructor(clock: Clock, draw: () => void) {
		this.#clock = clock;
		this.#draw = draw;
	}

	ask(): void {
		if (this.#phase === "due") return;
		const waitMs = this.#drawnAtMs + drawEveryMs - this.#clock.monotonic();
		if (waitMs <= 0) return this.#drawNow();
		this.#phase = "due";
		this.#clock.after(waitMs, () => this.#drawNow());
	}

	#drawNow(): void {
		this.#phase = "idle";
		this.#drawnAtMs = this.#clock.monotonic();
		this.#draw();
	}
}
