import type { RoomSettings, User } from "@hubbub/protocol/event.ts";
import type { Words } from "../words/en.ts";

/** Whether the reader may write, and if not, why. */
export type Writing = { readonly phase: "open" } | { readonly phase: "closed"; readonly reason: "read-only" | "members-only" };

const staff: ReadonlySet<string> = new Set(["owner", "host", "moderator", "bot"]);

/** Derives it from the room's settings and the reader's roles, as the server will judge it. */
export function writingOf(settings: Pick<RoomSettings, "write"> | null, user: User | null): Writing {
	const roles = user?.roles ?? [];
	if (!settings || settings.write === "everyone" || roles.some((role) => staff.has(role))) return { phase: "open" };
	if (settings.write === "staff") return { phase: "closed", reason: "read-only" };
	const isMember = roles.some((role) => role !== "guest");
	return isMember ? { phase: "open" } : { phase: "closed", reason: "members-only" };
}

/** Why a message was refused, in one sentence of the reader's language. */
export function refusalWords(code: string, words: Words): string {
	return Object.hasOwn(words.refusals, code) ? words.refusals[code as keyof Words["refusals"]] : words.refusedUnknown;
}

/** A refused text goes back into the box without losing what was typed since. */
export function putBack(refused: string, typedSince: string): string {
	return typedSince.trim() === "" ? refused : `${refused}\n${typedSince}`;
}

/** Only near the limit does the count of what is left matter: the last tenth, at least ten. */
export function countMatters(length: number, lengthMax: number): boolean {
	return lengthMax - length <= Math.max(10, Math.round(lengthMax / 10));
}
