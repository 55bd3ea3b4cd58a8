import * as limits from "@hubbub/protocol/wire/limits.ts";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import "../sign-in/sign-in-form.ts";
import { controls } from "../theme/controls.ts";
import type { Language } from "../words/language.ts";
import type { OperatorApi } from "./api.ts";
import { coded } from "./coded.ts";
import "./copy-field.ts";
import { sectionStyles } from "./setup-styles.ts";
import type { SetupWords } from "./words/setup-en.ts";

/** Where whoever opened the page stands. */
export type Standing =
	| { readonly phase: "looking" }
	| { readonly phase: "unreachable" }
	/** The server has no operator yet. */
	| { readonly phase: "unclaimed"; readonly claim: "no-token" | "ready" | "working" | "bad-token" | "failed" }
	/** It has one, and this is nobody it knows. */
	| { readonly phase: "signed-out"; readonly why: "done" | "refused-key" | { readonly stranger: string } }
	/** `freshKey` is the key that was made just now. */
	| { readonly phase: "operator"; readonly api: OperatorApi; readonly name: string; readonly freshKey: string | null };

type Naming = { readonly phase: "editing" | "saving" | "saved" } | { readonly phase: "refused"; readonly words: string };

/** Who is here: claims the server, signs the operator in, and keeps what they are called. Fires `claim`, `again`, `sign-in` (a `SignedIn`), `sign-out`, and `named` with the name. */
export class YouSection extends LitElement {
	static override readonly properties = { words: { attribute: false }, language: { type: String }, standing: { attribute: false } };
	static override readonly styles = [
		controls,
		sectionStyles,
		css`
			.name { gap: 4px; max-width: 520px; }
			.name label { font-weight: 600; font-size: 12px; line-height: 16px; }
			.name .field { flex: 1 1 200px; width: auto; }
			.name small { color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; }
			.here { justify-content: space-between; margin-bottom: 12px; }
			.here p { margin: 0; }
			hubbub-copy { margin: 4px 0 12px; max-width: 640px; }
			hubbub-sign-in-form { display: block; max-width: 440px; }
		`,
	];
	declare words: SetupWords;
	declare language: Language;
	declare standing: Standing;
	#naming: Naming = { phase: "editing" };

	override render(): TemplateResult {
		return html`<section aria-labelledby="you"><h2 id="you"><span class="step">1</span>${this.words.you}</h2>${this.#body()}</section>`;
	}

	#body(): TemplateResult {
		const { words, standing } = this;
		switch (standing.phase) {
			case "looking":
				return html`<p role="status">…</p>`;
			case "unreachable":
				return html`<p class="bad" role="alert">${words.unreachable}</p><button class="button" @click=${() => this.#tell("again")}>${words.tryAgain}</button>`;
			case "unclaimed":
				return this.#unclaimed(standing.claim);
			case "signed-out":
				return this.#signedOut(standing.why);
			case "operator":
				return this.#operator(standing);
			default:
				return standing satisfies never;
		}
	}

	#unclaimed(claim: (Standing & { phase: "unclaimed" })["claim"]): TemplateResult {
		const { words } = this;
		if (claim === "no-token") return html`<p>${words.noToken}</p>`;
		if (claim === "bad-token") return html`<p class="bad" role="alert">${words.badToken}</p>`;
		const isWorking = claim === "working";
		return html`<p>${words.claimWords}</p>
			${claim === "failed" ? html`<p class="bad" role="alert">${words.claimFailed}</p>` : nothing}
			<button class="button" ?disabled=${isWorking} @click=${() => this.#tell("claim")}>${isWorking ? words.claiming : claim === "failed" ? words.tryAgain : words.claim}</button>`;
	}

	#signedOut(why: (Standing & { phase: "signed-out" })["why"]): TemplateResult {
		const { words } = this;
		const said =
			why === "done"
				? html`<p><strong>${words.done}</strong> ${coded(words.doneWords)}</p>`
				: html`<p class="bad" role="alert">${why === "refused-key" ? words.refusedKey : words.stranger(why.stranger)}</p>`;
		return html`${said}<hubbub-sign-in-form .language=${this.language} @sign-in=${(event: CustomEvent) => this.#tell("sign-in", event.detail)}></hubbub-sign-in-form>`;
	}

	#operator({ name, freshKey }: Standing & { phase: "operator" }): TemplateResult {
		const { words } = this;
		const naming = this.#naming;
		return html`${freshKey === null ? nothing : this.#key(freshKey)}
			<div class="row here"><p>${words.signedIn}</p><button class="button quiet" @click=${() => this.#tell("sign-out")}>${words.signOut}</button></div>
			<form class="name" @submit=${this.#rename} @input=${() => this.#name({ phase: "editing" })}>
				<label for="name">${words.nameLabel}</label>
				<div class="row"><input class="field" id="name" name="name" autocomplete="off" required maxlength=${limits.nameUnitsMax} aria-describedby="name-hint" .value=${name}><button class="button quiet" ?disabled=${naming.phase === "saving"}>${naming.phase === "saving" ? words.saving : words.save}</button></div>
				<small id="name-hint">${words.nameHint}</small>
				<span role="status">${naming.phase === "saved" ? html`<span class="good">${words.saved}</span>` : naming.phase === "refused" ? html`<span class="bad">${naming.words}</span>` : nothing}</span>
			</form>`;
	}

	#key(key: string): TemplateResult {
		const { words } = this;
		return html`<h3>${words.keyTitle}</h3>
			<hubbub-copy id="key" strong .words=${words} .text=${key} .label=${words.keyTitle}></hubbub-copy>
			<p>${words.keyWords} ${words.keyInPrograms} <code>Authorization: Bearer …</code></p>`;
	}

	readonly #rename = async (event: SubmitEvent): Promise<void> => {
		event.preventDefault();
		const { standing, words } = this;
		if (standing.phase !== "operator") return;
		this.#name({ phase: "saving" });
		const wished = String(new FormData(event.target as HTMLFormElement).get("name") ?? "");
		const renamed = await standing.api.rename(wished);
		if (renamed.ok) {
			this.#name({ phase: "saved" });
			this.#tell("named", renamed.value);
		} else if (renamed.code === "unauthorized" || renamed.code === "forbidden") this.#tell("refused");
		else {
			const why = renamed.code === "bad_frame" ? words.nameRefused : renamed.code === "network" ? words.unreachable : renamed.detail;
			this.#name({ phase: "refused", words: words.notSaved(why) });
		}
	};

	#name(naming: Naming): void {
		this.#naming = naming;
		this.requestUpdate();
	}

	#tell(type: string, detail: unknown = null): void {
		this.dispatchEvent(new CustomEvent(type, { detail }));
	}
}

customElements.define("hubbub-setup-you", YouSection);
