import type { RoomState as PublicState } from "@hubbub/protocol/downstream.ts";
import type { DraftEvent, RoomEvent } from "@hubbub/protocol/event.ts";
import type { stateFields } from "@hubbub/protocol/kinds/table.ts";
import { kindOf, kindsList } from "./kinds/table.ts";
import type { RoomState } from "./state.ts";

/** Folds one logged event into the room's state. The only place where what the log says becomes what the rules see. */
export function apply(state: RoomState, event: RoomEvent): void {
	const key = stateKeyOf(event);
	if (key !== undefined) state.latest.set(key, event);
	kindOf(event).apply?.(state, event);
}

/** What of the state everybody may see, as it is at `wallMs` (Unix milliseconds). */
export function shownState(state: RoomState, wallMs: number): Pick<PublicState, keyof typeof stateFields> {
	return Object.assign({}, ...kindsList.map((kind) => kind.show?.(state, wallMs)));
}

/** Whether an event, folded into the state as it is before, may put somebody out. Then all who are in are asked again, and only then. */
export function touchesAccess(state: RoomState, event: RoomEvent): boolean {
	return kindOf(event).touchesAccess?.(state, event) ?? false;
}

/** What of the room's state an event says, so that of all those that say it only the latest is read when a room is opened; undefined for one that says nothing of it. */
export function stateKeyOf(event: RoomEvent | DraftEvent): string | undefined {
	return kindOf(event).stateKey?.(event as RoomEvent);
}
