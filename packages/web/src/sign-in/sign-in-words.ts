import type { Language } from "../words/language.ts";

/** What the form says that takes a key or token. Fetched with it. */
export interface SignInWords {
	readonly about: string;
	readonly label: string;
	readonly signIn: string;
	readonly checking: string;
	readonly wrongKey: string;
	readonly wrongToken: string;
	readonly unchecked: string;
}

export const signInWords: Readonly<Record<Language, SignInWords>> = {
	en: {
		about: "With an operator's key, or a token from the site you came from. It is kept in this tab only.",
		label: "Key or token",
		signIn: "Sign in",
		checking: "Asking the server…",
		wrongKey: "That is not this server's key. Nothing has changed; look whether all of it was copied.",
		wrongToken: "This server does not take that token. Nothing has changed.",
		unchecked: "The server could not say whose that is just now. Try again.",
	},
	"zh-CN": {
		about: "使用运营者密钥，或你所在网站发给你的令牌。只保存在这个标签页里。",
		label: "密钥或令牌",
		signIn: "登录",
		checking: "正在询问服务器…",
		wrongKey: "这不是这台服务器的密钥。一切照旧；请看看是否复制完整。",
		wrongToken: "这台服务器不接受这个令牌。一切照旧。",
		unchecked: "服务器此刻无法确认，请再试一次。",
	},
	"zh-TW": {
		about: "使用營運者金鑰，或你所在網站發給你的權杖。只保存在這個分頁裡。",
		label: "金鑰或權杖",
		signIn: "登入",
		checking: "正在詢問伺服器…",
		wrongKey: "這不是這臺伺服器的金鑰。一切照舊；請看看是否複製完整。",
		wrongToken: "這臺伺服器不接受這個權杖。一切照舊。",
		unchecked: "伺服器此刻無法確認，請再試一次。",
	},
	ja: {
		about: "運営者キー、または利用中のサイトのトークンを使います。このタブにだけ保存されます。",
		label: "キーまたはトークン",
		signIn: "ログイン",
		checking: "サーバーに確認中…",
		wrongKey: "このサーバーのキーではありません。何も変わっていません。全体をコピーできたか確かめてください。",
		wrongToken: "このサーバーはこのトークンを受け付けません。何も変わっていません。",
		unchecked: "いまはサーバーが確認できません。もう一度どうぞ。",
	},
};
