import type { RoomEvents } from "@hubbub/client";
import { mayModerate } from "@hubbub/protocol/wire/roles.ts";
import type { Around, KindPart, PageDesk } from "./kind-part.ts";

/** A kind of event that the page shows in a part of its own. */
interface KindPartEntry {
	/** The SDK's name for news of it; the part's own name, too. */
	readonly name: keyof RoomEvents;
	/** Whether there is anything to show, or to do for this reader. */
	isNeeded(around: Around): boolean;
	load(): Promise<{ create(desk: PageDesk): KindPart }>;
}

export const kindParts: readonly KindPartEntry[] = [
	{
		name: "pin",
		isNeeded: ({ visit: { room, user } }) => room.pinned !== null || (user !== null && mayModerate(user)),
		load: () => import("./pin.ts"),
	},
];
