import { css, html, LitElement, type TemplateResult } from "lit";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";

/** The frame of every modal panel: a heading, a way out, and whatever is put inside. Fires `close`. */
export class Dialog extends LitElement {
	static override readonly properties = { heading: { type: String }, closeLabel: { type: String } };
	static override readonly styles = [
		controls,
		css`
			dialog { width: min(440px, calc(100vw - 32px)); max-height: calc(100dvh - 32px); padding: 0; border: 1px solid var(--hubbub-line); border-radius: var(--hubbub-radius); background: var(--hubbub-panel); color: var(--hubbub-ink); box-shadow: var(--hubbub-shadow); font: 14px/20px var(--hubbub-font); overflow-y: auto; }
			dialog::backdrop { background: oklch(0.1 0.02 40 / 0.55); }
			header { display: flex; align-items: center; justify-content: space-between; gap: 12px; padding: 12px 12px 0 20px; }
			h2 { margin: 0; font-size: 16px; line-height: 24px; }
			.inside { padding: 8px 20px 20px; }
		`,
	];

	declare heading: string;
	declare closeLabel: string;

	override firstUpdated(): void {
		this.renderRoot.querySelector("dialog")?.showModal();
	}

	override render(): TemplateResult {
		return html`<dialog aria-labelledby="heading" @close=${() => this.dispatchEvent(new Event("close"))} @click=${this.#onClick} @keydown=${(event: Event) => event.stopPropagation()}>
			<header><h2 id="heading">${this.heading}</h2><button class="tool" title=${this.closeLabel} aria-label=${this.closeLabel} @click=${this.#close}>${icon("close")}</button></header>
			<div class="inside"><slot></slot></div>
		</dialog>`;
	}

	#close(): void {
		this.renderRoot.querySelector("dialog")?.close();
	}

	/** A press on the backdrop closes; the dialog's own box is covered by its content. */
	#onClick(event: MouseEvent): void {
		if (event.target !== event.currentTarget) return;
		const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
		const isInside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
		if (!isInside) this.#close();
	}
}

customElements.define("hubbub-dialog", Dialog);
