import { css, html, LitElement, type nothing, type PropertyValues, type TemplateResult } from "lit";
import { browserClock } from "../clock.ts";
import type { PlayerState } from "../stream/player-state.ts";
import "../stream/stream-view.ts";
import type { StreamView } from "../stream/stream-view.ts";
import { controls } from "../theme/controls.ts";
import type { Language } from "../words/language.ts";
import { coded } from "./coded.ts";
import { judgeAddress } from "./stream-address.ts";
import type { SetupWords } from "./words/setup-en.ts";

/** An address is tried when nobody has typed for so long, in milliseconds. */
const typingMs = 600;

/** Plays what an operator is about to give a room, and says what is in the way and what to do about it. */
export class StreamPreview extends LitElement {
	static override readonly properties = { words: { attribute: false }, language: { type: String }, typed: { type: String } };
	static override readonly styles = [
		controls,
		css`
			:host { display: block; }
			.screen { position: relative; overflow: hidden; aspect-ratio: 16 / 9; border-radius: var(--hubbub-radius-small); background: oklch(0.12 0.01 45); color-scheme: dark; color: oklch(0.93 0.012 75); }
			hubbub-stream { position: absolute; inset: 0; }
			.nothing { position: absolute; inset: 0; display: grid; place-content: center; padding: 16px; text-align: center; color: oklch(0.78 0.02 70); }
			p { margin: 8px 0 0; min-height: 40px; text-wrap: pretty; }
			.good { color: var(--hubbub-good); font-weight: 600; }
			.bad { color: var(--hubbub-danger); font-weight: 600; }
			.wait { color: var(--hubbub-quiet); }
			code { font: 0.93em/1.4 ui-monospace, "SF Mono", Consolas, monospace; }
		`,
	];
	declare words: SetupWords;
	declare language: Language;
	declare typed: string;
	/** What is being tried. */
	#address = "";
	#cancelTry: () => void = () => {};

	override willUpdate(changed: PropertyValues<this>): void {
		if (!changed.has("typed") || this.typed === this.#address) return;
		this.#cancelTry();
		const tryIt = () => {
			this.#address = judgeAddress(this.typed) === "playable" ? this.typed : "";
			this.requestUpdate();
		};
		// What was there before anybody typed is tried at once.
		if (this.hasUpdated) this.#cancelTry = browserClock.after(typingMs, tryIt);
		else tryIt();
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.#cancelTry();
	}

	override render(): TemplateResult {
		const { words } = this;
		return html`<div class="screen" role="group" aria-label=${words.preview}>
				${this.#address === "" ? html`<div class="nothing">${words.preview}</div>` : html`<hubbub-stream .address=${this.#address} .language=${this.language} @change=${() => this.requestUpdate()}></hubbub-stream>`}
			</div>
			<p id="verdict" role="status">${this.#verdict()}</p>`;
	}

	#verdict(): TemplateResult | typeof nothing {
		const { words } = this;
		switch (judgeAddress(this.typed)) {
			case "none":
				return html`<span class="wait">${words.streamNone}</span>`;
			case "for-sending":
				return html`<span class="bad">${words.notWeb}</span>`;
			case "no-address":
				return html`<span class="bad">${words.noAddress}</span>`;
			default:
				return this.typed === this.#address
					? this.#state(this.#stream?.state ?? { phase: "loading" })
					: html`<span class="wait">${words.streamLooking}</span>`;
		}
	}

	#state(state: PlayerState): TemplateResult {
		const { words } = this;
		switch (state.phase) {
			case "playing":
			case "paused":
				return html`<span class="good">${words.streamPlays}</span>`;
			case "ended":
				return html`<span class="good">${words.streamEnded}</span>`;
			case "blocked":
				return html`<span class="wait">${words.streamBlocked}</span>`;
			case "broken":
				return html`<span class="bad">${coded(words.advice[state.problem])}</span>`;
			default:
				return html`<span class="wait">${words.streamLooking}</span>`;
		}
	}

	get #stream(): StreamView | null {
		return this.renderRoot.querySelector<StreamView>("hubbub-stream");
	}
}

customElements.define("hubbub-stream-preview", StreamPreview);
