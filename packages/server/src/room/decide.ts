import { type Command, type Found, foundNothing } from "./command.ts";
import type { Decision, Moment } from "./decision.ts";
import { kindFor } from "./kinds/table.ts";
import type { RoomState } from "./state.ts";

/**
 * Decides, from a room's state and what was found for the command, what becomes of it. Synchronous and without effects, but that an accepted `say` has taken its
 * place in `state.rates`. One function for every transport and the operators' API: there is no second door (SPEC AUTH-4).
 */
export function decide(state: RoomState, command: Command, moment: Moment, found: Found = foundNothing): Decision {
	const kind = kindFor(command);
	return kind.refuses?.(command.actor) ?? kind.decide(state, command, moment, found);
}
