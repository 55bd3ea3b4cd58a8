import type { ConnectionState } from "@hubbub/client";
import type { User } from "@hubbub/protocol/fields.ts";
import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import { whyNotWrite } from "@hubbub/protocol/wire/roles.ts";
import type { ClosedReason, Place } from "./place.ts";

/** Whether the reader may write, and if not, why. */
export type Writing = { readonly phase: "open" } | { readonly phase: "shut"; readonly reason: ShutReason };
export type ShutReason = "read-only" | "members-only" | ClosedReason;

/** Derives it from where the reader stands, the room's settings and the reader's roles, as the server will judge it. */
export function writingOf(place: Place, settings: Pick<RoomSettings, "write" | "guests"> | null, user: User | null): Writing {
	if (place.phase === "closed") return { phase: "shut", reason: place.reason };
	const refused = settings && whyNotWrite(settings, user ?? { roles: [] });
	if (!refused) return { phase: "open" };
	return { phase: "shut", reason: refused === "read_only" ? "read-only" : "members-only" };
}

/** What there is to say about the box, before and after something is written in it. */
export interface Circumstances {
	readonly writing: Writing;
	readonly connection: ConnectionState["phase"];
	readonly hasText: boolean;
	/** Graphemes beyond what the room takes. */
	readonly over: number;
	/** The code of the last refusal, until it was read and acted upon. */
	readonly refusal: string | null;
	/** Why the next message has to wait, and how many whole seconds. */
	readonly wait: { readonly code: string; readonly secondsLeft: number } | null;
	/** The slow mode that holds for the reader; 0 for none. */
	readonly slowModeSeconds: number;
}

/** A refused text goes back into the box without losing what was typed since. */
export function putBack(refused: string, typedSince: string): string {
	return typedSince.trim() === "" ? refused : `${refused}\n${typedSince}`;
}
