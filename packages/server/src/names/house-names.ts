import { isPlain } from "@hubbub/protocol/text.ts";
import { boxedLetters, fold, undecorated } from "./skeleton.ts";

/**
 * Whether a name looks like one that only the house may give or bear (SPEC NAME-3): a title as a word of the name, whatever adorns or parts
 * its letters, or a Chinese, Japanese or Korean one where titles stand. A word that merely holds the letters (badminton, hostel) is none.
 *
 * @example isHouseName("Admin👑"), isHouseName("super管理员"), isHouseName("adrnin") // true
 */
export function isHouseName(name: string): boolean {
	if (!mayHoldTitle(name)) return false;
	const parted = partWords(name);
	// A sign in a word may be a letter (@dmin) or part two words (@admin).
	const asLetters = wordsOf(parted, /[^\p{L}\p{M}\p{N}@$!|]+/u);
	const asSeparators = wordsOf(parted, /[^\p{L}\p{M}\p{N}]+/u);
	const wholes = [asLetters.join(""), asSeparators.join("")];
	if (wholes.some((whole) => wholeNames.has(whole.toLowerCase()) || readings(whole).some(isWholeLook))) return true;
	const words = new Set([...asLetters, ...asSeparators, ...wholes]);
	return [...words].some((word) => readings(word).some((look) => isTitle(look) || bearsCjkTitle(look)));
}

/** Most names hold none of the titles' letters in a row, and need no closer look. */
function mayHoldTitle(name: string): boolean {
	const letters = undecorated(boxedLetters(name));
	const small = letters.toLowerCase();
	return mayLookLikeTitle(small) || (small !== letters && mayLookLikeTitle(letters));
}

function mayLookLikeTitle(text: string): boolean {
	const look = lookOf(text);
	if (anyTitle.test(look)) return true;
	const short = squeezed(look);
	return short !== look && anyTitle.test(short);
}

/** A space where a small letter stands before a capital one, where Chinese, Japanese or Korean begins or ends, and around flags. */
function partWords(name: string): string {
	const spaced = name.replace(/[\u{1f1e6}-\u{1f1ff}]+/gu, " $& ");
	return undecorated(boxedLetters(spaced))
		.replace(/\p{Ll}(?=\p{Lu})|\p{Lu}(?=\p{Lu}\p{Ll})/gu, "$& ")
		.replace(scriptChange, "$& ");
}

function wordsOf(parted: string, between: RegExp): string[] {
	return parted.split(between).filter((word) => word !== "");
}

const cjk = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}ー々〇`;
const scriptChange = new RegExp(`[${cjk}](?=[^${cjk}\\p{M}])|[^${cjk}\\s](?=[${cjk}])`, "gu");

/** How a word may be read: in capitals or small letters, its digits as letters or as what stands before and behind it (admin2024). */
function readings(word: string): string[] {
	const bare = word.replace(/^\p{N}+|\p{N}+$/gu, "");
	const parts = new Set([word, word.toLowerCase(), bare, bare.toLowerCase()]);
	return [...new Set([...parts].map(lookOf))].filter((look) => look !== "");
}

/** Letters alone, those of false Cyrillic (ADMIИ) and pairs that pass for one (aclmin) too. */
function lookOf(word: string): string {
	const letters = isPlain(word) ? word : word.replace(falseLetter, (letter) => falseLetters[letter] ?? letter);
	return fold(letters)
		.replace(/[\p{M}\p{P}\p{S}]/gu, "")
		.replaceAll("cl", "d")
		.replaceAll("vv", "w");
}

const falseLetters: Readonly<Record<string, string>> = { И: "N", и: "n", Я: "R", я: "r", Д: "D", д: "d", Э: "E", э: "e", Σ: "E", Џ: "U" };
const falseLetter = /[ИиЯяДдЭэΣЏ]/g;

function isTitle(look: string): boolean {
	return titles.test(look) || titles.test(squeezed(look));
}

/** Letters written more than once (adminnn) count once, in words long enough not to become others by it. */
function squeezed(look: string): string {
	return look.length < 5 ? look : look.replace(/(\p{L})\1+/gu, "$1");
}

/** Titles are made by adding to them, before (首席管理员) and behind (主播1, 官方号). */
function bearsCjkTitle(look: string): boolean {
	return cjkTitles.some((title) => look.startsWith(title) || look.endsWith(title));
}

/** What the house gives begins with `guest`. */
function isWholeLook(look: string): boolean {
	return wholeLooks.has(look) || look.startsWith(guest);
}

/** Words as they are compared with a name's, made once. */
function looks(words: string): string[] {
	return words.split(" ").map((word) => lookOf(undecorated(word.toLowerCase())));
}

const guest = lookOf("guest");

/** Names of the house only where nothing else is said: there is a System of a Down. */
const wholeLooks: ReadonlySet<string> = new Set(looks("system server support everyone everybody channel система"));
/** And those too short for look-alikes: Ali would be one. */
const wholeNames: ReadonlySet<string> = new Set(["all", "here", "все", "всем"]);

const titleLooks: readonly string[] = looks(
	[
		"admin admins administrator administrators administration moderator moderators moderation mod mods host hosts operator owner owners staff official hubbub",
		"administrador administradora moderador moderadora administrateur administratrice moderateur moderatrice amministratore moderatore yonetici quantrivien",
		"админ админы администратор администрация адміністратор модератор модер модеры оператор ведущий поддержка",
		"διαχειριστης συντονιστης مشرف المشرف مدير المدير מנהל המנהל ผู้ดูแล ผู้ดูแลระบบ",
	].join(" "),
);

const cjkTitles: readonly string[] = looks(
	[
		"管理员 管理員 管理者 管理人 管理组 管理組 房管 超管 巡管 场控 場控 主播 主持人 站长 站長 版主 群主",
		"系统 系統 官方 客服 运营 運營 運営 公式 工作人员 工作人員 所有人 全体成员 全體成員",
		"モデレーター アドミン スタッフ システム 配信者 관리자 운영자 운영진 방장 공식 고객센터",
	].join(" "),
);

/** A title, with what makes it bigger before it and what is its own behind it. */
const titles = new RegExp(
	`^(?:${either(looks("super sys head chief the real main web site chat room live stream global server co vice"))})*(?:${either(titleLooks)})(?:${either(looks("team bot support account s"))})*$`,
	"u",
);

const anyTitle = new RegExp(either([...titleLooks, ...cjkTitles, ...wholeLooks, ...looks([...wholeNames].join(" ")), guest]), "u");

function either(words: readonly string[]): string {
	return [...new Set(words.flatMap((look) => [look, squeezed(look)]))].join("|");
}
