import { html, LitElement, type TemplateResult } from "lit";
import type { SignedIn } from "../sign-in/sign-in-form.ts";
import "../sign-in/sign-in-form.ts";
import type { Words } from "../words/en.ts";
import type { Language } from "../words/language.ts";
import "./dialog.ts";

/** Asks for an operator's key or a token. Fires `sign-in` with a `SignedIn` as the detail once the server takes it, and `close`. */
export class SignIn extends LitElement {
	static override readonly properties = { words: { attribute: false }, language: { type: String } };
	declare words: Words;
	declare language: Language;

	override render(): TemplateResult {
		const { words } = this;
		return html`<hubbub-dialog heading=${words.signIn} closeLabel=${words.close} @close=${() => this.dispatchEvent(new Event("close"))}>
			<hubbub-sign-in-form .language=${this.language} @sign-in=${this.#onSignIn}></hubbub-sign-in-form>
		</hubbub-dialog>`;
	}

	#onSignIn({ detail }: CustomEvent<SignedIn>): void {
		this.dispatchEvent(new CustomEvent<SignedIn>("sign-in", { detail }));
	}
}

customElements.define("hubbub-sign-in", SignIn);
