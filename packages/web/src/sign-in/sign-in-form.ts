import type { User } from "@hubbub/protocol/fields.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { controls } from "../theme/controls.ts";
import type { Language } from "../words/language.ts";
import { type Checked, checkToken } from "./check-token.ts";
import { type SignInWords, signInWords } from "./sign-in-words.ts";

/** Who somebody has turned out to be, and by what. */
export interface SignedIn {
	readonly token: string;
	readonly user: User;
}

type Step =
	| { readonly phase: "asking" }
	| { readonly phase: "checking" }
	| { readonly phase: "failed"; readonly token: string; readonly checked: Exclude<Checked, { outcome: "good" }> };

/**
 * Takes an operator's key or a token and asks the server whose it is, before anything changes for the reader. Fires `sign-in` with a
 * `SignedIn` as the detail once it is good; a wrong one is named as wrong, and stays in the field.
 */
export class SignInForm extends LitElement {
	static override readonly properties = { language: { type: String } };
	static override readonly styles = [
		controls,
		css`
			form { display: grid; gap: 12px; font: 14px/20px var(--hubbub-font); }
			p { margin: 0; color: var(--hubbub-quiet); }
			.wrong { color: var(--hubbub-danger); font-weight: 600; }
			small { display: block; padding-top: 4px; color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; font-weight: 400; overflow-wrap: anywhere; }
		`,
	];
	declare language: Language;
	#step: Step = { phase: "asking" };

	constructor() {
		super();
		this.language = "en";
	}

	/** Whoever opened the form came to fill it in, the first time or again. */
	override firstUpdated(): void {
		this.renderRoot.querySelector("input")?.focus();
	}

	override connectedCallback(): void {
		super.connectedCallback();
		if (this.hasUpdated) this.renderRoot.querySelector("input")?.focus();
	}

	override render(): TemplateResult {
		const words = signInWords[this.language];
		const { phase } = this.#step;
		return html`<form @submit=${this.#onSubmit} @input=${() => phase === "failed" && this.#set({ phase: "asking" })}>
			<p id="about">${words.about}</p>
			<label class="unseen" for="token">${words.label}</label>
			<input class="field" id="token" name="token" type="password" autocomplete="off" spellcheck="false" required maxlength=${limits.tokenLengthMax} placeholder=${words.label} aria-describedby="about problem" aria-invalid=${phase === "failed"}>
			<div id="problem" role="alert">${this.#problem(words)}</div>
			<button class="button" ?disabled=${phase === "checking"}>${phase === "checking" ? words.checking : words.signIn}</button>
		</form>`;
	}

	#problem(words: SignInWords): TemplateResult | typeof nothing {
		if (this.#step.phase !== "failed") return nothing;
		const { checked, token } = this.#step;
		if (checked.outcome === "unchecked") return html`<p class="wrong">${words.unchecked}</p>`;
		// A key has no parts: of what it lacks the server has nothing to say.
		if (!isWebToken(token)) return html`<p class="wrong">${words.wrongKey}</p>`;
		return html`<p class="wrong">${words.wrongToken}<small lang="en">${checked.detail}</small></p>`;
	}

	async #onSubmit(event: SubmitEvent): Promise<void> {
		event.preventDefault();
		const form = event.target as HTMLFormElement;
		const token = String(new FormData(form).get("token") ?? "").trim();
		if (token === "" || this.#step.phase === "checking") return;
		this.#set({ phase: "checking" });
		const checked = await checkToken(token);
		if (checked.outcome === "good") {
			this.#set({ phase: "asking" });
			// The form is kept for what was typed in it; a secret that was used is not.
			form.reset();
			this.dispatchEvent(new CustomEvent<SignedIn>("sign-in", { detail: { token, user: checked.user } }));
			return;
		}
		this.#set({ phase: "failed", token, checked });
		this.renderRoot.querySelector("input")?.select();
	}

	#set(step: Step): void {
		this.#step = step;
		this.requestUpdate();
	}
}

function isWebToken(token: string): boolean {
	return token.split(".").length >= 3;
}

customElements.define("hubbub-sign-in-form", SignInForm);
