import type { Clock } from "../clock.ts";

/** What can be pressed stays in sight this long after the last stir, in milliseconds. */
export const attentionMs = 3_000;

/** Whether the viewer is about to press something, from how they move: what covers the picture is in sight only then. */
export class Attention {
	readonly #clock: Clock;
	readonly #changed: () => void;
	#phase: "awake" | "calm" = "calm";
	#cancel: () => void = () => {};

	/** `changed` is called when what is in sight changes. */
	constructor(clock: Clock, changed: () => void) {
		this.#clock = clock;
		this.#changed = changed;
	}

	get isAwake(): boolean {
		return this.#phase === "awake";
	}

	/** The pointer moved, or something got the focus. */
	stir(): void {
		this.#cancel();
		this.#cancel = this.#clock.after(attentionMs, () => this.#turn("calm"));
		this.#turn("awake");
	}

	/** The pointer left. */
	calm(): void {
		this.#cancel();
		this.#turn("calm");
	}

	/** A finger tapped on the picture. */
	toggle(): void {
		if (this.isAwake) this.calm();
		else this.stir();
	}

	#turn(phase: "awake" | "calm"): void {
		if (this.#phase === phase) return;
		this.#phase = phase;
		this.#changed();
	}
}
