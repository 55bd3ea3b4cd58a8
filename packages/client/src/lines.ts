import type { MessageEvent, RoomEvent } from "@hubbub/protocol/event.ts";

/**
 * One event as a line for people, the same as the server's own `hubbub.text`: `name: text`. Null where it has none.
 * A text cannot fake a second line or a server's word (SPEC TXT-3, TXT-4); `lines.test.ts` holds the two renderings together.
 */
export function eventLine(event: RoomEvent): string | null {
	switch (event.kind) {
		case "message":
			return event.deleted ? null : messageLine(event);
		case "settings":
			return settingsLine(event.settings);
		case "delete":
			return null;
		default:
			return event satisfies never;
	}
}

/** A line in the server's own voice: starts with `* `, which no person's line can. */
export function serverLine(words: string): string {
	return `* ${oneLine(words)}`;
}

/** A count of messages that the room's budget left out. */
export function omittedLine(omitted: number): string {
	return serverLine(`${omitted} more were written in this moment`);
}

function messageLine(event: MessageEvent): string {
	const name = oneLine(event.from.name).replaceAll(":", "\ua789").replace(/^\*+/, "＊");
	return `${name}: ${oneLine(event.text)}`;
}

function settingsLine({ title, slowModeSeconds, write }: Extract<RoomEvent, { kind: "settings" }>["settings"]): string | null {
	const words: string[] = [];
	if (title !== undefined) words.push(`the title is now “${oneLine(title)}”`);
	if (slowModeSeconds !== undefined)
		words.push(slowModeSeconds > 0 ? `slow mode: one message every ${slowModeSeconds} s` : "slow mode is off");
	if (write !== undefined) words.push(write === "everyone" ? "everyone may write" : `only ${write} may write`);
	return words.length > 0 ? serverLine(words.join("; ")) : null;
}

function oneLine(text: string): string {
	return text.replace(/[\r\n\u0085\u2028\u2029]+/g, " ");
}
