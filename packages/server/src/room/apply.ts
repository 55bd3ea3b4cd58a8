import type { RoomEvent } from "@hubbub/protocol/event.ts";
import type { RoomState } from "./state.ts";

/** Folds one logged event into the room's state. The only place where what the log says becomes what the rules see. */
export function apply(state: RoomState, event: RoomEvent): void {
	switch (event.kind) {
		case "settings":
			state.settings = { ...state.settings, ...event.settings };
			return;
		case "message":
		case "delete":
			return;
		default:
			event satisfies never;
	}
}

/** Whether an event changes what `apply` folds: these are read again when a room is opened, however old they are. */
export function isControl(kind: RoomEvent["kind"]): boolean {
	return kind === "settings";
}
