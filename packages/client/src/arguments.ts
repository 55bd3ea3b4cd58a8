import type { Style } from "@hubbub/protocol/kinds/message.ts";
import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { HubbubError } from "./error.ts";

// What callers hand over where no compiler looks. One wrong field and the server calls the whole frame malformed, a hello with every room
// in it, so each is looked at here: null is left out like undefined, what may be text becomes text as `WebSocket` makes it, the rest is refused.

/** A room's id. Throws a `TypeError` for what is neither a string nor a number: a room called "undefined" is never meant. */
export function roomId(id: unknown): string {
	if (typeof id === "string" || typeof id === "number") return String(id);
	throw new TypeError("A room's id must be a string.");
}

/** A name as the hello can carry it; the server cuts it to what people see. */
export function nameText(name: unknown): string | undefined {
	return name === undefined || name === null ? undefined : String(name).slice(0, limits.nameUnitsSentMax);
}

/** A token as a header and a hello can carry it, without white space around it; null for none. Throws a `TypeError` for what none can be. */
export function tokenText(token: unknown): string | null {
	const text = String(token ?? "").trim();
	if (/[^!-~]/.test(text) || text.length > limits.tokenLengthMax)
		throw new TypeError(`A token has at most ${limits.tokenLengthMax} letters, digits and signs.`);
	return text || null;
}

/** An id or a key. Throws a `HubbubError` where it is no string of a length that the server takes. */
export function checkId(id: unknown, field: string): void {
	if (typeof id !== "string" || !id || id.length > limits.keyLengthMax)
		throw wrong(field, `a string of 1 to ${limits.keyLengthMax} characters`);
}

/** How a message flies; undefined for null. Throws a `HubbubError` where it cannot. */
export function styleOf(style: unknown): Partial<Style> | undefined {
	if (style === undefined || style === null) return undefined;
	const { mode, color } = style as Partial<Style>;
	const wanted = { mode: mode ?? undefined, color: color ?? undefined };
	const rgb = color ?? 0;
	if (typeof style !== "object" || ![undefined, 1, 4, 5].includes(wanted.mode) || (rgb & 0xffffff) !== rgb)
		throw wrong("style", "a mode of 1, 4 or 5 and a color up to 0xffffff");
	return wanted;
}

/** Changes of settings, without those that are undefined or null. Throws a `HubbubError` where one is none that there is `now`, or of another type. */
export function settingsOf(settings: unknown, now: Partial<RoomSettings> | null): Partial<RoomSettings> {
	if (typeof settings !== "object" || settings === null || Array.isArray(settings)) throw wrong("settings", "an object");
	const given = Object.entries(settings).filter(([, value]) => value !== undefined && value !== null);
	for (const [name, value] of given) {
		// The server takes no names but those that it has said itself.
		if (now && !Object.hasOwn(now, name)) throw wrong(name, "a setting of the room");
		const type = typeof now?.[name as keyof RoomSettings];
		if (now && typeof value !== type) throw wrong(name, `a ${type}`);
	}
	return Object.fromEntries(given);
}

function wrong(field: string, right: string): HubbubError {
	return new HubbubError("bad_frame", `The ${field} must be ${right}.`);
}
