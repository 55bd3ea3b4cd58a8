import { css, html, LitElement, type TemplateResult } from "lit";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";
import type { SetupWords } from "./words/setup-en.ts";

type Step = "ready" | "copied" | "marked";

/** Something to be copied, with a button that copies it; where the browser lets no page copy, it marks it. */
export class CopyField extends LitElement {
	static override readonly properties = {
		words: { attribute: false },
		text: { type: String },
		label: { type: String },
		strong: { type: Boolean },
	};
	static override readonly styles = [
		controls,
		css`
			:host { display: flex; gap: 8px; align-items: stretch; min-width: 0; }
			pre { flex: 1; min-width: 0; margin: 0; padding: 10px 12px; border-radius: var(--hubbub-radius-small); background: var(--hubbub-hover); color: var(--hubbub-ink); font: 13px/20px ui-monospace, "SF Mono", Consolas, "Noto Sans Mono CJK SC", monospace; white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
			:host([strong]) pre { background: var(--hubbub-accent-soft); font-weight: 600; }
			.button { flex: none; align-self: start; padding: 0 14px; }
			@media (max-width: 560px) { :host { flex-direction: column; } .button { align-self: stretch; } }
		`,
	];
	declare words: SetupWords;
	declare text: string;
	/** What it is that is copied, for those who do not see it. */
	declare label: string;
	declare strong: boolean;
	#step: Step = "ready";

	override willUpdate(changed: Map<string, unknown>): void {
		if (changed.has("text")) this.#step = "ready";
	}

	override render(): TemplateResult {
		const { words } = this;
		const said = { ready: words.copy, copied: words.copied, marked: words.copyByHand }[this.#step];
		return html`<pre translate="no"><code>${this.text}</code></pre><button type="button" class="button quiet" aria-label="${words.copy}: ${this.label}" @click=${this.#copy}>${icon(this.#step === "copied" ? "check" : "copy")}<span>${said}</span></button><span class="unseen" role="status">${this.#step === "ready" ? "" : said}</span>`;
	}

	readonly #copy = async (): Promise<void> => {
		// A page that came over plain HTTP from another machine has no clipboard.
		const isCopied = await (navigator.clipboard?.writeText(this.text) ?? Promise.reject(new Error("no clipboard"))).then(
			() => true,
			() => false,
		);
		if (!isCopied) getSelection()?.selectAllChildren(this.renderRoot.querySelector("pre") as HTMLElement);
		this.#step = isCopied ? "copied" : "marked";
		this.requestUpdate();
	};
}

customElements.define("hubbub-copy", CopyField);
