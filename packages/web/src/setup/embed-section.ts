import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { root } from "../root.ts";
import { settingStyles } from "../settings/setting-fields.ts";
import { controls } from "../theme/controls.ts";
import { coded } from "./coded.ts";
import "./copy-field.ts";
import { sectionStyles } from "./setup-styles.ts";
import { type EmbedKind, embedKinds, frameLine, sdkPage } from "./snippets.ts";
import type { SetupWords } from "./words/setup-en.ts";

const loopback = /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/;

/** The line that puts the room into a page of the operator's, with the address by which they came. */
export class EmbedSection extends LitElement {
	static override readonly properties = { words: { attribute: false }, room: { type: String } };
	static override readonly styles = [
		controls,
		sectionStyles,
		settingStyles,
		css`
			.kinds { display: flex; flex-wrap: wrap; gap: 4px 24px; margin-bottom: 8px; }
			fieldset { border: 0; margin: 0; padding: 0; }
			hubbub-copy { margin-bottom: 12px; }
		`,
	];
	declare words: SetupWords;
	declare room: string;
	#kind: EmbedKind = "chat";

	override render(): TemplateResult {
		const { words, room } = this;
		const base = root.href.replace(/\/$/, "");
		return html`<section aria-labelledby="embed"><h2 id="embed"><span class="step">3</span>${words.embed}</h2>
			<p>${words.embedWords}</p>
			<fieldset class="kinds"><legend class="unseen">${words.embedWhat}</legend>${embedKinds.map((kind) => html`<label class="choice"><input type="radio" name="kind" value=${kind} .checked=${kind === this.#kind} @change=${() => this.#show(kind)}>${words.embedKinds[kind]}</label>`)}</fieldset>
			<hubbub-copy id="frame" .words=${words} .text=${frameLine(base, room, this.#kind, words.embedKinds[this.#kind])} .label=${words.embed}></hubbub-copy>
			${loopback.test(location.hostname) ? html`<p>${words.localAddress}</p>` : nothing}
			<details><summary>${words.sdkTitle}</summary><div class="inside"><hubbub-copy id="sdk" .words=${words} .text=${sdkPage(base, room)} .label=${words.sdkTitle}></hubbub-copy><p>${coded(words.sdkWords)}</p></div></details>
			<p>${coded(words.embedMore)}</p>
		</section>`;
	}

	#show(kind: EmbedKind): void {
		this.#kind = kind;
		this.requestUpdate();
	}
}

customElements.define("hubbub-setup-embed", EmbedSection);
