import type { Language } from "../../words/language.ts";
import type { LabWords } from "./lab-en.ts";

/** The languages the lab speaks. */
export type LabLanguage = "zh-CN" | "en";

/** Which of them a reader of `language` gets. */
export function labLanguage(language: Language): LabLanguage {
	return language === "zh-CN" || language === "zh-TW" ? "zh-CN" : "en";
}

/** Loads one language's table; each is a file of its own. */
export async function loadLabWords(language: LabLanguage): Promise<LabWords> {
	switch (language) {
		case "zh-CN":
			return (await import("./lab-zh-cn.ts")).zhCN;
		case "en":
			return (await import("./lab-en.ts")).en;
		default:
			return language satisfies never;
	}
}

/** A count of things, grouped as the language does. */
export function wholeNumber(language: LabLanguage, count: number): string {
	return new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(count);
}

/** A number of bytes in few letters: exact below 10,000, then in KB of 1,000 bytes. */
export function fewBytes(language: LabLanguage, bytes: number): string {
	if (bytes < 10_000) return `${wholeNumber(language, bytes)} B`;
	const [value, unit] = bytes < 10_000_000 ? [bytes / 1_000, "KB"] : [bytes / 1_000_000, "MB"];
	return `${new Intl.NumberFormat(language, { maximumFractionDigits: value < 100 ? 1 : 0 }).format(value)} ${unit}`;
}

/** A share between 0 and 1 as a percentage that is never rounded to nothing. */
export function percent(language: LabLanguage, share: number): string {
	const digits = share < 0.001 ? 3 : share < 0.1 ? 1 : 0;
	return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: digits }).format(share);
}

/** Milliseconds in few letters. */
export function fewMilliseconds(language: LabLanguage, ms: number): string {
	if (ms >= 10_000) return `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(ms / 1_000)} s`;
	return `${new Intl.NumberFormat(language, { maximumFractionDigits: ms < 10 ? 1 : 0 }).format(ms)} ms`;
}
