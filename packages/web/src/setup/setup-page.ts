import { css, html, LitElement, type TemplateResult } from "lit";
import { chosenLanguage } from "../theme/choice.ts";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";
import { mark } from "../theme/mark.ts";
import { requestKey, type SetupOutcome } from "./request-key.ts";
import { type SetupWords, setupWords } from "./setup-words.ts";

type Step = { readonly phase: "ready" } | { readonly phase: "working" } | SetupOutcome;

/** The page an operator opens once, with the token the server printed: makes the operator's key and says what to do with it. */
export class SetupPage extends LitElement {
	static override readonly styles = [
		controls,
		css`
			:host { display: grid; place-items: center; min-height: 100dvh; padding: 24px 16px; background: var(--hubbub-page); color: var(--hubbub-ink); font: 14px/20px var(--hubbub-font); }
			main { width: min(520px, 100%); padding: 32px; border-radius: var(--hubbub-radius); background: var(--hubbub-panel); border: 1px solid var(--hubbub-line); box-shadow: var(--hubbub-shadow); }
			.mark { width: 40px; height: 40px; color: var(--hubbub-accent); margin-bottom: 12px; }
			h1 { margin: 0 0 8px; font-size: 22px; line-height: 30px; }
			h2 { margin: 24px 0 4px; font-size: 14px; line-height: 20px; }
			p { margin: 0 0 12px; color: var(--hubbub-quiet); }
			.button { margin-top: 16px; }
			.key { display: flex; gap: 8px; align-items: stretch; margin: 12px 0; }
			code { display: block; min-width: 0; padding: 10px 12px; border-radius: var(--hubbub-radius-small); background: var(--hubbub-hover); color: var(--hubbub-ink); font: 13px/20px ui-monospace, "SF Mono", Consolas, "Noto Sans Mono CJK SC", monospace; overflow-wrap: anywhere; user-select: all; }
			.key code { flex: 1; background: var(--hubbub-accent-soft); font-weight: 600; }
			.key .button { margin: 0; flex: none; }
			.bad { color: var(--hubbub-danger); font-weight: 600; }
			@media (max-width: 480px) { main { padding: 24px 20px; } .key { flex-direction: column; } }
		`,
	];
	readonly #token = location.hash.slice(1);
	readonly #words: SetupWords = setupWords[chosenLanguage(new URLSearchParams(location.search), navigator.languages)];
	#step: Step = { phase: "ready" };
	#isCopied = false;

	constructor() {
		super();
		document.title = `${this.#words.setupTitle} · ${this.#words.product}`;
	}

	override render(): TemplateResult {
		const words = this.#words;
		return html`<main>${mark()}<h1>${words.setupTitle}</h1>${this.#body(words)}</main>`;
	}

	#body(words: SetupWords): TemplateResult {
		const step = this.#step;
		switch (step.phase) {
			case "made":
				return html`<h2>${words.setupKeyTitle}</h2>
					<div class="key"><code id="key">${step.adminKey}</code><button class="button" @click=${() => this.#copy(step.adminKey)}>${icon(this.#isCopied ? "check" : "copy")}<span role="status">${this.#isCopied ? words.copied : words.copy}</span></button></div>
					<p>${words.setupKeyWords}</p>
					<h2>${words.setupNextTitle}</h2>
					<p>${words.setupNextRoom}</p>
					<p>${words.setupNextApi}</p>
					<code>Authorization: Bearer …</code>
					<a class="button" href="/">${words.openLobby}</a>`;
			case "done":
				return html`<p class="bad" role="alert">${words.setupDone}</p><p>${words.setupDoneWords}</p><a class="button" href="/">${words.openLobby}</a>`;
			case "bad-token":
				return html`<p class="bad" role="alert">${words.setupBadToken}</p>`;
			case "failed":
				return html`<p class="bad" role="alert">${words.setupFailed}</p><button class="button" @click=${this.#start}>${words.tryAgain}</button>`;
			default:
				if (this.#token === "") return html`<p class="bad">${words.setupNoToken}</p>`;
				return html`<p>${words.setupWords}</p><button class="button" ?disabled=${step.phase === "working"} @click=${this.#start}>${step.phase === "working" ? words.setupWorking : words.setupStart}</button>`;
		}
	}

	readonly #start = async (): Promise<void> => {
		this.#set({ phase: "working" });
		const outcome = await requestKey((url, init) => fetch(url, init), this.#token);
		// The token is spent or wrong: it has no more business in the address bar and the history.
		if (outcome.phase !== "failed") history.replaceState(null, "", location.pathname + location.search);
		this.#set(outcome);
	};

	async #copy(key: string): Promise<void> {
		await navigator.clipboard?.writeText(key);
		this.#isCopied = true;
		this.requestUpdate();
	}

	#set(step: Step): void {
		this.#step = step;
		this.requestUpdate();
	}
}

customElements.define("hubbub-setup", SetupPage);
