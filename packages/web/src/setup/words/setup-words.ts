import type { Language } from "../../words/language.ts";
import type { SetupWords } from "./setup-en.ts";

/** Loads one language's table of the set-up page; each is a file of its own. */
export async function loadSetupWords(language: Language): Promise<SetupWords> {
	switch (language) {
		case "zh-CN":
			return (await import("./setup-zh-cn.ts")).zhCN;
		case "zh-TW":
			return (await import("./setup-zh-tw.ts")).zhTW;
		case "ja":
			return (await import("./setup-ja.ts")).ja;
		case "en":
			return (await import("./setup-en.ts")).en;
		default:
			return language satisfies never;
	}
}
