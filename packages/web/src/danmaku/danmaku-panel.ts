import { css, html, LitElement, type TemplateResult } from "lit";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";
import { PopoverController } from "../theme/popover.ts";
import type { Words } from "../words/en.ts";
import { areas, type DanmakuChoices, ranges, usualChoices } from "./choices.ts";

/** The card with everything a reader may choose about danmaku. Fires `change` with the `DanmakuChoices` as its detail, and `close`. */
export class DanmakuPanel extends LitElement {
	static override readonly properties = { words: { attribute: false }, choices: { attribute: false }, opener: { attribute: false } };
	static override readonly styles = [
		controls,
		css`
			:host { display: block; width: min(320px, 100%); padding: 4px 16px 16px; color-scheme: dark; text-align: start; font: 14px/20px var(--hubbub-font); overflow-y: auto; scrollbar-width: thin; }
			:host([data-sheet]) { border-radius: var(--hubbub-radius) var(--hubbub-radius) 0 0; padding-bottom: calc(16px + env(safe-area-inset-bottom)); }
			header { display: flex; align-items: center; justify-content: space-between; margin-inline-end: -8px; }
			h2 { margin: 0; font-size: 14px; line-height: 44px; }
			.row { display: grid; grid-template-columns: 5.5em 1fr 3.2em; align-items: center; gap: 10px; min-height: 36px; }
			.row > label, .row > .label { color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; }
			output { text-align: end; font-size: 12px; line-height: 16px; font-variant-numeric: tabular-nums; }
			input[type="range"] { width: 100%; min-height: 28px; accent-color: var(--hubbub-accent); cursor: pointer; }
			.areas { grid-column: 2 / -1; display: grid; grid-template-columns: repeat(4, 1fr); border-radius: var(--hubbub-radius-small); background: var(--hubbub-hover); overflow: hidden; }
			.areas button { min-height: 32px; font-size: 12px; }
			.areas button[aria-pressed="true"] { background: var(--hubbub-accent); color: var(--hubbub-on-accent); font-weight: 600; }
			.areas button:focus-visible { outline-offset: -3px; }
			.areas button[aria-pressed="true"]:focus-visible { outline-color: var(--hubbub-on-accent); }
			.reset { margin-top: 8px; color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; padding: 8px 0; text-decoration: underline; text-underline-offset: 3px; }
			@media (max-width: 339px) { .areas { grid-column: 1 / -1; } }
			@media (pointer: coarse) { .row { min-height: 44px; } .areas button, .reset, input[type="range"] { min-height: 44px; } }
		`,
	];

	declare words: Words;
	declare choices: DanmakuChoices;
	/** The button that opens it. */
	declare opener: HTMLElement | null;
	readonly popoverController = new PopoverController(this, {
		side: "above",
		sheet: "(max-width: 899px) and (orientation: portrait)",
	});

	override firstUpdated(): void {
		this.renderRoot.querySelector<HTMLElement>("button")?.focus();
	}

	override render(): TemplateResult {
		const { words, choices } = this;
		return html`<section role="dialog" aria-label=${words.danmakuSettings}>
			<header><h2>${words.danmakuSettings}</h2><button class="tool" title=${words.close} aria-label=${words.close} @click=${this.#close}>${icon("close")}</button></header>
			<div class="row" role="group" aria-label=${words.danmakuArea}><span class="label">${words.danmakuArea}</span>
				<div class="areas">${areas.map((area, index) => html`<button aria-pressed=${choices.area === area} @click=${() => this.#choose({ area })}>${words.danmakuAreas[index]}</button>`)}</div>
			</div>
			${this.#slider("opacity", words.danmakuOpacity, `${Math.round(choices.opacity * 100)}%`)}
			${this.#slider("speed", words.danmakuSpeed, `×${choices.speed.toFixed(1)}`)}
			${this.#slider("size", words.danmakuSize, `${Math.round(choices.size * 100)}%`)}
			${this.#slider("onScreenMax", words.danmakuMax, String(choices.onScreenMax))}
			<button class="reset" @click=${() => this.#choose({ ...usualChoices(false), on: choices.on })}>${words.danmakuReset}</button>
		</section>`;
	}

	#slider(key: keyof typeof ranges, label: string, shown: string): TemplateResult {
		const { min, max, step } = ranges[key];
		return html`<div class="row"><label for=${key}>${label}</label>
			<input type="range" id=${key} min=${min} max=${max} step=${step} .value=${String(this.choices[key])} aria-valuetext=${shown} @input=${(event: Event) => this.#choose({ [key]: Number((event.target as HTMLInputElement).value) })}>
			<output for=${key}>${shown}</output></div>`;
	}

	#choose(change: Partial<DanmakuChoices>): void {
		this.choices = { ...this.choices, on: true, ...change };
		this.dispatchEvent(new CustomEvent("change", { detail: this.choices }));
	}

	#close(): void {
		this.dispatchEvent(new Event("close"));
	}
}

customElements.define("hubbub-danmaku-panel", DanmakuPanel);
