import type { PinEvent } from "@hubbub/protocol/kinds/pin.ts";
import { cleanText } from "@hubbub/protocol/text.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { mayModerate } from "@hubbub/protocol/wire/roles.ts";
import type { CommandTo, Found } from "../command.ts";
import { accept, type Decision, type Moment, reject } from "../decision.ts";
import { isOversized, isUnfit } from "../length.ts";
import type { RoomState } from "../state.ts";
import type { Kind } from "./kind.ts";

type PinCommand = CommandTo<"pin">;

/**
 * Pinning and unpinning. A pinned message is a copy, and the log has its text in the latest copy alone: what was pinned before loses it with the event that takes its place, so that
 * taking a message back finds every copy there is (SPEC PIN-4).
 */
export const pin: Kind<"pin"> = {
	stateKey: () => "pin",
	lookup: ({ id }) => (typeof id === "string" ? { message: id } : null),
	refuses: (actor) => (mayModerate(actor) ? null : reject("forbidden", "Only the hosts and moderators may pin.")),
	decide(state, command, moment, found) {
		if ((command.id === undefined) === (command.text == null))
			return reject("bad_frame", "Pin a message by its id, or a text; or unpin by an id that is null.");
		if ((command.until ?? Number.POSITIVE_INFINITY) <= moment.wallMs)
			return reject("bad_frame", "The time until which it is to be pinned has passed.");
		const before = latestOf(state);
		const redacts = before?.target === undefined ? [] : [before.id];
		const content = command.id === null ? { text: "" } : contentOf(state, command, found);
		return "verdict" in content ? content : accept(eventOf(content, command, moment), redacts);
	},
	show(state, wallMs) {
		const pin = latestOf(state);
		return pin && pin.text !== "" && (pin.until ?? Number.POSITIVE_INFINITY) > wallMs ? { pin } : {};
	},
	content: {
		fields: ["target", "text", "until"],
		of({ id, text, until }) {
			if (id === null) return { target: undefined, text: "", until: undefined };
			const kept = { target: id, until: until ?? undefined };
			if (text == null) return kept;
			return text.length > limits.textUnitsMax ? null : { ...kept, text: lineOf(text) };
		},
	},
};

/** The event that pinned or unpinned last. */
function latestOf({ latest }: RoomState): PinEvent | undefined {
	return latest.get("pin") as PinEvent | undefined;
}

type Content = Pick<PinEvent, "target" | "from" | "text">;

/** What is to stand there: the message, or the moderator's own line. */
function contentOf(state: RoomState, { actor, text }: PinCommand, { message }: Found): Content | Decision {
	if (text == null)
		return message && !message.deleted ? { target: message.id, from: message.from, text: message.text } : reject("message_not_found");
	const oversized = isOversized(state, text);
	if (oversized) return oversized;
	const line = lineOf(text);
	return isUnfit(state, line) ?? { from: actor, text: line };
}

function eventOf(content: Content, { until }: PinCommand, { wallMs, id }: Moment): Omit<PinEvent, "offset"> {
	return { kind: "pin", at: wallMs, id, ...content, ...(until != null && content.text !== "" && { until }) };
}

function lineOf(text: string): string {
	return cleanText(text).replaceAll("\n", " ");
}
