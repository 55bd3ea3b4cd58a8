import type { Role, User } from "@hubbub/protocol/event.ts";
import type { Entry, RoomLog } from "../src/engine/log.ts";
import { openMemoryEngine } from "../src/engine/memory/memory-engine.ts";
import { CatchUp } from "../src/host/catch-up.ts";
import type { View } from "../src/host/channel.ts";
import type { Outcome } from "../src/host/outcome.ts";
import type { HostServices, RoomHost } from "../src/host/room-host.ts";
import { RoomTable } from "../src/host/room-table.ts";
import { silentLogger } from "../src/runtime/log.ts";
import { createMetrics } from "../src/runtime/metrics.ts";
import { systemRandom } from "../src/runtime/random.ts";
import { FakeClock } from "./fake-clock.ts";

export interface LiveRooms {
	readonly clock: FakeClock;
	readonly log: FaultyLog;
	readonly services: HostServices;
	readonly rooms: RoomTable;
	/** The live room of that name, made where it is not there. */
	room(name?: string): Promise<RoomHost>;
}

/** Rooms on an engine in memory under a fake clock. */
export function makeRooms(options: Partial<Pick<HostServices, "rate" | "deliveryBudget">> = {}): LiveRooms {
	const clock = new FakeClock();
	const log = new FaultyLog(openMemoryEngine({ random: systemRandom }).log);
	const metrics = createMetrics();
	const services = {
		log,
		clock,
		random: systemRandom,
		logger: silentLogger,
		metrics,
		catchUp: new CatchUp(clock),
		rate: null,
		deliveryBudget: 0,
		...options,
	};
	const rooms = new RoomTable(services);
	return {
		...{ clock, log, services, rooms },
		async room(name = "lobby") {
			const host = await rooms.get(name, { create: true });
			if (typeof host === "string") throw new Error(host);
			return host;
		},
	};
}

/** A log whose disk a test can break or slow down, and whose followers can be made to miss things. */
export class FaultyLog implements RoomLog {
	readonly #log: RoomLog;
	/** What the next calls do instead. */
	appends: "work" | "fail" = "work";
	reads: "work" | "fail" = "work";
	followers: "hear" | "miss" = "hear";
	/** Reads wait for this. */
	gate: Promise<void> | null = null;
	readonly counts = { append: 0, read: 0, find: 0 };

	constructor(log: RoomLog) {
		this.#log = log;
	}

	async open(room: string, options: { create: boolean }) {
		this.#assertReadable();
		return this.#log.open(room, options);
	}

	async append(...[room, entry]: Parameters<RoomLog["append"]>): ReturnType<RoomLog["append"]> {
		this.counts.append++;
		if (this.appends === "fail") return { outcome: "failed", reason: "unavailable", detail: "The disk is full." };
		return this.#log.append(room, entry);
	}

	async read(...[room, range]: Parameters<RoomLog["read"]>) {
		this.counts.read++;
		if (this.gate) await this.gate;
		this.#assertReadable();
		return this.#log.read(room, range);
	}

	async find(...[room, by]: Parameters<RoomLog["find"]>) {
		this.counts.find++;
		this.#assertReadable();
		return this.#log.find(room, by);
	}

	follow(listener: (room: string, entries: readonly Entry[]) => void) {
		return this.#log.follow((room, entries) => {
			if (this.followers === "hear") listener(room, entries);
		});
	}

	#assertReadable(): void {
		if (this.reads === "fail") throw new Error("The disk does not answer.");
	}
}

export function person(id: string, ...roles: Role[]): User {
	return { id, name: id, roles: roles.length > 0 ? roles : ["guest"] };
}

let keys = 0;

/** Says something; with a key of its own where none is given. */
export function say(host: RoomHost, who: string | User, text: string, key = `key ${keys++}`): Promise<Outcome> {
	return host.submit({ kind: "say", actor: typeof who === "string" ? person(who) : who, key, text });
}

/** Follows a view of a room as a viewer does: the batches in order, from when it was let in. */
export function follow(host: RoomHost, codec: "json" | "deflate" | "text" = "json", view: View = "all") {
	const { window } = host.channel(view);
	let sequence = window.next;
	const payloads: string[] = [];
	const batches: { cursor: string; events: { offset: number; text?: string; kind: string }[]; ambient?: object }[] = [];
	const reader = {
		codec,
		isGuest: false,
		turnOut() {},
		wake() {
			for (let stretch = window.after(sequence); stretch; stretch = window.after(sequence)) {
				sequence = stretch.next;
				const payload = stretch.payload(codec);
				if (payload?.kind !== "text") continue;
				payloads.push(payload.data);
				if (codec === "json") batches.push(JSON.parse(payload.data));
			}
		},
	};
	host.admit(reader, view);
	return { payloads, batches, leave: () => host.release(reader, view), events: () => batches.flatMap((batch) => batch.events) };
}
