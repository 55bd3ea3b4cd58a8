/** What made-up people say. Braces are filled in by `made-up.ts`: {n} a count, {name} a person, {w} one of `things`. */

/** What a whole room shouts at once. */
export const cheers = {
	zh: [
		"666",
		"哈哈哈哈",
		"来了来了",
		"冲冲冲",
		"泪目",
		"太强了",
		"好耶",
		"23333",
		"前方高能",
		"啊啊啊啊",
		"名场面",
		"晚安",
		"辛苦了",
		"鼓掌",
	],
	en: ["LETS GO", "gg", "lol", "hype", "W", "no way", "F", "clap clap", "here we go", "POG", "so good"],
} as const;

export const remarks = {
	zh: [
		"主播好",
		"第一次来",
		"这个{w}多少钱",
		"{w}还有吗",
		"求链接",
		"声音有点小",
		"画面卡了",
		"刷新一下就好了",
		"刚下班，错过了什么",
		"@{name} 说得对",
		"{w}绝了",
		"再来一遍",
		"慢点讲，没跟上",
		"笔记在哪里下载",
		"老师，{w}会考吗",
		"这波操作可以",
		"我也是",
		"真的假的",
		"已经下单{n}件了",
		"听了{n}遍还是想听",
		"今天讲到几点",
		"有没有回放",
		"前面的 @{name} 笑死我了😂",
		"求求了，{w}快上架吧",
		"支持支持🎉",
		"主播今天状态真好，看得我都精神了",
		"我昨天试了一下{w}，效果比想象中好很多，推荐大家也试试",
		"请问{w}和上一代有什么区别？我看了半天也没看出来，有没有懂的朋友讲一下",
	],
	en: [
		"hi chat",
		"first time here",
		"how much is the {w}?",
		"is the {w} still in stock?",
		"link please",
		"audio is a bit low",
		"frozen for anyone else?",
		"refresh fixed it for me",
		"what did I miss",
		"@{name} exactly",
		"that {w} is unreal",
		"one more time!",
		"slower please, I am lost",
		"where can I get the notes",
		"bought {n} already",
		"same",
		"is there a replay?",
		"@{name} I am crying 😂",
		"greetings from the night shift 👋",
		"honestly the best {w} I have seen all year",
		"I tried the {w} yesterday and it works a lot better than I expected, would recommend",
		"can somebody explain the difference to the old {w}? I have been staring at it for ten minutes and cannot tell",
	],
} as const;

export const things = {
	zh: ["外套", "耳机", "口红", "这道题", "第三章", "皮肤", "键盘", "保温杯", "新歌", "套装"],
	en: ["jacket", "headset", "keyboard", "boss fight", "chapter three", "skin", "new song", "mug", "bundle", "build"],
} as const;

/** Names are put together from one of each, and a number where they run out. */
export const nameParts = {
	zh: {
		first: ["小", "爱吃", "不想", "今天也要", "北方的", "一只", "月下", "隔壁", "深夜", "会飞的"],
		last: ["鱼", "橘子", "加班", "努力", "狼", "猫", "独酌", "老王", "食堂", "土豆", "星星", "柠檬", "豆浆"],
	},
	en: {
		first: ["Quiet", "Lazy", "Tiny", "Lucky", "Late", "Salty", "Brave", "Sunny", "Pixel", "Mellow"],
		last: ["Otter", "Comet", "Noodle", "Fox", "Pancake", "Robin", "Cactus", "Ferry", "Moth", "Turnip", "Lantern"],
	},
} as const;
