import type { Role, User } from "../fields.ts";
import type { RoomSettings } from "../kinds/settings.ts";
import type { Code } from "./codes.ts";

/**
 * What a person's roles allow, in one place: the server decides by it (SPEC AUTH-4), and a page shows by it beforehand what the server
 * would decide.
 */
type Someone = Pick<User, "roles">;

const staff: ReadonlySet<Role> = new Set(["owner", "host", "moderator", "bot"]);
const moderating: ReadonlySet<Role> = new Set(["owner", "host", "moderator"]);

/** Those who run the room: they write in read-only rooms, and neither slow mode nor the rate limit holds for them (SPEC RATE-4). */
export function isStaff(someone: Someone): boolean {
	return someone.roles.some((role) => staff.has(role));
}

/** Those who may act on what others wrote, and change the room. */
export function mayModerate(someone: Someone): boolean {
	return someone.roles.some((role) => moderating.has(role));
}

export function isGuest(someone: Someone): boolean {
	return someone.roles.every((role) => role === "guest");
}

/** Why somebody may not write in a room, or null where they may (SPEC RATE-5). */
export function whyNotWrite(
	settings: Pick<RoomSettings, "write" | "guests">,
	someone: Someone,
): Extract<Code, "read_only" | "guests_not_allowed"> | null {
	if (isStaff(someone)) return null;
	if (settings.write === "staff") return "read_only";
	return isGuest(someone) && (settings.write === "members" || !settings.guests) ? "guests_not_allowed" : null;
}
