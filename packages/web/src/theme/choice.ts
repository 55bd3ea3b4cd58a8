/**
 * What a reader chose for this browser: theme and language. Kept in `localStorage`; the page's address may override both for an embed.
 * Storage that is closed or full (private windows, blocked cookies) costs remembering, nothing else.
 */
export type Theme = "auto" | "dark" | "light";
export type Language = "zh-CN" | "zh-TW" | "en" | "ja";

export const languages: readonly { readonly id: Language; readonly own: string }[] = [
	{ id: "zh-CN", own: "简体中文" },
	{ id: "zh-TW", own: "繁體中文" },
	{ id: "en", own: "English" },
	{ id: "ja", own: "日本語" },
];

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

/** The language of this page: the address first, then what was chosen, then the first of the browser's that we speak, else English. */
export function chosenLanguage(search: URLSearchParams, browser: readonly string[]): Language {
	const asked = [search.get("lang"), recall(languageKey), ...browser];
	for (const tag of asked) {
		const language = tag ? spoken(tag) : null;
		if (language) return language;
	}
	return "en";
}

export function chooseLanguage(language: Language): void {
	remember(languageKey, language);
}

/** Finds our language for a BCP 47 tag: `zh-HK` reads traditional characters, `zh-SG` simplified ones. */
export function spoken(tag: string): Language | null {
	const parts = tag.toLowerCase().split(/[-_]/);
	switch (parts[0]) {
		case "zh":
			return parts.some((part) => ["hant", "tw", "hk", "mo"].includes(part)) ? "zh-TW" : "zh-CN";
		case "en":
		case "ja":
			return parts[0];
		default:
			return null;
	}
}

function asTheme(value: string | null): Theme | null {
	return value === "auto" || value === "dark" || value === "light" ? value : null;
}
