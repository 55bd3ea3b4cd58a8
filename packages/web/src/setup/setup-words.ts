import type { Language } from "../theme/choice.ts";

/** The words of the set-up page. It is opened once in a server's life, so all languages share one file. */
const en = {
	setupTitle: "Set up this server",
	setupWords: "This page makes the operator's key. It is shown once, so have a safe place ready for it.",
	setupStart: "Make the key",
	setupWorking: "Making the key…",
	setupNoToken: "The address is missing its token. Open the whole address that the server printed when it first started.",
	setupKeyTitle: "Your operator's key",
	setupKeyWords: "Keep it like a password. It is not shown again.",
	setupNextTitle: "What to do with it",
	setupNextRoom: "In any room, choose “Sign in” in the menu and paste it: you are the owner there.",
	setupNextApi: "In programs, send it as a header:",
	setupDone: "This server has been set up already.",
	setupDoneWords: "The key was shown once, at that time. If it is lost, start the server with HUBBUB_ADMIN_KEY to set another.",
	setupBadToken: "The token is not the one this server printed. Copy the whole address from its output.",
	setupFailed: "The server did not answer as expected. Try again.",
	openLobby: "Open the lobby",
	product: "Hubbub",
	copy: "Copy",
	copied: "Copied",
	tryAgain: "Try again",
};

export type SetupWords = typeof en;

const zhCN: SetupWords = {
	setupTitle: "设置这台服务器",
	setupWords: "这一页会生成运营者密钥。它只显示一次，请先准备好安全的地方保存。",
	setupStart: "生成密钥",
	setupWorking: "正在生成…",
	setupNoToken: "地址里缺少令牌。请完整打开服务器首次启动时打印的地址。",
	setupKeyTitle: "你的运营者密钥",
	setupKeyWords: "像密码一样保管它，之后不会再显示。",
	setupNextTitle: "接下来怎么用",
	setupNextRoom: "在任意房间的菜单里选择“登录”，粘贴它，你就是那里的房主。",
	setupNextApi: "在程序里，把它放进请求头：",
	setupDone: "这台服务器已经设置过了。",
	setupDoneWords: "密钥当时只显示了一次。如果遗失，请用 HUBBUB_ADMIN_KEY 启动服务器来另设一个。",
	setupBadToken: "令牌与服务器打印的不一致，请从它的输出里复制完整地址。",
	setupFailed: "服务器没有按预期回应，请再试一次。",
	openLobby: "打开大厅",
	product: "Hubbub",
	copy: "复制",
	copied: "已复制",
	tryAgain: "重试",
};

const zhTW: SetupWords = {
	setupTitle: "設定這臺伺服器",
	setupWords: "這一頁會產生營運者金鑰。它只顯示一次，請先準備好安全的地方保存。",
	setupStart: "產生金鑰",
	setupWorking: "正在產生…",
	setupNoToken: "網址裡缺少權杖。請完整開啟伺服器首次啟動時印出的網址。",
	setupKeyTitle: "你的營運者金鑰",
	setupKeyWords: "像密碼一樣保管它，之後不會再顯示。",
	setupNextTitle: "接下來怎麼用",
	setupNextRoom: "在任意房間的選單裡選擇「登入」，貼上它，你就是那裡的房主。",
	setupNextApi: "在程式裡，把它放進請求標頭：",
	setupDone: "這臺伺服器已經設定過了。",
	setupDoneWords: "金鑰當時只顯示了一次。如果遺失，請用 HUBBUB_ADMIN_KEY 啟動伺服器來另設一個。",
	setupBadToken: "權杖與伺服器印出的不一致，請從它的輸出裡複製完整網址。",
	setupFailed: "伺服器沒有按預期回應，請再試一次。",
	openLobby: "開啟大廳",
	product: "Hubbub",
	copy: "複製",
	copied: "已複製",
	tryAgain: "重試",
};

const ja: SetupWords = {
	setupTitle: "サーバーの設定",
	setupWords: "このページで運営者キーを作ります。表示は一度だけなので、保管場所を用意してください。",
	setupStart: "キーを作る",
	setupWorking: "作成中…",
	setupNoToken: "アドレスにトークンがありません。初回起動時に表示されたアドレス全体を開いてください。",
	setupKeyTitle: "運営者キー",
	setupKeyWords: "パスワードと同じように保管してください。再表示はできません。",
	setupNextTitle: "使い方",
	setupNextRoom: "ルームのメニューで「ログイン」を選んで貼り付けると、オーナーになります。",
	setupNextApi: "プログラムからはヘッダーで送ります：",
	setupDone: "このサーバーは設定済みです。",
	setupDoneWords: "キーは設定時に一度だけ表示されました。失くした場合は HUBBUB_ADMIN_KEY を指定して起動してください。",
	setupBadToken: "サーバーが表示したトークンと違います。出力からアドレス全体をコピーしてください。",
	setupFailed: "サーバーの応答が想定と違います。もう一度どうぞ。",
	openLobby: "ロビーを開く",
	product: "Hubbub",
	copy: "コピー",
	copied: "コピーしました",
	tryAgain: "もう一度",
};

export const setupWords: Readonly<Record<Language, SetupWords>> = { en, "zh-CN": zhCN, "zh-TW": zhTW, ja };
