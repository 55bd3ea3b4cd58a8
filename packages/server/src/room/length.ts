import { countGraphemes } from "@hubbub/protocol/wire/graphemes.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { type Decision, reject } from "./decision.ts";
import type { RoomState } from "./state.ts";

/** Refuses what no room would keep, whatever cleaning left of it; null where it may be read. */
export function isOversized(state: RoomState, text: string): Decision | null {
	return text.length > limits.textUnitsMax ? tooLong(state) : null;
}

/** Refuses a cleaned text that is empty or too long for this room: normalising may have made it longer than it came. Null where it may be kept. */
export function isUnfit(state: RoomState, text: string): Decision | null {
	if (text === "") return reject("text_empty");
	const { textGraphemesMax } = state.settings;
	return text.length > limits.textUnitsMax || countGraphemes(text, textGraphemesMax) > textGraphemesMax ? tooLong(state) : null;
}

function tooLong(state: RoomState): Decision {
	return reject("text_too_long", `At most ${state.settings.textGraphemesMax} characters.`);
}
