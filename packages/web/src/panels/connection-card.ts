import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { controls } from "../theme/controls.ts";
import { PopoverController } from "../theme/popover.ts";
import type { Words } from "../words/en.ts";

/** A difference of clocks worth mentioning, in milliseconds. */
const skewMsMin = 60_000;

/** What the connection pill explains when it is pressed. Fires `retry` and `close`. */
export class ConnectionCard extends LitElement {
	static override readonly properties = {
		words: { attribute: false },
		sentence: { type: String },
		skewMs: { type: Number },
		mayRetry: { type: Boolean },
	};
	static override readonly styles = [
		controls,
		css`
			:host { display: block; width: 280px; padding: 12px 16px; text-align: start; font: 14px/20px var(--hubbub-font); }
			p { margin: 0; }
			p + p { margin-top: 8px; color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; }
			.button { margin-top: 12px; width: 100%; }
		`,
	];
	declare words: Words;
	declare sentence: string;
	/** Server's clock less this one's, in milliseconds. */
	declare skewMs: number;
	declare mayRetry: boolean;
	readonly popoverController = new PopoverController(this, { side: "below" });

	override render(): TemplateResult {
		const { words } = this;
		const skewSeconds = Math.round(Math.abs(this.skewMs) / 1_000);
		return html`<section role="group" aria-label=${words.connection}>
			<p role="status">${this.sentence}</p>
			${Math.abs(this.skewMs) >= skewMsMin ? html`<p>${words.clockSkew(skewSeconds)}</p>` : nothing}
			${this.mayRetry ? html`<button class="button" @click=${() => this.dispatchEvent(new Event("retry"))}>${words.retryNow}</button>` : nothing}
		</section>`;
	}
}

customElements.define("hubbub-connection-card", ConnectionCard);
