import type { Announcement, News } from "@hubbub/room-model/announcer.ts";
import type { MessageRow } from "@hubbub/room-model/rows.ts";
import type { Words } from "../words/en.ts";
import { noticeWords } from "./message-row.ts";
import { wornRole } from "./person.ts";

/** Within a digest a text is cut to so many letters: whoever wants all of it finds it in the discussion. */
const quoteLettersMax = 160;

/** An announcement in words, one sentence after the other. */
export function announcementWords(announcement: Announcement, words: Words): string {
	if (announcement.kind === "each") return announcement.news.map((news) => newsWords(news, words, Number.POSITIVE_INFINITY)).join(" ");
	const { count, toMe, quoted } = announcement;
	return [words.digest(count, toMe), ...quoted.map((news) => newsWords(news, words, quoteLettersMax))].join(words.digestBreak);
}

function newsWords(news: News, words: Words, lettersMax: number): string {
	return news.kind === "notice" ? noticeWords(news.notice, words) : messageWords(news.row, words, lettersMax);
}

function messageWords(row: MessageRow, words: Words, lettersMax: number): string {
	const text = cut(row.text.replace(/\s+/g, " "), lettersMax);
	if (row.stance === "mine") {
		const said = words.youSaid(text);
		return row.fate === "held" || row.fate === "sampled" ? `${said} ${words[row.fate]}` : said;
	}
	const role = wornRole(row.from);
	return words.said(role ? words.nameWithRole(row.from.name, words.roles[role]) : row.from.name, text);
}

function cut(text: string, lettersMax: number): string {
	const letters = Array.from(text);
	return letters.length <= lettersMax ? text : `${letters.slice(0, lettersMax).join("")}…`;
}
