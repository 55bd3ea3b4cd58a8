import type { RoomSettings, WriteAccess } from "@hubbub/protocol/kinds/settings.ts";
import type { Language } from "../words/language.ts";

/** What is said of one setting: what it is, and where that needs a sentence, what its values mean. */
export interface SettingWords {
	readonly label: string;
	readonly hint: string;
}

/** The words of a room's settings, fetched with the form that shows them. A setting without words is a type error. */
export interface RoomSettingWords {
	readonly fields: { readonly [Key in keyof RoomSettings]: SettingWords };
	readonly writeAccess: Readonly<Record<WriteAccess, string>>;
	readonly save: string;
	readonly saved: string;
	readonly saving: string;
}

export const settingWords: Readonly<Record<Language, RoomSettingWords>> = {
	en: {
		fields: {
			title: { label: "Title", hint: "" },
			streamUrl: { label: "Address of the stream", hint: "An HLS playlist (.m3u8) or a video file. Empty for none." },
			slowModeSeconds: { label: "Slow mode", hint: "seconds between two messages of one person; 0 is off" },
			write: { label: "Who may write", hint: "" },
			guests: { label: "Let guests in", hint: "Guests are people without a token from your site." },
			textGraphemesMax: { label: "Longest message", hint: "characters, as people count them" },
			deliveryBudget: {
				label: "Messages shown a second",
				hint: "Above it the room shows a fair share of each person and counts the rest; 0 shows all.",
			},
		},
		writeAccess: { everyone: "Everyone", members: "Only people who are signed in", staff: "Only the hosts" },
		save: "Save",
		saved: "Saved",
		saving: "Saving…",
	},
	"zh-CN": {
		fields: {
			title: { label: "标题", hint: "" },
			streamUrl: { label: "直播地址", hint: "HLS 播放列表（.m3u8）或视频文件，留空表示没有直播。" },
			slowModeSeconds: { label: "慢速模式", hint: "同一个人两条消息之间的秒数，0 为关闭" },
			write: { label: "谁可以发言", hint: "" },
			guests: { label: "允许游客进入", hint: "游客是没有你网站令牌的人。" },
			textGraphemesMax: { label: "消息最长", hint: "个字，按人们数的方式计" },
			deliveryBudget: { label: "每秒显示消息数", hint: "超过时按人公平显示一部分，其余只计数；0 为全部显示。" },
		},
		writeAccess: { everyone: "所有人", members: "仅登录用户", staff: "仅主持人" },
		save: "保存",
		saved: "已保存",
		saving: "正在保存…",
	},
	"zh-TW": {
		fields: {
			title: { label: "標題", hint: "" },
			streamUrl: { label: "直播網址", hint: "HLS 播放清單（.m3u8）或影片檔，留空表示沒有直播。" },
			slowModeSeconds: { label: "慢速模式", hint: "同一個人兩則訊息之間的秒數，0 為關閉" },
			write: { label: "誰可以發言", hint: "" },
			guests: { label: "允許訪客進入", hint: "訪客是沒有你網站權杖的人。" },
			textGraphemesMax: { label: "訊息最長", hint: "個字，按人們數的方式計" },
			deliveryBudget: { label: "每秒顯示訊息數", hint: "超過時按人公平顯示一部分，其餘只計數；0 為全部顯示。" },
		},
		writeAccess: { everyone: "所有人", members: "僅登入使用者", staff: "僅主持人" },
		save: "儲存",
		saved: "已儲存",
		saving: "正在儲存…",
	},
	ja: {
		fields: {
			title: { label: "タイトル", hint: "" },
			streamUrl: { label: "配信のアドレス", hint: "HLS プレイリスト（.m3u8）か動画ファイル。空欄なら配信なし。" },
			slowModeSeconds: { label: "低速モード", hint: "同じ人の次のコメントまでの秒数。0 でオフ" },
			write: { label: "書ける人", hint: "" },
			guests: { label: "ゲストを入れる", hint: "ゲストは、あなたのサイトのトークンを持たない人です。" },
			textGraphemesMax: { label: "コメントの長さの上限", hint: "文字（見た目の数）" },
			deliveryBudget: {
				label: "毎秒の表示数",
				hint: "超えると、一人ひとりから公平に一部を表示し、残りは数だけ示します。0 ですべて表示。",
			},
		},
		writeAccess: { everyone: "だれでも", members: "ログインした人だけ", staff: "ホストだけ" },
		save: "保存",
		saved: "保存しました",
		saving: "保存中…",
	},
};
