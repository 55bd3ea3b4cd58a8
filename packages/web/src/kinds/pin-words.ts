import type { Language } from "../words/language.ts";

/** What is said about pins, fetched with them. */
export interface PinWords {
	readonly pinned: string;
	readonly pinMessage: string;
	readonly pinLine: string;
	readonly line: string;
	readonly howLong: string;
	readonly untilUnpinned: string;
	readonly minutes: (n: number) => string;
	readonly until: (time: string) => string;
	readonly pin: string;
	readonly unpin: string;
	readonly unpinned: string;
	readonly showAll: string;
	readonly failed: string;
}

export const pinWords: Readonly<Record<Language, PinWords>> = {
	en: {
		pinned: "Pinned",
		pinMessage: "Pin this message",
		pinLine: "Pin a line of your own",
		line: "Your line",
		howLong: "For how long",
		untilUnpinned: "Until it is unpinned",
		minutes: (n) => (n < 60 ? `${n} minutes` : n === 60 ? "1 hour" : `${n / 60} hours`),
		until: (time) => `until ${time}`,
		pin: "Pin",
		unpin: "Unpin",
		unpinned: "Unpinned",
		showAll: "Show all of it",
		failed: "It could not be done.",
	},
	"zh-CN": {
		pinned: "置顶",
		pinMessage: "置顶这条消息",
		pinLine: "置顶一句自己的话",
		line: "要置顶的话",
		howLong: "置顶多久",
		untilUnpinned: "直到取消置顶",
		minutes: (n) => (n < 60 ? `${n} 分钟` : `${n / 60} 小时`),
		until: (time) => `到 ${time}`,
		pin: "置顶",
		unpin: "取消置顶",
		unpinned: "已取消置顶",
		showAll: "显示全文",
		failed: "没有成功。",
	},
	"zh-TW": {
		pinned: "置頂",
		pinMessage: "置頂這則訊息",
		pinLine: "置頂一句自己的話",
		line: "要置頂的話",
		howLong: "置頂多久",
		untilUnpinned: "直到取消置頂",
		minutes: (n) => (n < 60 ? `${n} 分鐘` : `${n / 60} 小時`),
		until: (time) => `到 ${time}`,
		pin: "置頂",
		unpin: "取消置頂",
		unpinned: "已取消置頂",
		showAll: "顯示全文",
		failed: "沒有成功。",
	},
	ja: {
		pinned: "固定",
		pinMessage: "このメッセージを固定",
		pinLine: "自分の一言を固定",
		line: "固定する一言",
		howLong: "固定する時間",
		untilUnpinned: "解除するまで",
		minutes: (n) => (n < 60 ? `${n}分` : `${n / 60}時間`),
		until: (time) => `${time}まで`,
		pin: "固定する",
		unpin: "固定を解除",
		unpinned: "固定を解除しました",
		showAll: "全文を表示",
		failed: "できませんでした。",
	},
};
