import type { User } from "@hubbub/protocol/fields.ts";
import { mayModerate } from "@hubbub/protocol/wire/roles.ts";
import type { Entry, ReadRange, RoomLog, SubscribeOptions, Subscription } from "../engine/log.ts";
import type { StaffEvent } from "../room/staff-event.ts";

/** A room's staff log, in the hands of somebody who may read it: who acted, and texts that were taken back. */
export interface StaffLog {
	/** Events in ascending order. Throws `LogUnavailable`. */
	read(range: Omit<ReadRange, "log">): Promise<readonly StaffEvent[]>;
	/** Hears what is behind `after`, or all from now on; null where the room does not exist. Throws `LogUnavailable`. */
	subscribe(options: Pick<SubscribeOptions, "after">, listener: (events: readonly StaffEvent[]) => void): Promise<Subscription | null>;
}

/**
 * The only way to a room's staff log: for those who run the room, and null for everybody else. `actor` is somebody with the roles they have in
 * this room; whoever loses them is to be asked about anew.
 */
export function staffLog(log: RoomLog, room: string, actor: User): StaffLog | null {
	if (!mayModerate(actor)) return null;
	return {
		read: async (range) => (await log.read(room, { ...range, log: "staff" })).map(parsed),
		subscribe: (options, listener) => log.subscribe(room, { ...options, log: "staff" }, (entries) => listener(entries.map(parsed))),
	};
}

function parsed({ json }: Entry): StaffEvent {
	return JSON.parse(json) as StaffEvent;
}
