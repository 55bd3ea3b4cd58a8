import { limits } from "@hubbub/protocol/limits.ts";
import { css, html, LitElement, type TemplateResult } from "lit";
import { controls } from "../theme/controls.ts";
import type { Words } from "../words/en.ts";
import "./dialog.ts";

/** Asks for an operator's key or a token. Fires `sign-in` with it as the detail, and `close`. */
export class SignIn extends LitElement {
	static override readonly properties = { words: { attribute: false } };
	static override readonly styles = [
		controls,
		css`
			form { display: grid; gap: 12px; }
			p { margin: 0; color: var(--hubbub-quiet); }
		`,
	];
	declare words: Words;

	override render(): TemplateResult {
		const { words } = this;
		return html`<hubbub-dialog heading=${words.signIn} closeLabel=${words.close} @close=${() => this.dispatchEvent(new Event("close"))}>
			<form @submit=${this.#onSubmit}>
				<p id="about">${words.signInWords}</p>
				<label class="unseen" for="token">${words.signInLabel}</label>
				<input class="field" id="token" name="token" type="password" autocomplete="off" spellcheck="false" required autofocus maxlength=${limits.tokenLengthMax} placeholder=${words.signInLabel} aria-describedby="about">
				<button class="button">${words.signIn}</button>
			</form>
		</hubbub-dialog>`;
	}

	#onSubmit(event: SubmitEvent): void {
		event.preventDefault();
		const token = String(new FormData(event.target as HTMLFormElement).get("token") ?? "").trim();
		if (token !== "") this.dispatchEvent(new CustomEvent("sign-in", { detail: token }));
	}
}

customElements.define("hubbub-sign-in", SignIn);
