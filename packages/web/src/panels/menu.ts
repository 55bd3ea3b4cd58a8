import type { User } from "@hubbub/protocol/fields.ts";
import { mayModerate } from "@hubbub/protocol/wire/roles.ts";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { Deed } from "../kinds/kind-part.ts";
import { wornRole } from "../room/person.ts";
import { addressOf } from "../root.ts";
import type { Theme } from "../theme/choice.ts";
import { controls } from "../theme/controls.ts";
import { drawIcon } from "../theme/icons.ts";
import { PopoverController } from "../theme/popover.ts";
import type { Words } from "../words/en.ts";
import { type Language, languages } from "../words/language.ts";
import { menuIcons } from "./menu-icons.ts";

const themes: readonly Theme[] = ["auto", "light", "dark"];

/**
 * The page's menu: theme, language, sign-in, the room's settings for staff, the set-up page for the operator, and the keys. Fires `theme` and `language` with the choice as
 * detail; `sign-in`, `sign-out`, `settings`, `shortcuts` and `close`.
 */
export class Menu extends LitElement {
	static override readonly properties = {
		words: { attribute: false },
		language: { type: String },
		theme: { type: String },
		user: { attribute: false },
		room: { type: String },
		deeds: { attribute: false },
	};
	static override readonly styles = [
		controls,
		css`
			:host { display: block; width: 264px; padding: 8px; font: 14px/20px var(--hubbub-font); text-align: start; }
			.item { color: inherit; text-decoration: none; display: flex; align-items: center; gap: 12px; width: 100%; min-height: 40px; padding: 0 8px; border-radius: var(--hubbub-radius-small); text-align: start; }
			.item:hover { background: var(--hubbub-hover); }
			.item .icon { color: var(--hubbub-quiet); }
			.choice { display: flex; align-items: center; gap: 12px; min-height: 44px; padding: 0 8px; }
			.choice > .icon { color: var(--hubbub-quiet); }
			.segments { display: flex; flex: 1; border-radius: var(--hubbub-radius-small); background: var(--hubbub-hover); overflow: hidden; }
			.segments button { flex: 1; min-height: 32px; padding: 0 6px; font-size: 12px; line-height: 16px; }
			.segments button[aria-pressed="true"] { background: var(--hubbub-accent); color: var(--hubbub-on-accent); font-weight: 600; }
			.segments button:focus-visible, .item:focus-visible { outline-offset: -3px; }
			.segments button[aria-pressed="true"]:focus-visible { outline-color: var(--hubbub-on-accent); }
			select { flex: 1; min-height: 36px; padding: 0 8px; border: 1px solid var(--hubbub-line); border-radius: var(--hubbub-radius-small); background: var(--hubbub-raised); color: var(--hubbub-ink); font: inherit; cursor: pointer; }
			hr { border: 0; border-top: 1px solid var(--hubbub-line); margin: 8px; }
			.who { padding: 4px 8px 8px; color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; overflow-wrap: anywhere; }
			@media (pointer: coarse) { .item, .segments button, select { min-height: 44px; } }
		`,
	];
	declare words: Words;
	declare language: Language;
	declare theme: Theme;
	declare user: User | null;
	declare room: string;
	declare deeds: readonly Deed[];
	readonly popoverController = new PopoverController(this, { side: "below" });

	override firstUpdated(): void {
		this.renderRoot.querySelector<HTMLElement>("button")?.focus();
	}

	override render(): TemplateResult {
		const { words, user } = this;
		const role = user && wornRole(user);
		const themeNames = words.themes;
		return html`<section role="dialog" aria-label=${words.menu}>
			<div class="choice" role="group" aria-label=${words.theme}>${drawIcon(menuIcons.moon)}<div class="segments">${themes.map((theme) => html`<button aria-pressed=${this.theme === theme} @click=${() => this.#tell("theme", theme)}>${themeNames[theme]}</button>`)}</div></div>
			<label class="choice">${drawIcon(menuIcons.globe)}<span class="unseen">${words.language}</span>
				<select @change=${(event: Event) => this.#tell("language", (event.target as HTMLSelectElement).value)}>${languages.map(({ id, own }) => html`<option value=${id} lang=${id} .selected=${id === this.language}>${own}</option>`)}</select>
			</label>
			<hr>
			${user && mayModerate(user) ? html`<button class="item" @click=${() => this.#tell("settings")}>${drawIcon(menuIcons.gear)}${words.settings}</button>` : nothing}
			${this.deeds.map((deed) => html`<button class="item" @click=${() => this.#do(deed)}>${deed.icon}${deed.label}</button>`)}
			${user?.id === "operator" ? html`<a class="item" href=${addressOf(`setup?room=${this.room}`)} target=${window.parent === window ? "_self" : "_blank"}>${drawIcon(menuIcons.server)}${words.yourServer}</a>` : nothing}
			<button class="item" @click=${() => this.#tell("shortcuts")}>${drawIcon(menuIcons.keyboard)}${words.shortcuts}</button>
			${
				user && role
					? html`<button class="item" @click=${() => this.#tell("sign-out")}>${drawIcon(menuIcons.leave)}${words.signOut}</button><div class="who"><bdi>${words.signedInAs(user.name, words.roles[role])}</bdi></div>`
					: html`<button class="item" @click=${() => this.#tell("sign-in")}>${drawIcon(menuIcons.key)}${words.signIn}</button>`
			}
		</section>`;
	}

	#do(deed: Deed): void {
		this.#tell("close");
		deed.do(null);
	}

	#tell(type: string, detail: string | null = null): void {
		this.dispatchEvent(new CustomEvent(type, { detail }));
	}
}

customElements.define("hubbub-menu", Menu);
