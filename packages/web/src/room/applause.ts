import { css, html, LitElement, type TemplateResult } from "lit";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";
import type { Words } from "../words/en.ts";
import type { Language } from "../words/language.ts";
import { compactNumber } from "../words/words.ts";

/** Hearts in the air at once; more applause makes the number rise, not the page slower. */
const heartsMax = 14;
/** Hearts that others' applause of one moment sends up. */
const burstMax = 4;

/** The button that applauds, with its count and the hearts that rise from it. Fires `like`. */
export class Applause extends LitElement {
	static override readonly properties = { words: { attribute: false }, language: { type: String }, likes: { type: Number } };
	static override readonly styles = [
		controls,
		css`
			:host { position: relative; display: inline-block; }
			button { display: inline-flex; align-items: center; gap: 6px; min-height: 36px; padding: 0 12px; border-radius: var(--hubbub-radius-round); color: var(--hubbub-accent-ink); font-weight: 600; font-variant-numeric: tabular-nums; transition: background var(--hubbub-quick), transform var(--hubbub-quick); }
			button:hover { background: var(--hubbub-accent-soft); }
			button:active { transform: scale(0.94); }
			button .icon { fill: var(--hubbub-accent); stroke: none; }
			.air { position: absolute; inset-block-end: 70%; inset-inline-start: 12px; width: 20px; height: 0; pointer-events: none; z-index: 4; }
			.heart { position: absolute; inset-block-end: 0; width: 20px; height: 20px; }
			.heart path { fill: currentColor; }
			@media (pointer: coarse) { button { min-height: 44px; } }
			@media (prefers-reduced-motion: reduce) { button:active { transform: none; } }
		`,
	];

	declare words: Words;
	declare language: Language;
	declare likes: number;

	constructor() {
		super();
		this.likes = 0;
	}

	/** Applauds as the reader, from a key or the button. */
	applaud(): void {
		this.dispatchEvent(new Event("like"));
		this.rise(1);
	}

	/** Lets hearts rise for applause: at most a few for one moment, none where less motion is asked for or nobody looks. */
	rise(count: number): void {
		const air = this.renderRoot.querySelector(".air");
		if (!air || document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
		for (let heart = 0; heart < Math.min(count, burstMax) && air.childElementCount < heartsMax; heart++) this.#float(air);
	}

	override render(): TemplateResult {
		const { words, likes, language } = this;
		return html`
			<div class="air" aria-hidden="true"></div>
			<button title=${words.likes(compactNumber(language, likes))} @click=${this.applaud}>${icon("heart")}<span class="unseen">${words.like}</span> <span>${compactNumber(language, likes)}</span></button>
		`;
	}

	#float(air: Element): void {
		const heart = document.createElementNS("http://www.w3.org/2000/svg", "svg");
		heart.setAttribute("viewBox", "0 0 24 24");
		heart.setAttribute("class", "heart");
		const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
		path.setAttribute("d", "M12 20.3 4.6 13A5 5 0 0 1 11.7 6l.3.3.3-.3a5 5 0 0 1 7.1 7.1Z");
		heart.append(path);
		const hue = 15 + Math.random() * 45;
		heart.style.color = `oklch(0.7 0.19 ${hue})`;
		air.append(heart);
		const sway = (Math.random() - 0.5) * 56;
		const size = 0.8 + Math.random() * 0.6;
		heart.animate(
			[
				{ transform: `translate(0, 0) scale(0.3)`, opacity: 0 },
				{ transform: `translate(${sway * 0.4}px, -36px) scale(${size})`, opacity: 1, offset: 0.25 },
				{ transform: `translate(${sway}px, -140px) scale(${size})`, opacity: 0 },
			],
			{ duration: 1_400 + Math.random() * 500, easing: "ease-out" },
		).onfinish = () => heart.remove();
	}
}

customElements.define("hubbub-applause", Applause);
