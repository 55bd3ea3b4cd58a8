import { serverLimits } from "../runtime/limits.ts";
import { type HostServices, RoomHost } from "./room-host.ts";

/** Why a room cannot be had. */
export type NoRoom = "room_not_found" | "overloaded" | "unavailable";

/** A room is being opened, or it is live. */
type Place =
	| { readonly phase: "opening"; readonly create: boolean; readonly opened: Promise<RoomHost | NoRoom> }
	| { readonly phase: "live"; readonly host: RoomHost };

/** The rooms that are live on this node. */
export class RoomTable {
	readonly #places = new Map<string, Place>();
	readonly #services: HostServices;

	constructor(services: HostServices) {
		this.#services = services;
	}

	/** The live rooms. */
	*hosts(): Iterable<RoomHost> {
		for (const place of this.#places.values()) if (place.phase === "live") yield place.host;
	}

	get size(): number {
		return this.#places.size;
	}

	/** People in a room now, on this node and on others. */
	viewersIn(room: string): number {
		return this.#services.presence.people(room);
	}

	/** Whether the room is live or being opened, so that asking for it makes nothing new. */
	has(room: string): boolean {
		return this.#places.has(room);
	}

	/** The room's host, opened where it was not live; made where it does not exist and `create` says so. Never throws. */
	get(room: string, options: { create: boolean }): Promise<RoomHost | NoRoom> {
		const place = this.#places.get(room);
		if (place?.phase === "live") {
			// Not swept away in the next minute; reads and commands on their way keep it longer.
			place.host.touch();
			return Promise.resolve(place.host);
		}
		// The room is being opened for somebody who may not make it. Who may make it waits, and tries again where there is none.
		if (place && options.create && !place.create)
			return place.opened.then((opened) => (opened === "room_not_found" ? this.get(room, options) : opened));
		if (place) return place.opened;
		if (this.#places.size >= serverLimits.roomsLiveMax) return Promise.resolve("overloaded");
		const opened = this.#open(room, options.create);
		this.#places.set(room, { phase: "opening", create: options.create, opened });
		return opened;
	}

	async #open(room: string, create: boolean): Promise<RoomHost | NoRoom> {
		const { logger, metrics } = this.#services;
		try {
			const host = await RoomHost.open(room, { create }, this.#services);
			if (!host) {
				this.#places.delete(room);
				return "room_not_found";
			}
			this.#places.set(room, { phase: "live", host });
			metrics.rooms.set(this.#places.size);
			return host;
		} catch (fault) {
			logger.error({ room, fault: String(fault) }, "a room could not be opened");
			this.#places.delete(room);
			return "unavailable";
		}
	}

	/** Puts away rooms nobody has been in for a while, and what the others need not remember; answers how many it put away. */
	sweep(): number {
		const before = this.#places.size;
		for (const [room, place] of this.#places) {
			if (place.phase !== "live") continue;
			if (place.host.idleMs() > serverLimits.roomIdleMs) {
				place.host.close();
				this.#places.delete(room);
			} else place.host.tidy();
		}
		this.#services.metrics.rooms.set(this.#places.size);
		return before - this.#places.size;
	}

	close(): void {
		for (const host of this.hosts()) host.close();
		this.#places.clear();
	}
}
