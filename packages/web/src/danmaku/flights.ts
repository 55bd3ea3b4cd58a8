import type { Clock } from "../clock.ts";
import type { DanmakuChoices } from "./choices.ts";
import { Lanes, type Mode, type StageSize } from "./lanes.ts";

/** One line to fly. `color` is 24-bit RGB; text is only ever set as text. */
export interface Line {
	readonly id: string;
	readonly text: string;
	readonly mode: Mode;
	readonly color: number;
	/** Mine: outlined, and first in the queue. */
	readonly mine: boolean;
}

/** Lines that wait for a lane, and for how long; more than that is let go, as on every stage with a bounded number of seats. */
const waitingMax = 40;
const waitMsMax = 2_500;
/** Longest text that flies whole, in UTF-16 units; a longer one ends in an ellipsis (the list shows it all). */
const unitsMax = 90;

interface Waiting {
	readonly line: Line;
	readonly text: string;
	/** Width in CSS pixels at the size of `fontPx`, measured once: asking the page for it would lay it out anew for every line. */
	readonly width: number;
	readonly sinceMs: number;
}

/** Padding and border of a line of one's own, on both sides together, in the font's size. */
const outlineEm = 0.8;

/**
 * Flies lines over a stage. Movement is left to the browser's compositor (Web Animations on `transform`), so that a busy page costs
 * danmaku no frame and danmaku costs the page none.
 *
 * Given: the element to fly in, the choices, and a clock. `fly` while paused or off does nothing.
 */
export class Flights {
	readonly #layer: HTMLElement;
	readonly #clock: Clock;
	readonly #lanes: Lanes;
	readonly #flying = new Map<HTMLElement, { id: string; animation: Animation }>();
	#choices: DanmakuChoices;
	#waiting: Waiting[] = [];
	#state: "flying" | "paused" = "flying";
	#fontPx = 24;
	#areaMax = 1;
	#fontFamily = "sans-serif";
	#brush: CanvasRenderingContext2D | null = null;
	#cancelRelaunch: (() => void) | null = null;

	constructor(layer: HTMLElement, choices: DanmakuChoices, clock: Clock) {
		this.#layer = layer;
		this.#choices = choices;
		this.#clock = clock;
		this.#lanes = new Lanes(this.#measure());
		this.#fontFamily = getComputedStyle(layer).fontFamily;
		this.apply(choices);
	}

