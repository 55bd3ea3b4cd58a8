import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import { html, nothing, type TemplateResult } from "lit";
import type { DanmakuChoices } from "../danmaku/choices.ts";
import "../stage/stage.ts";
import { icon } from "../theme/icons.ts";
import type { Words } from "../words/en.ts";
import type { Language } from "../words/language.ts";
import { FullScreen } from "./full-screen.ts";
import type { Panel } from "./panel.ts";
import { followSwipes } from "./swipe.ts";
import { theatreStyles } from "./theatre-styles.ts";
import type { View } from "./view.ts";

/** What the stage of a room shows and does. */
export interface TheatreState {
	readonly words: Words;
	readonly language: Language;
	readonly settings: RoomSettings | null;
	/** The reader is not let in. */
	readonly isShut: boolean;
	readonly isTalkShown: boolean;
	/** What the poster of an empty stage says. */
	readonly heading: string;
	/** What stands over the picture, in slots of the stage. */
	readonly above: TemplateResult | typeof nothing;
	readonly danmaku: DanmakuChoices;
	readonly panel: Panel;
	readonly setDanmaku: (choices: DanmakuChoices) => void;
	/** The button that opened the panel. */
	readonly opener: HTMLElement | null;
	readonly open: (panel: "danmaku", opener: HTMLElement) => void;
	readonly close: () => void;
}

/** The stage in a room, with the ways to arrange the room around it. A file of its own, so that a discussion embedded without it is light. */
export class Theatre {
	readonly #view: View;
	readonly #fullScreen: FullScreen;
	readonly #stopSwipes: () => void;

	constructor(page: HTMLElement, view: View) {
		this.#view = view;
		const { styleSheet } = theatreStyles;
		if (styleSheet) page.shadowRoot?.adoptedStyleSheets.push(styleSheet);
		this.#fullScreen = new FullScreen(page, () => view.fill(this.#fullScreen.phase !== "off"));
		this.#stopSwipes = followSwipes(page, (way) => view.isDrawer && view.showTalk(way === "left"));
	}

	end(): void {
		this.#fullScreen.end();
		this.#stopSwipes();
	}

	toggleFullScreen(): void {
		if (this.#fullScreen.phase === "off") void this.#fullScreen.enter();
		else this.#fullScreen.leave();
	}

	/** Leaves what a browser's own Escape does not: the window that the stage fills. */
	leaveWindow(): void {
		if (this.#fullScreen.phase === "window") this.#fullScreen.leave();
	}

	template(state: TheatreState): TemplateResult {
		const { words, danmaku, panel, setDanmaku, close } = state;
		const toggle = () => setDanmaku({ ...danmaku, on: !danmaku.on });
		const choose = (event: CustomEvent<DanmakuChoices>) => setDanmaku(event.detail);
		return html`<hubbub-stage role="region" aria-label=${words.stage} .words=${words} .language=${state.language} .settings=${state.settings} .shut=${state.isShut} .heading=${state.heading} .danmaku=${danmaku} .settingsOpen=${panel === "danmaku"} @danmaku=${toggle} @danmaku-settings=${(event: CustomEvent<HTMLElement>) => state.open("danmaku", event.detail)} @full-screen=${() => this.toggleFullScreen()}>
			${state.above}
			${this.#tools(words, state.isTalkShown)}
			${panel === "danmaku" ? html`<hubbub-danmaku-panel slot="over" class="danmaku-panel card" .opener=${state.opener} .words=${words} .choices=${danmaku} @change=${choose} @close=${close}></hubbub-danmaku-panel>` : nothing}
		</hubbub-stage>`;
	}

	/** The buttons of the stage's bar that arrange the room. */
	#tools(words: Words, isTalkShown: boolean): TemplateResult {
		const view = this.#view;
		const talk = isTalkShown ? words.hideDiscussion : words.showDiscussion;
		const full = view.isFull ? words.leaveFullscreen : words.fullscreen;
		return html`
			${view.mayHideTalk ? html`<button slot="tools" class="tool" title="${talk} (H)" aria-label=${talk} aria-expanded=${isTalkShown} @click=${() => view.showTalk(!isTalkShown)}>${icon("talk")}</button>` : nothing}
			${view.mayBeTheatre ? html`<button slot="tools" class="tool" title="${words.theatre} (T)" aria-label=${words.theatre} aria-pressed=${view.isTheatre} @click=${() => view.toggleTheatre()}>${icon("theatre")}</button>` : nothing}
			<button slot="tools" class="tool" title="${full} (F)" aria-label=${full} @click=${() => this.toggleFullScreen()}>${icon(view.isFull ? "shrink" : "expand")}</button>
		`;
	}
}
