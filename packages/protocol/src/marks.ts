import * as limits from "./wire/limits.ts";

/**
 * Cuts runs of combining marks that no script has, so that normalising what is left stays linear: it sorts the marks behind a letter in
 * time that grows with the square of their number. Twice what a letter may keep is left, since some marks are two in one.
 */
export function cutMarkRuns(text: string): string {
	return text.replace(/(\p{M}{16})\p{M}+/gu, "$1");
}

/**
 * Leaves each letter of a normalised text the marks that writing needs, and takes away what only towers ("zalgo"): at most 3, or 8 where
 * they are vowels, tones and subjoined letters of the letter's own kind of script, and no mark more than twice. A joiner begins no new
 * letter: marks before and after it stand on the same one. Of joiners, two in a row mean something; more are only weight.
 */
export function limitMarks(text: string): string {
	return text.replace(crowdedLetter, limitOnLetter).replace(/([\u200c\u200d]{2})[\u200c\u200d]+/g, "$1");
}

/** A letter, or the beginning, with three marks or more: fewer are never too many. */
const crowdedLetter = /(^|[^\p{M}\u200c\u200d])((?:[\u200c\u200d]*\p{M}){3,}[\u200c\u200d]*)/gu;

function limitOnLetter(whole: string, letter: string, signs: string): string {
	const isBare = letter === "" || bareLetter.test(letter);
	if (isWithinLimits(isBare, signs)) return whole;
	const seen = new Map<string, number>();
	let [marks, added] = [0, 0];
	let kept = letter;
	for (const sign of signs) {
		if (isJoiner(sign)) {
			kept += sign;
			continue;
		}
		const times = (seen.get(sign) ?? 0) + 1;
		const isAdded = isBare || addedMark.test(sign);
		if (times > limits.sameMarkMax || marks >= limits.scriptMarksMax || (isAdded && added >= limits.combiningMarksMax)) continue;
		seen.set(sign, times);
		marks++;
		if (isAdded) added++;
		kept += sign;
	}
	return kept;
}

/** Whether there is nothing to count: most stacks are tall and proper. */
function isWithinLimits(isBare: boolean, signs: string): boolean {
	const max = isBare ? limits.combiningMarksMax : limits.scriptMarksMax;
	return signs.length <= max && (isBare || !addedMark.test(signs)) && !repeatsItself(signs);
}

/** Whether a unit stands in the signs twice. */
function repeatsItself(signs: string): boolean {
	for (let at = 0; at < signs.length - 1; at++) if (signs.indexOf(signs.charAt(at), at + 1) !== -1) return true;
	return false;
}

/** Letters that are whole without marks, and all that are no letters: every mark on them is an addition. */
const bareLetter =
	/[\P{L}\p{sc=Common}\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Armenian}\p{sc=Georgian}\p{sc=Coptic}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Bopomofo}\p{sc=Hangul}]/u;

/** The marks for letters of any script: the blocks of combining diacritics, half marks, marks for symbols, Cyrillic's small letters above. */
const addedMark = /[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u2de0-\u2dff\ua66f-\ua67d\ua69e\ua69f\ufe20-\ufe2f]/;

function isJoiner(sign: string): boolean {
	return sign === "\u200c" || sign === "\u200d";
}