	/** Offers lines to the stage, in order. */
	fly(lines: readonly Line[]): void {
		if (!this.#choices.on || this.#state === "paused") return;
		const sinceMs = this.#clock.monotonic();
		for (const line of lines) {
			const text = cut(line.text);
			const width = this.#widthOf(text) + (line.mine ? outlineEm * this.#fontPx : 0);
			const waiting = { line, text, width, sinceMs };
			if (line.mine) this.#waiting.unshift(waiting);
			else this.#waiting.push(waiting);
		}
		this.#launch();
	}

	/** Takes lines of a message off the stage at once, because the message was taken back. */
	ground(id: string): void {
		this.#waiting = this.#waiting.filter((waiting) => waiting.line.id !== id);
		for (const [element, flight] of this.#flying) if (flight.id === id) this.#land(element);
	}

	/** Applies changed choices; opacity changes at once, speed with the next lines. */
	apply(choices: DanmakuChoices): void {
		this.#choices = choices;
		this.#layer.style.opacity = String(choices.opacity);
		this.resize();
		if (!choices.on) this.clear();
	}

	/** Keeps lines to an upper share of the stage, whatever was chosen: 1 for all of it. */
	keepWithin(areaMax: number): void {
		this.#areaMax = areaMax;
		this.resize();
	}

	/** The stage's size may have changed. Where that moves the lanes, the stage starts empty, so that nothing meets. */
	resize(): void {
		const { width, laneHeight } = this.#lanes.size;
		const size = this.#measure();
		this.#lanes.resize(size);
		if (size.width !== width || size.laneHeight !== laneHeight) this.clear();
	}

	/** Stops everything where it is (a hidden tab); lines offered meanwhile are not kept. */
	pause(): void {
		this.#state = "paused";
		this.#waiting = [];
		for (const { animation } of this.#flying.values()) animation.pause();
	}

	resume(): void {
		this.#state = "flying";
		// The lanes' clock went on while the lines stood still: what is left on the stage is let go, so that nothing meets.
		this.clear();
	}

	clear(): void {
		this.#waiting = [];
		for (const element of [...this.#flying.keys()]) this.#land(element);
		this.#lanes.clear();
	}

	#measure(): StageSize {
		const width = this.#layer.clientWidth;
		const height = this.#layer.clientHeight * Math.min(this.#choices.area, this.#areaMax);
		this.#fontPx = Math.round(Math.min(26, Math.max(15, width * 0.022)) * this.#choices.size);
		// About 130 px a second on a desktop, slower on a phone, where 130 px is a third of the way.
		const durationMs = Math.min(12_000, Math.max(6_500, width * 8)) / this.#choices.speed;
		return { width, height, laneHeight: Math.round(this.#fontPx * 1.5), durationMs, standMs: 4_500 / this.#choices.speed };
	}

	#launch(): void {
		const nowMs = this.#clock.monotonic();
		const free = this.#choices.onScreenMax - this.#flying.size;
		const kept: Waiting[] = [];
		let launched = 0;
		for (const waiting of this.#waiting) {
			if (nowMs - waiting.sinceMs > waitMsMax) continue;
			if ((launched < free || waiting.line.mine) && this.#start(waiting, nowMs)) launched++;
			else if (kept.length < waitingMax) kept.push(waiting);
		}
		this.#waiting = kept;
		// A lane comes free as soon as its last line has entered whole, which no event tells: look again shortly.
		this.#cancelRelaunch?.();
		this.#cancelRelaunch = kept.length > 0 ? this.#clock.after(200, () => this.#launch()) : null;
	}

	#widthOf(text: string): number {
		this.#brush ??= document.createElement("canvas").getContext("2d");
		if (!this.#brush) return text.length * this.#fontPx;
		this.#brush.font = `700 ${this.#fontPx}px ${this.#fontFamily}`;
		return Math.ceil(this.#brush.measureText(text).width);
	}

	#start({ line, text, width }: Waiting, nowMs: number): boolean {
		const { width: stage, durationMs, standMs, laneHeight } = this.#lanes.size;
		const top = stage === 0 ? null : this.#lanes.take(line.mode, width, nowMs);
		if (top === null) return false;
		const element = document.createElement("div");
		element.className = line.mine ? "line mine" : "line";
		element.dataset.mode = line.mode;
		element.textContent = text;
		element.style.color = `#${line.color.toString(16).padStart(6, "0")}`;
		element.style.fontSize = `${this.#fontPx}px`;
		element.style.lineHeight = `${laneHeight}px`;
		if (isDark(line.color)) element.classList.add("deep");
		element.style.top = `${top}px`;
		this.#layer.append(element);
		const animation =
			line.mode === "scroll"
				? element.animate([{ transform: `translateX(${stage}px)` }, { transform: `translateX(${-width}px)` }], { duration: durationMs })
				: element.animate([{ opacity: 0 }, { opacity: 1, offset: 0.04 }, { opacity: 1, offset: 0.94 }, { opacity: 0 }], {
						duration: standMs,
					});
		this.#flying.set(element, { id: line.id, animation });
		animation.onfinish = () => this.#land(element);
		return true;
	}

	#land(element: HTMLElement): void {
		const flight = this.#flying.get(element);
		if (!flight) return;
		this.#flying.delete(element);
		flight.animation.onfinish = null;
		flight.animation.cancel();
		element.remove();
	}
}

function cut(text: string): string {
	const oneLine = text.replace(/\s+/g, " ");
	return oneLine.length > unitsMax
		? `${oneLine
				.slice(0, unitsMax)
				.toWellFormed()
				.replace(/\ufffd$/, "")}…`
		: oneLine;
}

/** Whether a light outline reads better than a dark one (relative luminance under about 0.08). */
function isDark(color: number): boolean {
	const [red, green, blue] = [color >> 16, (color >> 8) & 255, color & 255];
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 60;
}
