import type { Mode } from "./lanes.ts";
import { outlineOf } from "./outline.ts";

/** One line to fly. `color` is 24-bit RGB; text is only ever set as text. */
export interface Line {
	/** The message's id; for one that the reader has just sent, the key it was sent with. */
	readonly id: string;
	readonly text: string;
	readonly mode: Mode;
	readonly color: number;
	/** Mine: outlined, and first in the queue. */
	readonly mine: boolean;
}

/** Numbers above this are shown as it, with a plus: what is said by a thousand is said by all. */
const shownMax = 999;

/** Where and how large a line stands, in CSS pixels. */
export interface LinePlace {
	readonly fontPx: number;
	readonly laneHeight: number;
	readonly top: number;
}

/** A line as an element. Its text is only ever set as text. */
export function drawLine({ text, mode, color, mine }: Line, { fontPx, laneHeight, top }: LinePlace): HTMLElement {
	const element = document.createElement("div");
	element.className = `line ${outlineOf(color)}${mine ? " mine" : ""}`;
	element.dataset.mode = mode;
	element.style.color = `#${color.toString(16).padStart(6, "0")}`;
	element.style.font = `700 ${fontPx}px / ${laneHeight}px var(--hubbub-font)`;
	element.style.top = `${top}px`;
	const words = document.createElement("span");
	words.className = "words";
	words.textContent = text;
	element.append(words);
	return element;
}

/** Shows how many say it, behind the text: from two on. */
export function drawCount(element: HTMLElement, count: number): void {
	let number = element.querySelector<HTMLElement>(".count");
	if (count < 2) return number?.remove();
	if (!number) {
		number = document.createElement("span");
		number.className = "count";
		element.append(number);
	}
	number.textContent = count > shownMax ? `×${shownMax}+` : `×${count}`;
	number.animate([{ transform: "scale(1.3)" }, { transform: "scale(1)" }], { duration: 160, easing: "ease-out" });
}
