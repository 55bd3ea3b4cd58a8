import type { Style } from "@hubbub/protocol/kinds/message.ts";
import { css, html, LitElement, type TemplateResult } from "lit";
import { controls } from "../theme/controls.ts";
import { PopoverController } from "../theme/popover.ts";
import type { Words } from "../words/en.ts";
import { cssColor, danmakuColors } from "./style.ts";

/** The small card in which a writer chooses colour and way. Fires `change` with the `Style` as its detail, and `close`. */
export class DanmakuStylePicker extends LitElement {
	static override readonly properties = { words: { attribute: false }, chosen: { attribute: false } };
	static override readonly styles = [
		controls,
		css`
			:host { display: block; width: 348px; padding: 12px; }
			fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
			fieldset + fieldset { margin-top: 12px; }
			legend { padding: 0 0 8px; color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; }
			.choices { display: flex; flex-wrap: wrap; gap: 8px; }
			.colors { display: grid; grid-template-columns: repeat(auto-fit, minmax(26px, 1fr)); gap: 6px; justify-items: center; }
			label { position: relative; cursor: pointer; }
			input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
			svg { display: block; width: 26px; height: 26px; border-radius: 50%; border: 1px solid oklch(0 0 0 / 0.25); box-shadow: 0 0 0 2px transparent; transition: box-shadow var(--hubbub-quick); }
			input:checked + svg { box-shadow: 0 0 0 2px var(--hubbub-raised), 0 0 0 4px var(--hubbub-accent); }
			.way span { display: grid; place-items: center; min-width: 64px; height: 32px; padding: 0 12px; border-radius: var(--hubbub-radius-round); background: var(--hubbub-hover); }
			input:checked + span { background: var(--hubbub-accent); color: var(--hubbub-on-accent); font-weight: 600; }
			input:focus-visible + * { outline: 2px solid var(--hubbub-focus); outline-offset: 3px; }
			@media (pointer: coarse) { .colors { grid-template-columns: repeat(auto-fit, minmax(44px, 1fr)); } .colors label { padding: 5px; } svg { width: 34px; height: 34px; } .way span { height: 44px; } }
		`,
	];

	declare words: Words;
	declare chosen: Style;
	readonly popoverController = new PopoverController(this, { side: "above" });

	override firstUpdated(): void {
		this.renderRoot.querySelector<HTMLElement>("input:checked")?.focus();
	}

	override render(): TemplateResult {
		const { words, chosen } = this;
		const ways = [
			{ mode: 1, word: words.danmakuScroll },
			{ mode: 5, word: words.danmakuTop },
			{ mode: 4, word: words.danmakuBottom },
		] as const;
		return html`<section role="dialog" aria-label=${words.danmakuStyle}>
			<fieldset><legend>${words.danmakuMode}</legend><div class="choices">
				${ways.map(({ mode, word }) => html`<label class="way"><input type="radio" name="mode" .checked=${chosen.mode === mode} @change=${() => this.#choose({ ...chosen, mode })}><span>${word}</span></label>`)}
			</div></fieldset>
			<fieldset><legend>${words.danmakuColor}</legend><div class="colors">
				${danmakuColors.map((color, index) => html`<label title=${words.colors[index] ?? ""}><input type="radio" name="color" aria-label=${words.colors[index] ?? ""} .checked=${chosen.color === color} @change=${() => this.#choose({ ...chosen, color })}><svg viewBox="0 0 28 28" aria-hidden="true"><rect width="28" height="28" fill=${cssColor(color)} /></svg></label>`)}
			</div></fieldset>
		</section>`;
	}

	#choose(style: Style): void {
		this.chosen = style;
		this.dispatchEvent(new CustomEvent("change", { detail: style }));
	}
}

customElements.define("hubbub-danmaku-style", DanmakuStylePicker);
