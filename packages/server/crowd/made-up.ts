import type { Style } from "@hubbub/protocol/kinds/message.ts";
import { cheers, nameParts, remarks, things } from "./phrases.ts";
import type { Entry, Line } from "./recordings/line.ts";

/** Chance: uniform in [0, 1). */
export type Chance = () => number;

/** A repeatable sequence for a seed (mulberry32): the same seed makes the same crowd say the same things. */
export function seededChance(seed: number): Chance {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** `count` different names, Chinese and English by turns of chance. */
export function madeUpNames(count: number, chance: Chance): string[] {
	const names = new Set<string>();
	while (names.size < count) {
		const parts = chance() < 0.6 ? nameParts.zh : nameParts.en;
		const name = pick(parts.first, chance) + pick(parts.last, chance);
		names.add(names.has(name) ? `${name}${names.size}` : name);
	}
	return [...names];
}

export interface TalkOptions {
	readonly chance: Chance;
	/** Messages a second over the whole room, on average. */
	readonly rate: number;
	/** How long they talk; `Infinity` for without end. */
	readonly seconds: number;
	/** Who may speak. Not more of them do than the rate needs. */
	readonly people: readonly string[];
}

// In every six seconds one is a cheer at three times the rate; the other five are at 0.6 of it, so that the mean is the rate.
const periodSeconds = 6;
const cheerFactor = 3;
const calmFactor = (periodSeconds - cheerFactor) / (periodSeconds - 1);
/** A person speaks about this often, in seconds, and hardly ever after less than `pauseSecondsMin`, as people in recorded rooms do. */
const turnSeconds = 8;
const pauseSecondsMin = 1.5;

/**
 * Talk like that of a real room, in order of time: short messages and a few long ones, most in Chinese, a third in English; bursts in which
 * the room shouts one thing; 40 % exact repeats of what was said a moment ago. Few of the speakers say most of it.
 */
export function* madeUpTalk(options: TalkOptions): Generator<Entry> {
	const { chance, rate, seconds } = options;
	const speakers = options.people.slice(0, Math.max(1, Math.ceil(rate * turnSeconds)));
	const spokeAt = new Map<string, number>();
	const recent: string[] = [];
	let number = 0;
	let cheerSecond = 0;
	let cheer = "";
	for (let second = 0; second < seconds; second++) {
		if (second % periodSeconds === 0) {
			cheerSecond = second + Math.floor(chance() * periodSeconds);
			cheer = pick(cheers[language(chance)], chance);
		}
		const length = Math.min(1, seconds - second);
		// The last few seconds, too few for a whole period, go at the plain rate.
		const whole = second - (second % periodSeconds) + periodSeconds <= seconds;
		const expected = rate * length * (!whole ? 1 : second === cheerSecond ? cheerFactor : calmFactor);
		const count = Math.floor(expected) + (chance() < expected % 1 ? 1 : 0);
		const moments = Array.from({ length: count }, () => second + chance() * length).sort((a, b) => a - b);
		for (const at of moments) {
			const person = pickSpeaker(speakers, at, spokeAt, chance);
			const text = second === cheerSecond && chance() < 0.6 ? cheer : pickText(recent, options.people, chance);
			spokeAt.set(person, at);
			recent.push(text);
			if (recent.length > rate * 10) recent.shift();
			yield { kind: "line", number: ++number, line: { at, person, text, style: madeUpStyle(chance) } satisfies Line };
		}
	}
}

/** The lower the number, the more they talk; whoever has just spoken is passed over where anybody else can be found. */
function pickSpeaker(speakers: readonly string[], at: number, spokeAt: ReadonlyMap<string, number>, chance: Chance): string {
	let speaker = "";
	for (let attempt = 0; attempt < 16; attempt++) {
		speaker = speakers[Math.floor(chance() ** 1.5 * speakers.length)] as string;
		if (at - (spokeAt.get(speaker) ?? Number.NEGATIVE_INFINITY) >= pauseSecondsMin) return speaker;
	}
	return speaker;
}

function pickText(recent: readonly string[], people: readonly string[], chance: Chance): string {
	if (recent.length > 0 && chance() < 0.3) return pick(recent, chance);
	const tongue = language(chance);
	// A third is one short shout, as long as the shouter feels like.
	if (chance() < 0.35) return stretch(pick(cheers[tongue], chance), chance);
	return pick(remarks[tongue], chance)
		.replace("{w}", () => pick(things[tongue], chance))
		.replace("{name}", () => pick(people, chance))
		.replace("{n}", () => String(2 + Math.floor(chance() * 9)));
}

/** 哈哈哈 becomes 哈哈哈哈哈哈: the last letter held for a while. */
function stretch(text: string, chance: Chance): string {
	const last = [...text].at(-1) ?? "";
	return chance() < 0.5 ? text : text + last.repeat(1 + Math.floor(chance() * chance() * 20));
}

function madeUpStyle(chance: Chance): Style {
	const position = chance();
	const colors = [0xfe0302, 0xffd302, 0x00cd00, 0x4266be, 0x89d5ff, 0xcc0273];
	return { mode: position < 0.96 ? 1 : position < 0.98 ? 4 : 5, color: chance() < 0.8 ? 0xffffff : pick(colors, chance) };
}

function language(chance: Chance): "zh" | "en" {
	return chance() < 0.65 ? "zh" : "en";
}

function pick<T>(list: readonly T[], chance: Chance): T {
	return list[Math.floor(chance() * list.length)] as T;
}
