import type { RoomSettings, WriteAccess } from "@hubbub/protocol/event.ts";
import { limits } from "@hubbub/protocol/limits.ts";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { SayResult } from "../room/visit.ts";
import { refusalWords } from "../room/writing.ts";
import { controls } from "../theme/controls.ts";
import type { Words } from "../words/en.ts";
import "./dialog.ts";

const accesses: readonly WriteAccess[] = ["everyone", "members", "staff"];

type Saving =
	| { readonly phase: "editing" }
	| { readonly phase: "saving" }
	| { readonly phase: "saved" }
	| { readonly phase: "refused"; readonly words: string };

/** What a host may change about the room. Only what was changed is sent. Fires `close`. */
export class RoomSettingsPanel extends LitElement {
	static override readonly properties = { words: { attribute: false }, settings: { attribute: false } };
	static override readonly styles = [
		controls,
		css`
			form { display: grid; gap: 14px; }
			label > span, legend { display: block; padding: 0 0 4px; font-weight: 600; font-size: 12px; line-height: 16px; }
			small { display: block; padding-top: 4px; color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; }
			fieldset { border: 0; margin: 0; padding: 0; }
			.choice { display: flex; align-items: center; gap: 10px; min-height: 32px; cursor: pointer; }
			.choice input { width: 18px; height: 18px; margin: 0; accent-color: var(--hubbub-accent); }
			.number { width: 96px; }
			footer { display: flex; align-items: center; gap: 12px; }
			.refused { color: var(--hubbub-danger); font-weight: 600; }
			.saved { color: var(--hubbub-good); font-weight: 600; }
			@media (pointer: coarse) { .choice { min-height: 44px; } }
		`,
	];
	declare words: Words;
	declare settings: RoomSettings;
	/** Sends what changed; given by the page. */
	configure: (settings: Partial<RoomSettings>) => Promise<SayResult> = () =>
		Promise.resolve({ outcome: "refused", code: "not_joined", message: "", retryAfterMs: null });
	#saving: Saving = { phase: "editing" };

	override render(): TemplateResult {
		const { words, settings } = this;
		return html`<hubbub-dialog heading=${words.settings} closeLabel=${words.close} @close=${() => this.dispatchEvent(new Event("close"))}>
			<form @submit=${this.#onSubmit} @input=${() => this.#set({ phase: "editing" })}>
				<label><span>${words.settingTitle}</span><input class="field" name="title" maxlength=${limits.titleLengthMax} .value=${settings.title}></label>
				<label><span>${words.settingStream}</span><input class="field" name="streamUrl" maxlength=${limits.urlLengthMax} inputmode="url" spellcheck="false" .value=${settings.streamUrl}><small>${words.settingStreamHint}</small></label>
				<label><span>${words.settingSlow}</span><input class="field number" name="slowModeSeconds" type="number" min="0" max=${limits.slowModeSecondsMax} step="1" required .value=${String(settings.slowModeSeconds)}><small>${words.settingSlowUnit}</small></label>
				<fieldset><legend>${words.settingWrite}</legend>${accesses.map((access) => html`<label class="choice"><input type="radio" name="write" value=${access} .checked=${settings.write === access}>${words.writeAccess[access]}</label>`)}</fieldset>
				<label class="choice"><input type="checkbox" name="guests" .checked=${settings.guests}>${words.settingGuests}</label>
				<footer><button class="button" ?disabled=${this.#saving.phase === "saving"}>${words.save}</button><span role="status">${this.#outcome()}</span></footer>
			</form>
		</hubbub-dialog>`;
	}

	#outcome(): TemplateResult | typeof nothing {
		if (this.#saving.phase === "refused") return html`<span class="refused">${this.#saving.words}</span>`;
		return this.#saving.phase === "saved" ? html`<span class="saved">${this.words.saved}</span>` : nothing;
	}

	async #onSubmit(event: SubmitEvent): Promise<void> {
		event.preventDefault();
		const form = new FormData(event.target as HTMLFormElement);
		const wanted: RoomSettings = {
			...this.settings,
			title: String(form.get("title") ?? "").trim(),
			streamUrl: String(form.get("streamUrl") ?? "").trim(),
			slowModeSeconds: Number(form.get("slowModeSeconds")),
			write: accesses.find((access) => access === form.get("write")) ?? this.settings.write,
			guests: form.get("guests") !== null,
		};
		const changes = Object.fromEntries(
			Object.entries(wanted).filter(([key, value]) => value !== this.settings[key as keyof RoomSettings]),
		) as Partial<RoomSettings>;
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
