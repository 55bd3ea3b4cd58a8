import type { Clock } from "../clock.ts";

/** After the last sign of a hand, a glide it started may still go on for so long before the next scroll event. */
const restMs = 160;
/** Keys that scroll a box that has the focus. */
const scrollKeys: ReadonlySet<string> = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "]);

/**
 * Whether the reader's hand is on a scrolling box: a finger or a button down, a wheel turning, a key held, or the glide that follows. Nothing
 * else may scroll the box meanwhile, or reader and page would pull it to and fro.
 */
export class Hand {
	readonly #clock: Clock;
	readonly #taken: () => void;
	readonly #released: () => void;
	#phase: "off" | "down" | "resting" = "off";
	#cancelRest: (() => void) | null = null;

	/** `taken` is called when a hand comes, `released` when it is gone and the box rests. */
	constructor(box: HTMLElement, clock: Clock, taken: () => void, released: () => void) {
		this.#clock = clock;
		this.#taken = taken;
		this.#released = released;
		box.addEventListener("touchstart", this.#onDown, { passive: true });
		box.addEventListener("touchend", this.#onUp, { passive: true });
		box.addEventListener("touchcancel", this.#onUp, { passive: true });
		box.addEventListener("pointerdown", this.#onPointerDown);
		box.addEventListener("wheel", this.#onWheel, { passive: true });
		box.addEventListener("keydown", this.#onKey);
	}

	get state(): "on" | "off" {
		return this.#phase === "off" ? "off" : "on";
	}

	/** The box was scrolled: a glide that is under way goes on. */
	scrolled(): void {
		if (this.#phase === "resting") this.#rest();
	}

	/** Lets go at once, as a press of a button that moves the box wants it. */
	letGo(): void {
		this.#cancelRest?.();
		this.#phase = "off";
	}

	end(): void {
		this.letGo();
		removeEventListener("pointerup", this.#onUp);
		removeEventListener("pointercancel", this.#onUp);
	}

	readonly #onDown = (): void => {
		this.#cancelRest?.();
		const wasOff = this.#phase === "off";
		this.#phase = "down";
		if (wasOff) this.#taken();
	};

	readonly #onUp = (event: Event): void => {
		removeEventListener("pointerup", this.#onUp);
		removeEventListener("pointercancel", this.#onUp);
		const touches = "touches" in event ? (event as TouchEvent).touches.length : 0;
		if (this.#phase === "down" && touches === 0) this.#rest();
	};

	/** A mouse on the scroll bar, or selecting text; it may come up anywhere. Fingers and pens are told by touch events, which outlive a pan. */
	readonly #onPointerDown = (event: PointerEvent): void => {
		if (event.pointerType !== "mouse") return;
		addEventListener("pointerup", this.#onUp);
		addEventListener("pointercancel", this.#onUp);
		this.#onDown();
	};

	readonly #onWheel = (event: WheelEvent): void => {
		// With Ctrl a wheel zooms.
		if (!event.ctrlKey && event.deltaY !== 0) this.#touch();
	};

	readonly #onKey = (event: KeyboardEvent): void => {
		if (scrollKeys.has(event.key)) this.#touch();
	};

	#touch(): void {
		if (this.#phase === "down") return;
		const wasOff = this.#phase === "off";
		this.#rest();
		if (wasOff) this.#taken();
	}

	#rest(): void {
		this.#cancelRest?.();
		this.#phase = "resting";
		this.#cancelRest = this.#clock.after(restMs, () => {
			this.#phase = "off";
			this.#released();
		});
	}
}
