import { html, nothing, type TemplateResult } from "lit";
import type { Deed } from "../kinds/kind-part.ts";
import type { Theme } from "../theme/choice.ts";
import { icon } from "../theme/icons.ts";
import type { Words } from "../words/en.ts";
import type { Language } from "../words/language.ts";
import { compactNumber } from "../words/words.ts";
import "./applause.ts";
import "./connection-pill.ts";
import type { Visit } from "@hubbub/room-model/visit.ts";
import type { Panel } from "./panel.ts";

/** What the parts of a header show and do. */
export interface HeadState {
	readonly words: Words;
	readonly visit: Visit;
	readonly language: Language;
	readonly theme: Theme;
	readonly title: string;
	readonly panel: Panel;
	/** What else the reader may do with the room. */
	readonly deeds: readonly Deed[];
	readonly open: (panel: Exclude<Panel, "none">) => void;
	readonly close: () => void;
	readonly chooseTheme: (theme: Theme) => void;
	readonly speak: (language: Language) => void;
	readonly signOut: () => void;
}

/** The parts a header is put together from: under the stage, over the discussion, or some here and some there. */
export interface Head {
	readonly titles: TemplateResult;
	readonly applause: TemplateResult;
	readonly pill: TemplateResult;
	readonly menu: TemplateResult;
}

export function head(state: HeadState): Head {
	const { words, visit, language, title } = state;
	return {
		titles: html`<div class="titles"><h1>${title}</h1><span class="watching">${icon("eye")}${words.watching(compactNumber(language, visit.viewers))}</span></div>`,
		applause: html`<hubbub-applause .words=${words} .language=${language} .likes=${visit.likes} @like=${() => visit.like(1)}></hubbub-applause>`,
		pill: html`<hubbub-connection .words=${words} .state=${visit.connection} .skewMs=${visit.clockSkewMs} @retry=${() => visit.retryNow()}></hubbub-connection>`,
		menu: menu(state),
	};
}

function menu({ words, visit, language, theme, panel, deeds, ...does }: HeadState): TemplateResult {
	return html`<div class="anchor"><button class="tool" title=${words.menu} aria-label=${words.menu} aria-expanded=${panel === "menu"} @click=${() => does.open("menu")}>${icon("menu")}</button>
		${
			panel === "menu"
				? html`<hubbub-menu class="card" .words=${words} .language=${language} .theme=${theme} .user=${visit.user} .room=${visit.roomId} .deeds=${deeds} @theme=${(event: CustomEvent<Theme>) => does.chooseTheme(event.detail)} @language=${(event: CustomEvent<Language>) => does.speak(event.detail)} @settings=${() => does.open("settings")} @shortcuts=${() => does.open("shortcuts")} @sign-in=${() => does.open("sign-in")} @sign-out=${does.signOut} @close=${does.close}></hubbub-menu>`
				: nothing
		}
	</div>`;
}
