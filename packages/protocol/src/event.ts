import * as v from "valibot";
import { events } from "./kinds/table.ts";

/** Everything that can stand in a room's log (SPEC LOG-2): one schema a kind, from `kinds/`. Readers ignore kinds they do not know. */
export const RoomEvent = v.variant("kind", events);
export type RoomEvent = v.InferOutput<typeof RoomEvent>;

/**
 * The same event without the text of the message `id`, where it holds that: because it is that message, or because it names it as its `target` and
 * repeats it. Null where it holds none of it. A text that is taken back leaves every event that holds it (SPEC SAY-5).
 */
export function withoutTextOf(event: RoomEvent, id: string): RoomEvent | null {
	if (!("text" in event)) return null;
	const isAbout = event.id === id || ("target" in event && event.target === id);
	return isAbout ? { ...event, text: "", deleted: true } : null;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event before the log has given it a position. */
export type DraftEvent = DistributiveOmit<RoomEvent, "offset">;
