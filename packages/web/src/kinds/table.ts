import type { RoomEvents } from "@hubbub/client";
import type { Around, KindPart, PageDesk } from "./kind-part.ts";

/** A kind of event that the page shows in a part of its own. */
interface KindPartEntry {
	/** The SDK's name for news of it; the part's own name, too. */
	readonly name: keyof RoomEvents;
	/** Whether there is anything to show, or to do for this reader. */
	isNeeded(around: Around): boolean;
	load(): Promise<{ create(desk: PageDesk): KindPart }>;
}

export const kindParts: readonly KindPartEntry[] = [];
