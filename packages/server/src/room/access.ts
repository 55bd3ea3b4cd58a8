import type { Code } from "@hubbub/protocol/wire/codes.ts";
import { isGuest, whyNotWrite } from "@hubbub/protocol/wire/roles.ts";
import type { Actor } from "./command.ts";
import type { RoomState } from "./state.ts";

/** Why somebody may not: a code of the table, and where its own words say too little, a sentence. */
export interface Barred {
	readonly code: Code;
	readonly detail?: string;
}

/** What access is decided by. */
export type AccessState = Pick<RoomState, "settings">;

/** Why somebody may not enter a room and read it; null where they may. Asked at the door, at admission, and again where `touchesAccess` says so (SPEC ROOM-4). */
export function barredFromReading({ settings }: AccessState, actor: Actor): Barred | null {
	return !settings.guests && isGuest(actor) ? { code: "guests_not_allowed" } : null;
}

/** Why somebody may not write in a room; null where they may (SPEC AUTH-4). */
export function barredFromWriting({ settings }: AccessState, actor: Actor): Barred | null {
	const code = whyNotWrite(settings, actor);
	if (code === null) return null;
	const isReadable = code === "guests_not_allowed" && settings.guests;
	return isReadable ? { code, detail: "Only people who are signed in may write in this room." } : { code };
}
