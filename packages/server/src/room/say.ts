import type { DraftEvent } from "@hubbub/protocol/event.ts";
import { limits } from "@hubbub/protocol/limits.ts";
import { cleanText, countGraphemes } from "@hubbub/protocol/text.ts";
import { isGuest, isStaff, type SayCommand } from "./command.ts";
import { accept, type Decision, type Moment, reject } from "./decision.ts";
import type { RoomState } from "./state.ts";

/**
 * Whether a message may be said. In this order, so that the reason named is the one to mend first: may they write here at all, is there
 * something to read, is it short enough, are they too fast (SPEC SAY-4).
 */
export function decideSay(state: RoomState, command: SayCommand, moment: Moment): Decision {
	const { actor } = command;
	const refused = mayWrite(state, command);
	if (refused) return refused;

	// Twice the longest text anyone may write, before the costlier cleaning.
	if (command.text.length > limits.textUnitsMax * 2) return reject("text_too_long", lengthDetail(state));
	const text = cleanText(command.text);
	if (text === "") return reject("text_empty");
	if (text.length > limits.textUnitsMax || countGraphemes(text) > state.settings.textGraphemesMax)
		return reject("text_too_long", lengthDetail(state));

	const event: DraftEvent = { kind: "message", at: moment.wallMs, id: moment.id, from: actor, text };
	if (command.replyTo !== undefined) event.replyTo = command.replyTo;
	if (command.style !== undefined) event.style = command.style;

	if (isStaff(actor)) return accept(event);
	const slowMs = state.pace.slowModeWaitMs(actor.id, state.settings.slowModeSeconds * 1_000, moment.monotonicMs);
	if (slowMs > 0) return reject("slow_mode", `One message every ${state.settings.slowModeSeconds} s.`, slowMs);
	const rateMs = state.pace.take(actor.id, moment.monotonicMs);
	if (rateMs > 0) return reject("rate_limited", undefined, rateMs);
	return accept(event);
}

function mayWrite(state: RoomState, { actor }: SayCommand): Decision | null {
	if (isStaff(actor)) return null;
	if (state.settings.write === "staff") return reject("read_only");
	if (!isGuest(actor)) return null;
	if (!state.settings.guests) return reject("guests_not_allowed");
	if (state.settings.write === "members") return reject("guests_not_allowed", "Only people who are signed in may write in this room.");
	return null;
}

function lengthDetail(state: RoomState): string {
	return `At most ${state.settings.textGraphemesMax} characters.`;
}
