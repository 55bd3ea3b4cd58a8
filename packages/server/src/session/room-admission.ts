import { RoomId, type User } from "@hubbub/protocol/fields.ts";
import type { Code } from "@hubbub/protocol/wire/codes.ts";
import * as v from "valibot";
import type { RoomHost } from "../host/room-host.ts";
import type { RoomTable } from "../host/room-table.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { AddressLimits } from "./address-limits.ts";
import { actorIn, type Principal } from "./authenticate.ts";

export type Admitted =
	| { readonly ok: true; readonly host: RoomHost; readonly actor: User }
	| { readonly ok: false; readonly code: Code; readonly detail?: string; readonly retryAfterMs?: number };

/** The door of every room, for every transport: whether it exists or may be made, and whether this person may come in. */
export class RoomAdmission {
	readonly #rooms: RoomTable;
	readonly #autoCreate: boolean;
	readonly #addressLimits: AddressLimits;

	constructor(options: { rooms: RoomTable; addressLimits: AddressLimits; autoCreate: boolean }) {
		this.#rooms = options.rooms;
		this.#addressLimits = options.addressLimits;
		this.#autoCreate = options.autoCreate;
	}

	/**
	 * Answers the room's host and who this is there, or `room_not_found`, `guests_not_allowed`, `overloaded`, `unavailable`, or `rate_limited` where one address
	 * makes too many rooms (SPEC ROOM-2, ROOM-3). An operator may make any room. Never throws.
	 */
	async enter(room: string, principal: Principal, address: string, options: { make: boolean } = { make: true }): Promise<Admitted> {
		let host = await this.#rooms.get(room, { create: false });
		const mayMake = options.make && (principal.kind === "operator" || this.#autoCreate);
		if (host === "room_not_found" && mayMake) {
			// A crowd that comes at once makes one room: whoever is first pays for it.
			const isFree = principal.kind === "operator" || this.#rooms.has(room);
			const waitMs = isFree ? 0 : this.#addressLimits.take("make-room", address);
			if (waitMs > 0) return { ok: false, code: "rate_limited", detail: "Too many new rooms from this address.", retryAfterMs: waitMs };
			host = await this.#rooms.get(room, { create: true });
		}
		if (typeof host === "string")
			return { ok: false, code: host, ...(host !== "room_not_found" && { retryAfterMs: serverLimits.retrySoonMs }) };
		const actor = actorIn(principal, room);
		const barred = host.barred(actor);
		return barred ? { ok: false, ...barred } : { ok: true, host, actor };
	}

	/** Whether the room exists or would be made by joining; for addresses that name one. Never throws. */
	async exists(room: string): Promise<boolean> {
		if (!v.is(RoomId, room)) return false;
		if (this.#autoCreate || this.#rooms.has(room)) return true;
		return (await this.#rooms.get(room, { create: false })) !== "room_not_found";
	}
}
