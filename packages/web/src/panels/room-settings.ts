import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import type { SayResult } from "@hubbub/room-model/visit.ts";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { refusalWords } from "../room/writing.ts";
import { changesOf, readSettings, settingField, settingKeys, settingStyles } from "../settings/setting-fields.ts";
import { settingWords } from "../settings/setting-words.ts";
import { controls } from "../theme/controls.ts";
import type { Words } from "../words/en.ts";
import type { Language } from "../words/language.ts";
import "./dialog.ts";

type Saving =
	| { readonly phase: "editing" }
	| { readonly phase: "saving" }
	| { readonly phase: "saved" }
	| { readonly phase: "refused"; readonly words: string };

/** What a host may change about the room: every setting there is. Only what was changed is sent. Fires `close`. */
export class RoomSettingsPanel extends LitElement {
	static override readonly properties = { words: { attribute: false }, language: { type: String }, settings: { attribute: false } };
	static override readonly styles = [
		controls,
		settingStyles,
		css`
			form { display: grid; gap: 14px; }
			footer { display: flex; align-items: center; gap: 12px; }
			.refused { color: var(--hubbub-danger); font-weight: 600; }
			.saved { color: var(--hubbub-good); font-weight: 600; }
		`,
	];
	declare words: Words;
	declare language: Language;
	declare settings: RoomSettings;
	/** Sends what changed; given by the page. */
	configure: (settings: Partial<RoomSettings>) => Promise<SayResult> = () =>
		Promise.resolve({ outcome: "refused", code: "not_joined", message: "", retryAfterMs: null });
	#saving: Saving = { phase: "editing" };

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		if (this.#saving.phase !== "saving") this.#set({ phase: "editing" });
	}

	override render(): TemplateResult {
		const { words, settings } = this;
		const own = settingWords[this.language];
		return html`<hubbub-dialog heading=${words.settings} closeLabel=${words.close} @close=${() => this.dispatchEvent(new Event("close"))}>
			<form @submit=${this.#onSubmit} @input=${() => this.#set({ phase: "editing" })}>
				${settingKeys.map((key) => settingField(key, settings, own))}
				<footer><button class="button" ?disabled=${this.#saving.phase === "saving"}>${own.save}</button><span role="status">${this.#outcome(own.saved)}</span></footer>
			</form>
		</hubbub-dialog>`;
	}

	#outcome(saved: string): TemplateResult | typeof nothing {
		if (this.#saving.phase === "refused") return html`<span class="refused">${this.#saving.words}</span>`;
		return this.#saving.phase === "saved" ? html`<span class="saved">${saved}</span>` : nothing;
	}

	async #onSubmit(event: SubmitEvent): Promise<void> {
		event.preventDefault();
		const changes = changesOf(this.settings, readSettings(event.target as HTMLFormElement, settingKeys, this.settings));
		if (Object.keys(changes).length === 0) return this.#set({ phase: "saved" });
		this.#set({ phase: "saving" });
		const result = await this.configure(changes);
		this.#set(result.outcome === "accepted" ? { phase: "saved" } : { phase: "refused", words: refusalWords(result.code, this.words) });
	}

	#set(saving: Saving): void {
		this.#saving = saving;
		this.requestUpdate();
	}
}

customElements.define("hubbub-room-settings", RoomSettingsPanel);
