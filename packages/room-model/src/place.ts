import type { ConnectionState, Room } from "@hubbub/client";
import type { Code } from "@hubbub/protocol/wire/codes.ts";

/** Where a reader stands, as the page as a whole shows it. */
export type Place =
	/** Not in the room yet, nothing to show. */
	| { readonly phase: "entering" }
	/** In the room, or on the way back to it: the discussion stays readable. */
	| { readonly phase: "open" }
	/** Not let in, or put out. */
	| { readonly phase: "closed"; readonly reason: ClosedReason };

export type ClosedReason = "banned" | "room_not_found" | "guests_not_allowed" | "unauthorized" | "overloaded" | "other";

/** Derives the place from the connection, the room, and why the room refused the reader, if it did. */
export function placeOf(connection: ConnectionState, room: Pick<Room, "settings">, refused: Code | string | null): Place {
	if (refused !== null) return { phase: "closed", reason: closedReason(refused) };
	if (connection.phase === "closed") return { phase: "closed", reason: closedReason(connection.code) };
	return { phase: room.settings === null ? "entering" : "open" };
}

/** Whether the server keeps sending the reader away because it is full. The connection goes on asking. */
export function isFull(connection: ConnectionState): boolean {
	return connection.phase === "waiting" && (connection.code === "overloaded" || connection.code === "too_many_connections");
}

function closedReason(code: string | number | null): ClosedReason {
	switch (code) {
		case "banned":
		case "room_not_found":
		case "guests_not_allowed":
		case "unauthorized":
		case "overloaded":
			return code;
		default:
			return "other";
	}
}
