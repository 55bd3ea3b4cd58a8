import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import { cleanText } from "@hubbub/protocol/text.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { isStaff } from "@hubbub/protocol/wire/roles.ts";
import { barredFromWriting } from "../access.ts";
import type { CommandTo } from "../command.ts";
import { accept, type Decision, type Moment, reject } from "../decision.ts";
import { isOversized, isUnfit } from "../length.ts";
import type { RoomState } from "../state.ts";
import type { Kind } from "./kind.ts";

type SayCommand = CommandTo<"say">;

/** Saying something. */
export const message: Kind<"message"> = {
	decide,
	content: {
		fields: ["text", "replyTo", "style"],
		of: (command) => (command.text.length > limits.textUnitsMax ? null : { replyTo: undefined, style: undefined, ...contentOf(command) }),
	},
	saysWho: true,
	isWriting: true,
	makesRoom: true,
};

/** A message as it is kept, as far as its sender decides. Reads the text: `cleanText` costs by its length. */
function contentOf({ text, replyTo, style }: SayCommand): Pick<MessageEvent, "text" | "replyTo" | "style"> {
	return { text: cleanText(text), ...(replyTo !== undefined && { replyTo }), ...(style !== undefined && { style }) };
}

/**
 * Whether a message may be said: may they write here at all, is it shorter than any text may be, are they too fast, and only then, is
 * there something to read, and is it short enough (SPEC SAY-4). A text is read at the cost of whose turn it is: refused for what stands
 * in it, it has taken its place in the rate, or one could have the server read without end.
 */
function decide(state: RoomState, command: SayCommand, moment: Moment): Decision {
	const { actor } = command;
	const refused = mayWrite(state, command) ?? isOversized(state, command.text) ?? takePlace(state, command, moment);
	if (refused) return refused;

	const content = contentOf(command);
	const unfit = isUnfit(state, content.text);
	if (unfit) {
		state.rates.unsay(actor.id, moment.monotonicMs);
		return unfit;
	}
	return accept({ kind: "message", at: moment.wallMs, id: moment.id, from: actor, ...content });
}

function mayWrite(state: RoomState, { actor }: SayCommand): Decision | null {
	const barred = barredFromWriting(state, actor);
	return barred && reject(barred.code, barred.detail);
}

function takePlace(state: RoomState, { actor }: SayCommand, { monotonicMs }: Moment): Decision | null {
	if (isStaff(actor)) return null;
	const slowMs = state.rates.slowModeWaitMs(actor.id, state.settings.slowModeSeconds * 1_000, monotonicMs);
	if (slowMs > 0) return reject("slow_mode", `One message every ${state.settings.slowModeSeconds} s.`, slowMs);
	const rateMs = state.rates.take(actor.id, monotonicMs);
	return rateMs > 0 ? reject("rate_limited", undefined, rateMs) : null;
}
