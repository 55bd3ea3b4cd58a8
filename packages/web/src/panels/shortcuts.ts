import { css, html, LitElement, type TemplateResult } from "lit";
import { lettersOn, turnLetters } from "../room/keys.ts";
import { controls } from "../theme/controls.ts";
import type { Words } from "../words/en.ts";
import "./dialog.ts";

/** The keys of the room page and what they do; `room/keys.ts` is what listens for them. */
const keys: readonly { readonly keys: readonly string[]; readonly does: keyof Words["shortcutList"] }[] = [
	{ keys: ["C", "/"], does: "write" },
	{ keys: ["J", "K"], does: "move" },
	{ keys: ["R"], does: "reply" },
	{ keys: ["End"], does: "newest" },
	{ keys: ["D"], does: "danmaku" },
	{ keys: ["L"], does: "like" },
	{ keys: ["M"], does: "mute" },
	{ keys: ["H"], does: "talk" },
	{ keys: ["T"], does: "theatre" },
	{ keys: ["F"], does: "fullscreen" },
	{ keys: ["Esc"], does: "close" },
	{ keys: ["?"], does: "help" },
];

export class Shortcuts extends LitElement {
	static override readonly properties = { words: { attribute: false } };
	static override readonly styles = [
		controls,
		css`
		dl { display: grid; grid-template-columns: max-content 1fr; gap: 10px 20px; margin: 0; align-items: baseline; }
		dt { display: flex; gap: 4px; }
		dd { margin: 0; }
		kbd { min-width: 26px; padding: 2px 7px; border: 1px solid var(--hubbub-line); border-bottom-width: 2px; border-radius: var(--hubbub-radius-small); background: var(--hubbub-raised); font: 600 12px/18px var(--hubbub-font); text-align: center; }
			.choice { display: flex; align-items: center; gap: 10px; min-height: 32px; margin-top: 16px; padding-top: 12px; border-top: 1px solid var(--hubbub-line); cursor: pointer; }
			.choice input { width: 20px; height: 20px; margin: 0; accent-color: var(--hubbub-accent); }
			@media (pointer: coarse) { .choice { min-height: 44px; } }
	`,
	];
	declare words: Words;

	override render(): TemplateResult {
		const { words } = this;
		return html`<hubbub-dialog heading=${words.shortcuts} closeLabel=${words.close} @close=${() => this.dispatchEvent(new Event("close"))}>
			<dl>${keys.map(({ keys, does }) => html`<dt>${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${words.shortcutList[does]}</dd>`)}</dl>
			<label class="choice"><input type="checkbox" .checked=${lettersOn()} @change=${(event: Event) => turnLetters((event.target as HTMLInputElement).checked)}>${words.singleKeys}</label>
		</hubbub-dialog>`;
	}
}

customElements.define("hubbub-shortcuts", Shortcuts);
