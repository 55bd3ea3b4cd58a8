import { html, LitElement, nothing, type TemplateResult } from "lit";
import { root } from "../root.ts";
import { applyTheme, chooseLanguage, chooseTheme, chosenLanguage, chosenTheme, type Theme } from "../theme/choice.ts";
import { controls } from "../theme/controls.ts";
import { mark } from "../theme/mark.ts";
import { labStyles } from "./lab-styles.ts";
import { laneNames } from "./lanes/lane.ts";
import "./lanes/lanes-section.ts";
import "./wire/wire-section.ts";
import type { LabWords } from "./words/lab-en.ts";
import { type LabLanguage, labLanguage, loadLabWords } from "./words/lab-words.ts";

const themes: readonly Theme[] = ["auto", "light", "dark"];

/** The lab: what the four transports look like on the wire and over time, drawn from what passes now. `?room=` names another room. */
export class LabPage extends LitElement {
	static override readonly styles = [controls, labStyles];
	readonly #search = new URLSearchParams(location.search);
	#theme = chosenTheme(this.#search);
	#language: LabLanguage = labLanguage(chosenLanguage(this.#search, navigator.languages));
	#words: LabWords | null = null;

	constructor() {
		super();
		void this.#speak(this.#language);
	}

	override render(): TemplateResult | typeof nothing {
		const words = this.#words;
		if (!words) return nothing;
		const room = this.#search.get("room") ?? "lab";
		return html`
			<header class="top">
				<a class="home" href=${root} title=${words.toLobby}>${mark()}<strong>Hubbub</strong></a><span class="lab">${words.lab}</span>
				<nav>
					<select class="choice" aria-label=${words.theme} @change=${this.#chooseTheme}>${themes.map((theme) => html`<option value=${theme} ?selected=${theme === this.#theme}>${words.themes[theme]}</option>`)}</select>
					<button class="choice language" title=${words.otherLanguageTitle} @click=${this.#switchLanguage}>${words.otherLanguage}</button>
				</nav>
			</header>
			<main>
				<div class="intro"><h1>${words.title}</h1><p>${words.lead}</p></div>
				<section class="part" aria-labelledby="wire"><h2 id="wire">${words.wire.title}</h2><p class="lead">${words.wire.lead}</p>
					<hubbub-wire .words=${words} .language=${this.#language}></hubbub-wire>
				</section>
				<section class="part" aria-labelledby="lanes"><h2 id="lanes">${words.lanes.title} <small>${words.lanes.room(room)}</small></h2><p class="lead">${words.lanes.lead}</p>
					<hubbub-lanes .words=${words} .language=${this.#language} .room=${room}></hubbub-lanes>
				</section>
				${this.#which(words)}
			</main>
		`;
	}

	#which({ which, lanes }: LabWords): TemplateResult {
		return html`<section class="part" aria-labelledby="which"><h2 id="which">${which.title}</h2><p class="lead">${which.lead}</p>
			<ol class="ways">${laneNames.map((name) => html`<li><h3>${lanes.names[name]}</h3><dl><dt>${which.costs}</dt><dd>${which.ways[name].costs}</dd><dt>${which.use}</dt><dd>${which.ways[name].use}</dd></dl></li>`)}</ol>
			<p class="lead">${which.order}</p>
			<h3 class="read">${which.readMore}</h3>
			<ul class="references">${which.references.map((reference) => html`<li>${reference}</li>`)}</ul>
		</section>`;
	}

	async #speak(language: LabLanguage): Promise<void> {
		const words = await loadLabWords(language);
		this.#language = language;
		this.#words = words;
		document.documentElement.lang = language;
		document.title = `${words.lab} · Hubbub`;
		this.requestUpdate();
	}

	readonly #switchLanguage = (): void => {
		const other = this.#language === "en" ? "zh-CN" : "en";
		chooseLanguage(other);
		void this.#speak(other);
	};

	readonly #chooseTheme = (event: Event): void => {
		this.#theme = (event.target as HTMLSelectElement).value as Theme;
		chooseTheme(this.#theme);
		applyTheme(this.#theme);
	};
}

customElements.define("hubbub-lab", LabPage);
