import { type Language, languageFor } from "../words/language.ts";

/**
 * What a reader chose for this browser: theme and language. Kept in `localStorage`; the page's address may override both for an embed.
 * Storage that is closed or full (private windows, blocked cookies) costs remembering, nothing else.
 */
export type Theme = "auto" | "dark" | "light";
const themeKey = "hubbub.theme";
const languageKey = "hubbub.language";

/** Reads one remembered string; null where there is none or storage is closed. */
export function recall(key: string): string | null {
	try {
		return localStorage.getItem(key);
	} catch {
		return null;
	}
}

/** Remembers one string, or forgets it (null). Never throws. */
export function remember(key: string, value: string | null): void {
	try {
		if (value === null) localStorage.removeItem(key);
		else localStorage.setItem(key, value);
	} catch {
		// Storage is closed or full: the choice holds until the page is left.
	}
}

/** The theme of this page: the address first, then what was chosen, else the system's. */
export function chosenTheme(search: URLSearchParams): Theme {
	return asTheme(search.get("theme")) ?? asTheme(recall(themeKey)) ?? "auto";
}

export function chooseTheme(theme: Theme): void {
	remember(themeKey, theme === "auto" ? null : theme);
	applyTheme(theme);
}

/** Puts the theme on the document; "auto" leaves it to `prefers-color-scheme`. */
export function applyTheme(theme: Theme): void {
	if (theme === "auto") delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = theme;
}

/**
 * The language of this page: what its address asks for, then what was chosen, then the browser's preferences, else English. The address may
 * hand on a whole list, as a request's `Accept-Language` has it.
 */
export function chosenLanguage(search: URLSearchParams, browser: readonly string[]): Language {
	const asked = search.get("lang")?.split(",") ?? [];
	return languageFor(asked) ?? languageFor([recall(languageKey) ?? ""]) ?? languageFor(browser) ?? "en";
}

export function chooseLanguage(language: Language): void {
	remember(languageKey, language);
}

function asTheme(value: string | null): Theme | null {
	return value === "auto" || value === "dark" || value === "light" ? value : null;
}
