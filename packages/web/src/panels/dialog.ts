import { css, html, LitElement, type TemplateResult } from "lit";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";
import { activeElement, isComposing } from "../theme/keyboard.ts";

/**
 * The frame of every modal panel: a heading, a way out, and whatever is put inside. Open for as long as it stands in the document; fires
 * `close` when it is to be taken away. The browser keeps the focus inside and gives it back.
 *
 * A press beside it closes it only if it begins and ends there: a text that is selected with the mouse may end anywhere. An input method's
 * Escape and Enter are its own.
 */
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
	/** What had the focus before, for when the dialog is taken away while it is open. */
	#opener: Element | null = null;
	#pressBegan: "inside" | "outside" = "inside";
	/** Whether the key that is down belongs to an input method. */
	#isComposing = false;

	override connectedCallback(): void {
		super.connectedCallback();
		// Put back into the document after it was taken away: what is typed in it is still there.
		if (this.hasUpdated) this.#show();
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		if (!this.#dialog?.open) return;
		this.#dialog.removeAttribute("open");
		if (activeElement() === document.body && this.#opener instanceof HTMLElement) this.#opener.focus();
	}

	override firstUpdated(): void {
		this.#show();
	}

	override render(): TemplateResult {
		return html`<dialog aria-labelledby="heading" @close=${() => this.dispatchEvent(new Event("close"))} @cancel=${this.#onCancel} @pointerdown=${this.#onPress} @click=${this.#onClick} @keydown=${this.#onKey}>
			<header><h2 id="heading">${this.heading}</h2><button class="tool" title=${this.closeLabel} aria-label=${this.closeLabel} @click=${this.#close}>${icon("close")}</button></header>
			<div class="inside"><slot></slot></div>
		</dialog>`;
	}

	get #dialog(): HTMLDialogElement | null {
		return this.renderRoot.querySelector("dialog");
	}

	#show(): void {
		this.#opener = activeElement();
		this.#isComposing = false;
		this.#dialog?.showModal();
	}

	#close(): void {
		this.#dialog?.close();
	}

	#onKey(event: KeyboardEvent): void {
		// The page's own keys mean nothing in here.
		event.stopPropagation();
		this.#isComposing = isComposing(event);
		// Some browsers send the form with the Enter that ends a composition.
		if (event.key === "Enter" && this.#isComposing) event.preventDefault();
	}

	#onCancel(event: Event): void {
		if (event.target === event.currentTarget && this.#isComposing) event.preventDefault();
	}

	#onPress(event: PointerEvent): void {
		this.#pressBegan = this.#place(event);
	}

	/** A click goes to what holds both its beginning and its end: to the dialog itself, where one of them was beside it. */
	#onClick(event: MouseEvent): void {
		if (event.target !== event.currentTarget || this.#pressBegan === "inside" || this.#place(event) === "inside") return;
		this.#close();
	}

	/** The dialog's own box is covered by its content; what else meets the dialog is its backdrop. */
	#place(event: MouseEvent): "inside" | "outside" {
		if (event.target !== event.currentTarget) return "inside";
		const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
		const { clientX, clientY } = event;
		return clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom ? "inside" : "outside";
	}
}

customElements.define("hubbub-dialog", Dialog);
