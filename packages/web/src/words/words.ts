import { part } from "../part.ts";
import type { Words } from "./en.ts";
import type { Language } from "./language.ts";

/** Loads one language's table; each is a file of its own, so that a reader fetches only theirs. */
export async function loadWords(language: Language): Promise<Words> {
	switch (language) {
		case "zh-CN":
			return (await part(() => import("./zh-cn.ts"))).zhCN;
		case "zh-TW":
			return (await part(() => import("./zh-tw.ts"))).zhTW;
		case "ja":
			return (await part(() => import("./ja.ts"))).ja;
		case "en":
			return (await part(() => import("./en.ts"))).en;
		default:
			return language satisfies never;
	}
}

/** By language and digits. To make one takes longer than to use it a hundred times, and the page names its counts at every drawing. */
const compactFormats = new Map<string, Intl.NumberFormat>();

/** A big number in few letters, in the reader's language: `12K`, `1.2万`. */
export function compactNumber(language: Language, count: number): string {
	const maximumFractionDigits = count < 10_000 ? 0 : 1;
	const name = `${language} ${maximumFractionDigits}`;
	const format = compactFormats.get(name) ?? new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits });
	compactFormats.set(name, format);
	return format.format(count);
}
