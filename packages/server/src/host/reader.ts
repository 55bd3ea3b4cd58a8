import type { Codec } from "@hubbub/protocol/codec.ts";
import type { Barred } from "../room/access.ts";
import type { Actor } from "../room/command.ts";
import type { Rostered } from "../runtime/roster.ts";

/** One viewer of one room, as the room sees it: something to wake when there is more to read. */
export interface Reader extends Rostered {
	readonly codec: Codec;
	/** Who it is, with the roles they have in this room: a person with several readers is one viewer. */
	readonly actor: Actor;
	/** They may not be in any more: puts them out, and tells them why. */
	evict(barred: Barred): void;
	/** Its section's turn has come: there may be new batches in the window. Must not throw. */
	wake(): void;
}

/** A page of the archive: `events` ascending, `before` the cursor of the next older page, null at the first event. */
export interface HistoryPage {
	readonly events: readonly string[];
	readonly before: string | null;
}
