import type { ReactiveController, ReactiveControllerHost } from "lit";
import { type DanmakuChoices, parseChoices, usualChoices } from "../danmaku/choices.ts";
import { chooseLanguage, chooseTheme, chosenLanguage, chosenTheme, recall, remember, type Theme } from "../theme/choice.ts";
import type { Words } from "../words/en.ts";
import type { Language } from "../words/language.ts";
import { loadWords } from "../words/words.ts";

const danmakuKey = "hubbub.danmaku";

/** What the reader chose for this browser: a language, a theme, and how danmaku fly. */
export class Choices implements ReactiveController {
	readonly #host: ReactiveControllerHost;
	readonly #spoken: (words: Words) => void;
	readonly #search = new URLSearchParams(location.search);
	#language: Language = chosenLanguage(this.#search, navigator.languages);
	#theme: Theme = chosenTheme(this.#search);
	#danmaku: DanmakuChoices = parseChoices(recall(danmakuKey), usualChoices(matchMedia("(prefers-reduced-motion: reduce)").matches));
	#words: Words | null = null;

	/** `spoken` is told the words of each language before they are drawn. */
	constructor(host: ReactiveControllerHost, spoken: (words: Words) => void) {
		this.#host = host;
		this.#spoken = spoken;
		host.addController(this);
	}

	hostConnected(): void {
		if (!this.#words) void this.speak(this.#language);
	}

	get language(): Language {
		return this.#language;
	}

	/** The words of that language; null until they are here. */
	get words(): Words | null {
		return this.#words;
	}

	get theme(): Theme {
		return this.#theme;
	}

	get danmaku(): DanmakuChoices {
		return this.#danmaku;
	}

	async speak(language: Language): Promise<void> {
		const isChoice = this.#words !== null;
		try {
			this.#words = await loadWords(language);
		} catch {
			// The table could not be fetched: what is spoken now goes on being spoken.
			return;
		}
		this.#language = language;
		this.#spoken(this.#words);
		if (isChoice) chooseLanguage(language);
		document.documentElement.lang = language;
		this.#host.requestUpdate();
	}

	readonly chooseTheme = (theme: Theme): void => {
		this.#theme = theme;
		chooseTheme(theme);
		this.#host.requestUpdate();
	};

	setDanmaku(choices: DanmakuChoices): void {
		this.#danmaku = choices;
		remember(danmakuKey, JSON.stringify(choices));
		this.#host.requestUpdate();
	}
}
