import { css, html, LitElement, type TemplateResult } from "lit";
import { controls } from "../theme/controls.ts";
import type { Checklist } from "./api.ts";
import { coded } from "./coded.ts";
import "./copy-field.ts";
import { sectionStyles } from "./setup-styles.ts";
import { moderatorClaims, moderatorCommand, secretCommand } from "./snippets.ts";
import type { SetupWords } from "./words/setup-en.ts";

/** How somebody gets to moderate, as this server is set up. */
export class PeopleSection extends LitElement {
	static override readonly properties = { words: { attribute: false }, room: { type: String }, signIn: { type: String } };
	static override readonly styles = [controls, sectionStyles, css`hubbub-copy { margin-bottom: 12px; }`];
	declare words: SetupWords;
	declare room: string;
	declare signIn: Checklist["signIn"];

	override render(): TemplateResult {
		const { words } = this;
		return html`<section aria-labelledby="people"><h2 id="people"><span class="step">4</span>${words.people}</h2>
			<p>${words.peopleWords}</p><p>${words.peopleRoles}</p>
			${this.#way()}
			<p>${words.peopleWhere}</p>
		</section>`;
	}

	#way(): TemplateResult {
		const { words, room, signIn } = this;
		const [said, text] = {
			nothing: [words.takesNothing, secretCommand] as const,
			secret: [words.takesSecret, moderatorCommand(room)] as const,
			"key-set": [words.takesKeySet, moderatorClaims(room)] as const,
		}[signIn];
		return html`<p>${coded(said)}</p><hubbub-copy .words=${words} .text=${text} .label=${words.people}></hubbub-copy>`;
	}
}

customElements.define("hubbub-setup-people", PeopleSection);
