import { cleanText } from "@hubbub/protocol/text.ts";
import { type Command, type DeleteCommand, mayModerate, type SettingsCommand } from "./command.ts";
import { accept, type Decision, type Moment, reject } from "./decision.ts";
import { decideSay } from "./say.ts";
import type { RoomState } from "./state.ts";

/**
 * Decides, from a room's state, what becomes of a command. Synchronous and without effects, but that an accepted `say` has taken its
 * place in `state.pace`. One function for every transport and the operators' API: there is no second door (SPEC AUTH-4).
 */
export function decide(state: RoomState, command: Command, moment: Moment): Decision {
	switch (command.kind) {
		case "say":
			return decideSay(state, command, moment);
		case "delete":
			return decideDelete(command, moment);
		case "settings":
			return decideSettings(state, command, moment);
		default:
			return command satisfies never;
	}
}

/** One's own message, or as a moderator anyone's. Taking back twice is refused as not found: there is nothing left. */
function decideDelete({ actor, target }: DeleteCommand, moment: Moment): Decision {
	if (!target || target.deleted) return reject("message_not_found");
	if (target.authorId !== actor.id && !mayModerate(actor))
		return reject("forbidden", "Only its author and moderators may take a message back.");
	return accept({ kind: "delete", at: moment.wallMs, target: target.id, by: actor }, [target.id]);
}

function decideSettings(state: RoomState, { actor, settings }: SettingsCommand, moment: Moment): Decision {
	if (!mayModerate(actor)) return reject("forbidden", "Only the hosts and moderators may change the room's settings.");
	const cleaned = settings.title === undefined ? settings : { ...settings, title: cleanText(settings.title).replaceAll("\n", " ") };
	const changed = Object.fromEntries(
		Object.entries(cleaned).filter(([name, value]) => value !== undefined && value !== state.settings[name as keyof typeof settings]),
	);
	return accept({ kind: "settings", at: moment.wallMs, settings: changed, by: actor });
}
