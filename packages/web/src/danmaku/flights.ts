import type { Clock } from "../clock.ts";
import { type Chant, Chants, countOf } from "./chants.ts";
import type { DanmakuChoices } from "./choices.ts";
import { Lanes, type StageSize } from "./lanes.ts";
import { drawCount, drawLine, type Line } from "./line.ts";
import { OwnLines } from "./own-lines.ts";
import { spread } from "./spread.ts";

/** Lines that wait for a lane, and for how long; more than that is let go, as on every stage with a bounded number of seats. */
const waitingMax = 40;
const waitMsMax = 2_500;
/** Lines of batches that are spread over the time until the next one. */
const comingMax = 400;
/** Longest text that flies whole, in UTF-16 units; a longer one ends in an ellipsis (the list shows it all). */
const unitsMax = 90;
/** Room behind a line for its number, in the font's size: kept free of the next line, so that the number may grow on the way. */
const countEm = 2.4;
/** Padding and border of a line of one's own, on both sides together, in the font's size. */
const outlineEm = 0.8;
/** Numbers on the stage are drawn anew this often, however many join. */
const countEveryMs = 120;

interface Waiting {
	readonly line: Line;
	readonly chant: Chant;
	readonly text: string;
	/** Width in CSS pixels at the size of `fontPx`, measured once: asking the page for it would lay it out anew for every line. */
	readonly width: number;
	readonly sinceMs: number;
}

interface Flight {
	readonly chant: Chant;
	readonly element: HTMLElement;
	readonly animation: Animation;
	/** The number that is drawn. */
	count: number;
}

/**
 * Flies lines over a stage. Movement is left to the browser's compositor (Web Animations on `transform`), so that a busy page costs
 * danmaku no frame and danmaku costs the page none. What many say at once flies once, and counts.
 *
 * Given: the element to fly in, the choices, and a clock. `fly` while paused or off does nothing.
 */
export class Flights {
	readonly #layer: HTMLElement;
	readonly #clock: Clock;
	readonly #lanes: Lanes;
	readonly #chants = new Chants();
	readonly #own = new OwnLines();
	readonly #flying = new Map<Chant, Flight>();
	#choices: DanmakuChoices;
	/** Lines of batches that have not begun, by when they do. */
	#coming: { readonly line: Line; readonly atMs: number }[] = [];
	#waiting: Waiting[] = [];
	#state: "flying" | "paused" = "flying";
	#fontPx = 24;
	#areaMax = 1;
	#fontFamily = "sans-serif";
	#brush: CanvasRenderingContext2D | null = null;
	#cancelNext: (() => void) | null = null;
	#cancelCount: (() => void) | null = null;

	constructor(layer: HTMLElement, choices: DanmakuChoices, clock: Clock) {
		this.#layer = layer;
		this.#choices = choices;
		this.#clock = clock;
		this.#lanes = new Lanes(this.#measure());
		this.#fontFamily = getComputedStyle(layer).fontFamily;
		this.apply(choices);
	}

