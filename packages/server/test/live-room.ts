import type { Role, User } from "@hubbub/protocol/fields.ts";
import { LocalPresence } from "../src/engine/local-presence.ts";
import type { RoomLog } from "../src/engine/log.ts";
import { openMemoryEngine } from "../src/engine/memory/memory-engine.ts";
import { CpuShare } from "../src/fanout/cpu-share.ts";
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

/** Rooms on an engine in memory, or on the `shared` log of others, under a fake clock. */
export function makeRooms(
	options: Partial<Pick<HostServices, "rate" | "deliveryBudget" | "removedDays">> & { shared?: RoomLog; clock?: FakeClock } = {},
): LiveRooms {
	const { shared, clock = new FakeClock(), ...settings } = options;
	const log = new FaultyLog(shared ?? openMemoryEngine({ random: systemRandom }).log);
	const metrics = createMetrics();
	const services = {
		log,
		presence: new LocalPresence(),
		clock,
		random: systemRandom,
		logger: silentLogger,
		metrics,
		catchUp: new CatchUp(clock),
		share: new CpuShare(0.6),
		rate: null,
		deliveryBudget: 0,
		removedDays: 30,
		...settings,
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

/** A log whose disk a test can break or slow down. */
export class FaultyLog implements RoomLog {
	readonly #log: RoomLog;
	/** What the next calls do instead. */
	appends: "work" | "fail" = "work";
	reads: "work" | "fail" = "work";
	/** `late`: subscribers hear nothing until `hearLate()`, as if another node had been slow to tell. */
	hearing: "at once" | "late" = "at once";
	readonly #late: (() => void)[] = [];
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

	async append(...call: Parameters<RoomLog["append"]>): ReturnType<RoomLog["append"]> {
		this.counts.append++;
		if (this.appends === "fail") return { outcome: "failed", reason: "unavailable", detail: "The disk is full." };
		return this.#log.append(...call);
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

	async wipe(...call: Parameters<RoomLog["wipe"]>) {
		this.#assertReadable();
		return this.#log.wipe(...call);
	}

	async state(...call: Parameters<RoomLog["state"]>) {
		this.counts.read++;
		if (this.gate) await this.gate;
		this.#assertReadable();
		return this.#log.state(...call);
	}

	async subscribe(...[room, options, listener]: Parameters<RoomLog["subscribe"]>) {
		this.#assertReadable();
		return this.#log.subscribe(room, options, (entries) => {
			if (this.hearing === "late") this.#late.push(() => listener(entries));
			else listener(entries);
		});
	}

	/** Subscribers hear what they did not, and everything at once from now on. */
	hearLate(): void {
		this.hearing = "at once";
		for (const tell of this.#late.splice(0)) tell();
	}

	#assertReadable(): void {
		if (this.reads === "fail") throw new Error("The disk does not answer.");
	}
}

export function person(id: string, ...roles: Role[]): User {
	return { id, name: id, roles: roles.length > 0 ? roles : ["guest"] };
}

let keys = 0;
let viewers = 0;

/** Says something; with a key of its own where none is given. */
export function say(host: RoomHost, who: string | User, text: string, key = `key ${keys++}`): Promise<Outcome> {
	return host.submit({ type: "say", actor: typeof who === "string" ? person(who) : who, key, text });
}

export interface FollowOptions {
	readonly codec?: "json" | "deflate" | "text";
	readonly view?: View;
	/** The viewer's id; one of their own where none is given. */
	readonly who?: string;
	/** Called for each frame written to it. */
	readonly written?: () => void;
}

/** Follows a view of a room as a viewer does: the batches in order, from when it was let in. */
export function follow(host: RoomHost, { codec = "json", view = "all", who = `viewer ${viewers++}`, written }: FollowOptions = {}) {
	const { window } = host.channel(view);
	let sequence = window.next;
	const payloads: string[] = [];
	const batches: { cursor: string; events: { offset: number; text?: string; kind: string }[]; ambient?: object }[] = [];
	const reader = {
		codec,
		actor: person(who, "member"),
		evict() {},
		wake() {
			for (let stretch = window.after(sequence); stretch; stretch = window.after(sequence)) {
				sequence = stretch.next;
				const payload = stretch.payload(codec);
				if (payload?.kind !== "text") continue;
				payloads.push(payload.data);
				written?.();
				if (codec === "json") batches.push(JSON.parse(payload.data));
			}
		},
	};
	host.admit(reader, view);
	return { payloads, batches, leave: () => host.release(reader, view), events: () => batches.flatMap((batch) => batch.events) };
}
