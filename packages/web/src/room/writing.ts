import { endsWithWait } from "@hubbub/room-model/pacing.ts";
import type { Circumstances } from "@hubbub/room-model/writing.ts";
import type { Words } from "../words/en.ts";

/** The one sentence at the box. Its tone is a colour and a shape: just so, wait, or something to be done. */
export interface Note {
	readonly tone: "plain" | "wait" | "bad";
	readonly sentence: string;
	/** Whole seconds still to be waited, shown beside the sentence; 0 where there is nothing to count. */
	readonly secondsLeft: number;
}

/** Says what matters most, or nothing where all is well. */
export function noteOf(circumstances: Circumstances, words: Words): Note | null {
	const { writing, connection, hasText, over, refusal, wait, slowModeSeconds } = circumstances;
	if (writing.phase === "shut") {
		const sentence = words.shut[writing.reason];
		return { tone: "bad", sentence: hasText ? `${sentence} ${words.textIsKept}` : sentence, secondsLeft: 0 };
	}
	if (over > 0) return { tone: "bad", sentence: words.tooMany(over), secondsLeft: 0 };
	if (refusal !== null && !endsWithWait(refusal))
		return { tone: "bad", sentence: refusalWords(refusal, words), secondsLeft: wait?.secondsLeft ?? 0 };
	if (wait !== null) {
		const sentence = wait.code === "slow_mode" && slowModeSeconds > 0 ? words.slowModeOn(slowModeSeconds) : refusalWords(wait.code, words);
		return { tone: "wait", sentence, secondsLeft: wait.secondsLeft };
	}
	if (connection === "waiting" || connection === "offline") return { tone: "wait", sentence: words.sentOnceBack, secondsLeft: 0 };
	return slowModeSeconds > 0 ? { tone: "plain", sentence: words.slowModeOn(slowModeSeconds), secondsLeft: 0 } : null;
}

/** Why a message was refused, in one sentence of the reader's language. */
export function refusalWords(code: string, words: Words): string {
	return Object.hasOwn(words.refusals, code) ? words.refusals[code as keyof Words["refusals"]] : words.refusedUnknown;
}

/** Only near the limit does the count of what is left matter: the last tenth, at least ten. */
export function countMatters(length: number, lengthMax: number): boolean {
	return lengthMax - length <= Math.max(10, Math.round(lengthMax / 10));
}
