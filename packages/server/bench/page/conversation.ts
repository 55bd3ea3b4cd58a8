/** What is said next: a text, by whom of the people, and whether it answers the one before. */
export interface Remark {
	readonly text: string;
	readonly person: number;
	readonly answers: boolean;
}

/** Who speaks in the room. */
export const people = ["小明", "Ana", "Jonas", "夜猫子", "Priya", "オタク君", "Zoë", "阿伟"] as const;

/** Of so many remarks one answers another, as in a room where people listen to each other. */
const answerEvery = 12;

const long = "Is the sound okay for you? It crackles a little on my side, and I cannot tell whether it is my headphones or the stream. ";
const kinds: readonly ((number: number) => string)[] = [
	() => "666",
	(number) => `前排 ${number}`,
	(number) => `hello from ${number} 👋🏽`,
	(number) => `这个价格能再便宜点吗？我昨天看的时候还不是这个价 ${number}`,
	() => "哈哈哈哈",
	(number) => `${long.repeat(1 + (number % 3))}${number}`,
	(number) => `the map is at https://example.com/maps/${number}?from=chat, look`,
	(number) => `来了来了 🎉🎉🎉 ${number}`,
	(number) => `gg ${number}`,
	(number) => `主播今天的状态真好，刚才那一波操作我看了三遍还是没看懂 ${number} 😂`,
	(number) => `@${people[number % people.length]} not that one, the blue one ${number}`,
];

/** The remark of this number, counted from 0: short and long, Chinese and English, emoji, links, mentions, the same again, and answers. */
export function remark(number: number): Remark {
	const kind = kinds[number % kinds.length] as (number: number) => string;
	// Eight people and eleven kinds have nothing in common: everybody says everything, and all as much.
	return { text: kind(number), person: number % people.length, answers: number % answerEvery === answerEvery - 1 };
}
