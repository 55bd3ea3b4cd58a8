import { expect, test } from "bun:test";
import { madeUpNames, madeUpTalk, seededChance } from "./made-up.ts";
import type { Line } from "./recordings/line.ts";

function talk(seed: number, rate: number, seconds: number, viewers = 500): Line[] {
	const chance = seededChance(seed);
	const people = madeUpNames(viewers, chance);
	return [...madeUpTalk({ chance, rate, seconds, people })].flatMap((entry) => (entry.kind === "line" ? [entry.line] : []));
}

test("the same seed says the same, another something else", () => {
	expect(talk(7, 5, 30)).toEqual(talk(7, 5, 30));
	expect(talk(7, 5, 30)).not.toEqual(talk(8, 5, 30));
});

test.each([
	[20, 600],
	[0.5, 600],
	[200, 7],
	[3, 2.5],
])("%p a second for %p s is that many, give or take a twentieth", (rate, seconds) => {
	const lines = talk(1, rate, seconds);
	expect(Math.abs(lines.length - rate * seconds)).toBeLessThanOrEqual(Math.max(2, rate * seconds * 0.05));
	expect(lines.every((line, index) => line.at >= (lines[index - 1]?.at ?? 0) && line.at < seconds)).toBe(true);
});

test("the room has bursts: its loudest second is twice its mean", () => {
	const seconds = new Map<number, number>();
	for (const { at } of talk(1, 20, 300)) seconds.set(Math.floor(at), (seconds.get(Math.floor(at)) ?? 0) + 1);
	expect(Math.max(...seconds.values())).toBeGreaterThanOrEqual(40);
});

test("texts are as in recorded rooms: short, a few long, many repeated within ten seconds, Chinese and English", () => {
	const lines = talk(1, 20, 300);
	const lengths = lines.map(({ text }) => [...text].length).sort((a, b) => a - b);
	expect(lengths[Math.floor(lengths.length / 2)]).toBeWithin(3, 15);
	expect(lengths.at(-1)).toBeGreaterThan(30);
	const lastSaid = new Map<string, number>();
	let repeats = 0;
	for (const { at, text } of lines) {
		if (at - (lastSaid.get(text) ?? -100) <= 10) repeats++;
		lastSaid.set(text, at);
	}
	expect(repeats / lines.length).toBeGreaterThan(0.3);
	expect(repeats / lines.length).toBeLessThan(0.8);
	const chinese = lines.filter(({ text }) => /\p{Script=Han}/u.test(text)).length / lines.length;
	expect(chinese).toBeGreaterThan(0.3);
	expect(lines.some(({ text }) => /[a-z]{4}/.test(text))).toBe(true);
	expect(lines.every(({ text }) => !/[{}]/.test(text))).toBe(true);
});

test("where there are viewers enough, nobody writes more than five messages in five seconds", () => {
	const times = new Map<string, number[]>();
	for (const { at, person } of talk(1, 20, 300)) times.set(person, [...(times.get(person) ?? []), at]);
	for (const said of times.values()) {
		for (let index = 5; index < said.length; index++) expect((said[index] as number) - (said[index - 5] as number)).toBeGreaterThan(5);
	}
});

test("names are all different, however many are wanted", () => {
	const names = madeUpNames(3_000, seededChance(1));
	expect(new Set(names).size).toBe(3_000);
	expect(names.every((name) => [...name].length <= 24)).toBe(true);
});
