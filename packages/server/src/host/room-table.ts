import type { Entry } from "../engine/log.ts";
import { serverLimits } from "../runtime/limits.ts";
import { type HostServices, RoomHost } from "./room-host.ts";

/** Why a room cannot be had. */
export type NoRoom = "room_not_found" | "overloaded" | "unavailable";

/** A room is being opened, with what its log committed in the meantime, or it is live. */
type Place =
	| { readonly phase: "opening"; readonly create: boolean; readonly opened: Promise<RoomHost | NoRoom>; readonly heard: Entry[] }
	| { readonly phase: "live"; readonly host: RoomHost };

/** The rooms that are live on this node. */
export class RoomTable {
	readonly #places = new Map<string, Place>();
	readonly #services: HostServices;
	readonly #unfollow: () => void;

	constructor(services: HostServices) {
		this.#services = services;
		this.#unfollow = services.log.follow((room, entries) => this.#onAppended(room, entries));
	}

	/** The live rooms. */
	*hosts(): Iterable<RoomHost> {
		for (const place of this.#places.values()) if (place.phase === "live") yield place.host;
	}

	get size(): number {
		return this.#places.size;
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
		// Whoever may make the room tries again after somebody who might not.
		if (place && options.create && !place.create)
			return place.opened.then((opened) => (opened === "room_not_found" ? this.get(room, options) : opened));
		if (place) return place.opened;
		if (this.#places.size >= serverLimits.roomsLiveMax) return Promise.resolve("overloaded");
		const heard: Entry[] = [];
		const opened = this.#open(room, options.create, heard);
		this.#places.set(room, { phase: "opening", create: options.create, opened, heard });
		return opened;
	}

	async #open(room: string, create: boolean, heard: Entry[]): Promise<RoomHost | NoRoom> {
		const { log, logger, metrics } = this.#services;
		try {
			const head = await log.open(room, { create });
			if (!head) {
				this.#places.delete(room);
				return "room_not_found";
			}
			const host = await RoomHost.open(room, head, this.#services);
			this.#places.set(room, { phase: "live", host });
			metrics.rooms.set(this.#places.size);
			host.onAppended(heard);
			return host;
		} catch (fault) {
			logger.error({ room, fault: String(fault) }, "a room could not be opened");
			this.#places.delete(room);
			return "unavailable";
		}
	}

	#onAppended(room: string, entries: readonly Entry[]): void {
		const place = this.#places.get(room);
		if (place?.phase === "live") place.host.onAppended(entries);
		else if (place) place.heard.push(...entries);
	}

	/** Puts away rooms nobody has been in for a minute, and what the others need not remember. */
	sweep(): void {
		for (const [room, place] of this.#places) {
			if (place.phase !== "live") continue;
			if (place.host.idleMs() > serverLimits.roomIdleMs) this.#places.delete(room);
			else place.host.tidy();
		}
		this.#services.metrics.rooms.set(this.#places.size);
	}

	close(): void {
		this.#unfollow();
		this.#places.clear();
	}
}