	/** Offers the lines of one batch, one after another over the `spreadMs` until the next is due (0: not known). The reader's own have flown already. */
	fly(lines: readonly Line[], spreadMs: number): void {
		if (!this.#isOpen) return;
		const fresh = lines.filter((line) => !line.mine || !this.#own.hasFlown(line.id, line.text));
		const nowMs = this.#clock.monotonic();
		const delays = spread(fresh.length, spreadMs);
		this.#coming.push(...fresh.map((line, index) => ({ line, atMs: nowMs + (delays[index] as number) })));
		this.#coming.sort((one, other) => one.atMs - other.atMs).splice(0, this.#coming.length - comingMax);
		this.#goOn();
	}

	/** Flies the reader's own line at once, faint until `settle`. Its id is the key it is sent with. */
	flyOwn(line: Line): void {
		this.#own.said(line.id, line.text);
		if (!this.#isOpen) return;
		const chant: Chant = { startedMs: this.#clock.monotonic(), ids: new Set([line.id]), more: 0, unseen: 0, phase: "waiting" };
		this.#waiting.unshift(this.#waitingFor(line, chant));
		this.#goOn();
	}

	/** The server has a line of the reader's own: it has the message's id from now on. */
	settle(key: string, id: string): void {
		this.#own.settled(key, id);
		const chant = this.#chantOf(key);
		if (!chant) return;
		chant.ids.delete(key);
		chant.ids.add(id);
		this.#flying.get(chant)?.element.classList.remove("sending");
	}

	/** People whom the server did not show said what a message says: its line counts them. */
	countOn(id: string, count: number): void {
		const chant = this.#chantOf(id);
		if (!chant) return;
		chant.more += count;
		this.#countSoon();
	}

	/** Takes a message off the stage, because it was taken back or refused. What others say as well flies on without it. */
	ground(id: string): void {
		this.#own.withdrawn(id);
		this.#coming = this.#coming.filter(({ line }) => line.id !== id);
		const chant = this.#chantOf(id);
		if (!chant) return;
		chant.ids.delete(id);
		this.#countSoon();
		if (chant.ids.size > 0) return;
		this.#waiting = this.#waiting.filter((waiting) => waiting.chant !== chant);
		this.#land(chant);
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
		if (areaMax === this.#areaMax) return;
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
		this.#coming = [];
		this.#waiting = [];
		for (const { animation } of this.#flying.values()) animation.pause();
	}

	resume(): void {
		this.#state = "flying";
		// The lanes' clock went on while the lines stood still: what is left on the stage is let go, so that nothing meets.
		this.clear();
	}

	clear(): void {
		this.#coming = [];
		this.#waiting = [];
		this.#cancelNext?.();
		this.#cancelCount?.();
		this.#cancelCount = null;
		for (const chant of [...this.#flying.keys()]) this.#land(chant);
		this.#chants.clear();
		this.#lanes.clear();
	}

	get #isOpen(): boolean {
		return this.#choices.on && this.#state === "flying";
	}

	/** The chant of a message, also of one's own, which joins no other's. */
	#chantOf(id: string): Chant | null {
		const among = this.#chants.find(id) ?? this.#waiting.find(({ chant }) => chant.ids.has(id))?.chant;
		if (among) return among;
		for (const chant of this.#flying.keys()) if (chant.ids.has(id)) return chant;
		return null;
	}

	#measure(): StageSize {
		const width = this.#layer.clientWidth;
		const height = this.#layer.clientHeight * Math.min(this.#choices.area, this.#areaMax);
		this.#fontPx = Math.round(Math.min(26, Math.max(15, width * 0.022)) * this.#choices.size);
		// About 130 px a second on a desktop, slower on a phone, where 130 px is a third of the way.
		const durationMs = Math.min(12_000, Math.max(6_500, width * 8)) / this.#choices.speed;
		return { width, height, laneHeight: Math.round(this.#fontPx * 1.5), durationMs, standMs: 4_500 / this.#choices.speed };
	}

	#waitingFor(line: Line, chant: Chant): Waiting {
		const text = cut(line.text);
		const width = this.#widthOf(text) + (countEm + (line.mine ? outlineEm : 0)) * this.#fontPx;
		return { line, chant, text, width: Math.ceil(width), sinceMs: this.#clock.monotonic() };
	}

	/** Lets begin what is due, and looks again when the next is. */
	#goOn(): void {
		const nowMs = this.#clock.monotonic();
		while (this.#coming[0] && this.#coming[0].atMs <= nowMs) {
			const { line } = this.#coming.shift() as { line: Line };
			const { chant, isNew } = this.#chants.join(line.id, line.text, nowMs);
			if (isNew || chant.phase === "missed") {
				chant.phase = "waiting";
				this.#waiting.push(this.#waitingFor(line, chant));
			} else this.#countSoon();
		}
		this.#launch(nowMs);
		this.#cancelNext?.();
		const nextMs = Math.min(
			this.#coming[0] ? this.#coming[0].atMs - nowMs : Number.POSITIVE_INFINITY,
			// A lane comes free as soon as its last line has entered whole, which no event tells.
			this.#waiting.length > 0 ? 200 : Number.POSITIVE_INFINITY,
		);
		this.#cancelNext = Number.isFinite(nextMs) ? this.#clock.after(nextMs, () => this.#goOn()) : null;
	}

	#launch(nowMs: number): void {
		const free = this.#choices.onScreenMax - this.#flying.size;
		const kept: Waiting[] = [];
		let launched = 0;
		for (const waiting of this.#waiting) {
			const isLate = nowMs - waiting.sinceMs > waitMsMax;
			if (!isLate && (launched < free || waiting.line.mine) && this.#start(waiting, nowMs)) launched++;
			else if (!isLate && kept.length < waitingMax) kept.push(waiting);
			else waiting.chant.phase = "missed";
		}
		this.#waiting = kept;
	}

	#widthOf(text: string): number {
		this.#brush ??= document.createElement("canvas").getContext("2d");
		if (!this.#brush) return text.length * this.#fontPx;
		this.#brush.font = `700 ${this.#fontPx}px ${this.#fontFamily}`;
		return this.#brush.measureText(text).width;
	}

	#start({ line, chant, text, width }: Waiting, nowMs: number): boolean {
		const { width: stage, durationMs, standMs, laneHeight } = this.#lanes.size;
		const top = stage === 0 ? null : this.#lanes.take(line.mode, width, nowMs);
		if (top === null) return false;
		const element = drawLine({ ...line, text }, { fontPx: this.#fontPx, laneHeight, top });
		element.classList.toggle("sending", this.#own.isOnItsWay(line.id));
		this.#layer.append(element);
		const animation =
			line.mode === "scroll"
				? element.animate([{ transform: `translateX(${stage}px)` }, { transform: `translateX(${-width}px)` }], { duration: durationMs })
				: element.animate([{ opacity: 0 }, { opacity: 1, offset: 0.04 }, { opacity: 1, offset: 0.94 }, { opacity: 0 }], {
						duration: standMs,
					});
		chant.phase = "flying";
		this.#flying.set(chant, { chant, element, animation, count: 1 });
		animation.onfinish = () => this.#land(chant);
		if (countOf(chant) > 1) this.#countSoon();
		return true;
	}

	#countSoon(): void {
		this.#cancelCount ??= this.#clock.after(countEveryMs, () => this.#count());
	}

	/** Draws the numbers that have changed. */
	#count(): void {
		this.#cancelCount = null;
		for (const flight of this.#flying.values()) {
			const count = countOf(flight.chant);
			if (count === flight.count) continue;
			flight.count = count;
			drawCount(flight.element, count);
		}
	}

	#land(chant: Chant): void {
		const flight = this.#flying.get(chant);
		chant.phase = "flown";
		if (!flight) return;
		this.#flying.delete(chant);
		flight.animation.onfinish = null;
		flight.animation.cancel();
		flight.element.remove();
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
