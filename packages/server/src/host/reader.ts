import type { Codec } from "@hubbub/protocol/codec.ts";
import type { LoggedEvent } from "../fanout/lane.ts";
import type { Rostered } from "../runtime/roster.ts";

/** One viewer of one room, as the room sees it: something to wake when there is more to read. */
export interface Reader extends Rostered {
	readonly codec: Codec;
	/** Whether the room has to turn this reader out when it stops letting guests in. */
	readonly isGuest: boolean;
	turnOut(): void;
	/** Its section's turn has come: there may be new batches in the window. Must not throw. */
	wake(): void;
}

/** Where a reader starts. `events` run up to `through`; a reader that still misses some asks `RoomHost.missed`. */
export interface Placement {
	readonly recovered: boolean;
	readonly events: readonly LoggedEvent[];
	/** Offset the reader has reached with these events. */
	readonly through: number;
}

/** A page of the archive: `events` ascending, `before` the cursor of the next older page, null at the first event. */
export interface HistoryPage {
	readonly events: readonly string[];
	readonly before: string | null;
}
