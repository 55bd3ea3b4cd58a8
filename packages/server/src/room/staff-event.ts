import type { User } from "@hubbub/protocol/fields.ts";
import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";

/** What a room's staff log says: that somebody did something, which the public log tells without saying who. Its id is that of the public event. */
export interface StaffEvent {
	readonly offset: number;
	/** The server's time in Unix milliseconds. */
	readonly at: number;
	/** The kind of the public event. */
	readonly kind: string;
	/** Who acted, with the roles they had. */
	readonly by: User;
	/** The id of the message it was done to. */
	readonly target?: string;
	/** Of a message that was taken back: who had written it. */
	readonly from?: User;
	/** And what stood there; empty once that was wiped, left out where it is not kept at all (SPEC SAY-7). */
	readonly text?: string;
	/** The text was wiped. */
	readonly deleted?: boolean;
	/** Settings that were changed. */
	readonly settings?: Partial<RoomSettings>;
}
