import type { Language } from "../words/language.ts";
import type { StreamProblem } from "./player-state.ts";

/** What stands before a stream that does not play, in a viewer's words. Fetched with the stream, so that a room without one does not carry it. */
export interface StreamWords {
	readonly loading: string;
	readonly ended: string;
	readonly endedWords: string;
	/** Looks at once whether what has ended is there again. */
	readonly lookAgain: string;
	readonly problems: Readonly<Record<StreamProblem, string>>;
	readonly retryIn: (seconds: number) => string;
	readonly retrying: string;
	readonly retryNow: string;
	readonly play: string;
	readonly unmute: string;
}

export const streamWords: Readonly<Record<Language, StreamWords>> = {
	en: {
		loading: "Raising the curtain…",
		ended: "The stream has ended.",
		endedWords: "Nobody has to leave: the discussion goes on, and so does the picture if it comes back.",
		lookAgain: "Look again",
		problems: {
			"not-found": "There is no stream here right now.",
			forbidden: "The stream's server does not let us in.",
			server: "The stream's server has a fault.",
			cors: "The stream's server does not let this page play it.",
			insecure: "The stream's address is not encrypted, so the browser does not play it here.",
			network: "The stream's server cannot be reached.",
			offline: "Your network is away.",
			"not-a-stream": "There is something else here than a stream.",
			undecodable: "This browser cannot decode the stream.",
			unsupported: "This browser cannot play streams of this kind.",
			stalled: "The stream has stopped for now.",
			unknown: "The stream cannot be opened.",
		},
		retryIn: (seconds) => `Trying again in ${seconds} s`,
		retrying: "Trying again…",
		retryNow: "Try now",
		play: "Play",
		unmute: "Tap for sound",
	},
	"zh-CN": {
		loading: "大幕拉开中…",
		ended: "直播已结束",
		endedWords: "不用急着走：讨论继续，画面若再开播会自动回来。",
		lookAgain: "再看看",
		problems: {
			"not-found": "这里现在没有直播。",
			forbidden: "直播服务器不让我们进去。",
			server: "直播服务器出了故障。",
			cors: "直播服务器不允许本页面播放。",
			insecure: "直播地址没有加密，浏览器不在这里播放它。",
			network: "连不上直播服务器。",
			offline: "你的网络断开了。",
			"not-a-stream": "这个地址上的不是直播。",
			undecodable: "这个浏览器解不开直播画面。",
			unsupported: "这个浏览器放不了这种直播。",
			stalled: "直播暂时停住了。",
			unknown: "直播打不开。",
		},
		retryIn: (seconds) => `${seconds} 秒后重试`,
		retrying: "正在重试…",
		retryNow: "立即重试",
		play: "播放",
		unmute: "点一下开声音",
	},
	"zh-TW": {
		loading: "大幕拉開中…",
		ended: "直播已結束",
		endedWords: "不用急著走：討論繼續，畫面若再開播會自動回來。",
		lookAgain: "再看看",
		problems: {
			"not-found": "這裡現在沒有直播。",
			forbidden: "直播伺服器不讓我們進去。",
			server: "直播伺服器出了故障。",
			cors: "直播伺服器不允許本頁面播放。",
			insecure: "直播網址沒有加密，瀏覽器不在這裡播放它。",
			network: "連不上直播伺服器。",
			offline: "你的網路斷開了。",
			"not-a-stream": "這個網址上的不是直播。",
			undecodable: "這個瀏覽器解不開直播畫面。",
			unsupported: "這個瀏覽器放不了這種直播。",
			stalled: "直播暫時停住了。",
			unknown: "直播打不開。",
		},
		retryIn: (seconds) => `${seconds} 秒後重試`,
		retrying: "正在重試…",
		retryNow: "立即重試",
		play: "播放",
		unmute: "點一下開聲音",
	},
	ja: {
		loading: "幕が上がります…",
		ended: "配信は終了しました",
		endedWords: "このままどうぞ。話は続きます。配信が戻れば、映像も自動で戻ります。",
		lookAgain: "もう一度見る",
		problems: {
			"not-found": "いまここに配信はありません。",
			forbidden: "配信サーバーに入れてもらえません。",
			server: "配信サーバーに障害が起きています。",
			cors: "配信サーバーがこのページでの再生を許可していません。",
			insecure: "配信のアドレスが暗号化されていないため、ここでは再生できません。",
			network: "配信サーバーにつながりません。",
			offline: "ネットワークが切れています。",
			"not-a-stream": "このアドレスにあるのは配信ではありません。",
			undecodable: "このブラウザーでは配信をデコードできません。",
			unsupported: "このブラウザーではこの種類の配信を再生できません。",
			stalled: "配信が止まっています。",
			unknown: "配信を開けません。",
		},
		retryIn: (seconds) => `${seconds} 秒後に再試行`,
		retrying: "再試行中…",
		retryNow: "今すぐ試す",
		play: "再生",
		unmute: "タップで音を出す",
	},
};
