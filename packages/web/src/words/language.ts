/** The languages the pages speak, as each calls itself. */
export type Language = "zh-CN" | "zh-TW" | "en" | "ja";

export const languages: readonly { readonly id: Language; readonly own: string }[] = [
	{ id: "zh-CN", own: "简体中文" },
	{ id: "zh-TW", own: "繁體中文" },
	{ id: "en", own: "English" },
	{ id: "ja", own: "日本語" },
];

/**
 * Finds our language for what a reader prefers, best first: BCP 47 tags, each with a weight if it likes (`zh-HK;q=0.8`). The first is taken
 * that we speak in its script; a reader of a script we do not write (`ja-Latn`) is given the language only where nothing else fits.
 *
 * @example languageFor(["fr", "zh-Hant-CN", "en"]) // "zh-TW"
 */
export function languageFor(preferences: readonly string[]): Language | null {
	const likings = byWeight(preferences).flatMap((tag) => spoken(tag) ?? []);
	return (likings.find(({ isOurScript }) => isOurScript) ?? likings[0])?.language ?? null;
}

/** Tags as their weights order them, equals as they came; what weighs nothing is not wanted (RFC 9110 section 12.4.2). */
function byWeight(preferences: readonly string[]): string[] {
	return preferences
		.map((preference) => {
			const [tag = "", ...parameters] = preference.split(";").map((part) => part.trim());
			const weight = parameters.map((parameter) => /^q=([01](?:\.\d{0,3})?)$/i.exec(parameter)?.[1]).find(Boolean);
			return { tag, weight: weight === undefined ? 1 : Number(weight) };
		})
		.filter(({ weight }) => weight > 0)
		.sort((one, other) => other.weight - one.weight)
		.map(({ tag }) => tag);
}

/** Languages that are written as Chinese is, whatever is spoken (ISO 639-3's members of `zho`). */
const chinese = /^(?:zh|cdo|cjy|cmn|cnp|cpx|csp|czh|czo|gan|hak|hsn|lzh|mnp|nan|wuu|yue)$/;

/** Our language for one tag. A script that is named goes before the region: `zh-Hans-HK` reads simplified characters. */
function spoken(tag: string): { readonly language: Language; readonly isOurScript: boolean } | null {
	const { language, script, region } = localeOf(tag) ?? {};
	if (language === undefined) return null;
	if (language === "en") return { language, isOurScript: script === "Latn" };
	if (language === "ja") return { language, isOurScript: script === "Jpan" };
	if (!chinese.test(language)) return null;
	const isTraditional = script === "Hant" || (script !== "Hans" && ["TW", "HK", "MO"].includes(region ?? ""));
	return { language: isTraditional ? "zh-TW" : "zh-CN", isOurScript: script === "Hant" || script === "Hans" };
}

/** A tag with what is usual where it says nothing (`zh-HK` is written in Hant); null where it is none. */
function localeOf(tag: string): Intl.Locale | null {
	const hyphened = tag.replaceAll("_", "-");
	// `zh-yue` is an older way to write `yue` (RFC 5646 section 2.2.2).
	const modern = oldTags[hyphened.toLowerCase()] ?? hyphened.replace(/^zh-([a-z]{3})(?=-|$)/i, "$1");
	try {
		return new Intl.Locale(modern).maximize();
	} catch {
		return null;
	}
}

/** What programs of before BCP 47 still say. */
const oldTags: Readonly<Record<string, string>> = { "zh-chs": "zh-Hans", "zh-cht": "zh-Hant", "zh-min-nan": "nan", "zh-min": "zh" };
