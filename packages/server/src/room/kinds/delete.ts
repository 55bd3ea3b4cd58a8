import { withoutTextOf } from "@hubbub/protocol/event.ts";
import { mayModerate } from "@hubbub/protocol/wire/roles.ts";
import { accept, reject } from "../decision.ts";
import type { RoomState } from "../state.ts";
import type { Kind } from "./kind.ts";

/** Ids of events in the state that repeat a message's text: it leaves them too. Those before them have lost it already. */
function copiesOf(state: RoomState, id: string): string[] {
	return [...state.latest.values()].flatMap((event) => (withoutTextOf(event, id) && "id" in event ? [event.id] : []));
}

/** Taking a message back: one's own, or as a moderator anyone's. Taking back twice is refused as not found: there is nothing left. */
export const deletion: Kind<"delete"> = {
	lookup: ({ id }) => ({ message: id }),
	decide(state, { actor }, moment, { message }) {
		if (!message || message.deleted) return reject("message_not_found");
		if (message.from.id !== actor.id && !mayModerate(actor))
			return reject("forbidden", "Only its author and moderators may take a message back.");
		const redacts = [message.id, ...copiesOf(state, message.id)];
		return accept({ kind: "delete", at: moment.wallMs, target: message.id }, redacts, { from: message.from, text: message.text });
	},
	apply(state, { target }) {
		for (const [key, event] of state.latest) state.latest.set(key, withoutTextOf(event, target) ?? event);
	},
};
