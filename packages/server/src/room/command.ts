import type { Role, RoomSettings, Style, User } from "@hubbub/protocol/event.ts";

/** Who does something, with the roles they have in this room. */
export type Actor = User;

/** Something a person wants to happen in a room. `decide` answers what becomes of it. */
export type Command = SayCommand | DeleteCommand | SettingsCommand;

export interface SayCommand {
	readonly kind: "say";
	readonly actor: Actor;
	/** The sender's idempotency key. */
	readonly key: string;
	/** As typed; cleaned by the rules. */
	readonly text: string;
	readonly replyTo?: string;
	readonly style?: Style;
}

export interface DeleteCommand {
	readonly kind: "delete";
	readonly actor: Actor;
	/** The message to take back as the log knows it, null where it knows none. */
	readonly target: { readonly id: string; readonly authorId: string; readonly deleted: boolean } | null;
}

export interface SettingsCommand {
	readonly kind: "settings";
	readonly actor: Actor;
	readonly settings: Partial<RoomSettings>;
}

const staff: ReadonlySet<Role> = new Set(["owner", "host", "moderator", "bot"]);
const moderating: ReadonlySet<Role> = new Set(["owner", "host", "moderator"]);

/** Those who run the room: they write in read-only rooms and are not slowed down. */
export function isStaff(actor: Actor): boolean {
	return actor.roles.some((role) => staff.has(role));
}

/** Those who may act on what others wrote. */
export function mayModerate(actor: Actor): boolean {
	return actor.roles.some((role) => moderating.has(role));
}

export function isGuest(actor: Actor): boolean {
	return actor.roles.length === 0 || actor.roles.every((role) => role === "guest");
}
