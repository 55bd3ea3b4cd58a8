import type { RoomState } from "../downstream.ts";
import type { RoomEvent } from "../event.ts";
import type { EventKind, EventOf } from "../kinds/table.ts";

/** How each kind of event is said in the plain text subprotocol; null where it is not. */
const lines: { readonly [Kind in EventKind]: (event: EventOf<Kind>) => string | null } = {
	message: (message) => (message.deleted ? null : spokenLine(message)),
	delete: () => null,
	settings: ({ settings }) => settingsLine(settings),
	pin: (pin) => (pin.deleted ? null : pinLine(pin)),
};

/**
 * One event as a line of the plain text subprotocol, `name: text`, or null where it has none. A text cannot fake a second line or a server's word
 * (SPEC TXT-3, TXT-4). The server writes it, and the SDK where it carries that subprotocol over frames.
 */
export function eventLine(event: RoomEvent): string | null {
	return (lines[event.kind] as (event: RoomEvent) => string | null)(event);
}

/** Whether this version knows an event's kind: of others only the offset counts. */
export function isKnown({ kind }: RoomEvent): boolean {
	return Object.hasOwn(lines, kind);
}

function settingsLine(settings: EventOf<"settings">["settings"]): string | null {
	const words: string[] = [];
	if (settings.title !== undefined) words.push(`the title is now “${oneLine(settings.title)}”`);
	if (settings.slowModeSeconds !== undefined)
		words.push(settings.slowModeSeconds > 0 ? `slow mode: one message every ${settings.slowModeSeconds} s` : "slow mode is off");
	if (settings.write !== undefined) words.push(settings.write === "everyone" ? "everyone may write" : `only ${settings.write} may write`);
	return words.length > 0 ? serverLine(words.join("; ")) : null;
}

/** A pin that holds a text has an author. */
function pinLine(pin: EventOf<"pin">): string {
	return serverLine(pin.text ? `pinned: ${spokenLine(pin as Required<typeof pin>)}` : "unpinned");
}

function spokenLine({ from, text }: Pick<EventOf<"message">, "from" | "text">): string {
	return `${lineName(from.name)}: ${oneLine(text)}`;
}

/** A line in the server's own voice: starts with `* `, which no person's line can (SPEC TXT-4). */
export function serverLine(words: string): string {
	return `* ${oneLine(words)}`;
}

/** What somebody who comes in by lines is told of the room, a line each. */
export function greetingLines({ settings, viewers, pin }: RoomState): string[] {
	const watching = viewers === 1 ? "You are the first here" : `${viewers} are here`;
	return [...(pin ? [pinLine(pin)] : []), serverLine(`${settings.title}. ${watching}. Write, and it is sent.`)];
}

/** A count of messages that the room's budget left out. */
export function omittedLine(omitted: number): string {
	return serverLine(`${omitted} more were written in this moment`);
}

/** In one line wherever it is shown: terminals and editors break at more than CR and LF. */
function oneLine(text: string): string {
	return text.replace(/[\n-\r\x1c-\x1e\u0085\u2028\u2029]+/g, " ");
}

/** A name may not end the `name: ` part early, nor start like a server's line. */
function lineName(name: string): string {
	return oneLine(name).replaceAll(":", "\ua789").replace(/^\*+/, "＊");
}
