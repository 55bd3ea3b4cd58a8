import type { Clock } from "../../runtime/clock.ts";
import type { LogName } from "../log.ts";
import { ask, type Client, type Connections } from "./connections.ts";
import { postgresLimits } from "./limits.ts";
import { type Behind, entriesBehind } from "./look-up.ts";
import { type GrownRoom, numberOf, type Unheard } from "./operations.ts";
import { numbers } from "./text.ts";

export interface TailOptions {
	readonly connections: Connections;
	/** The connection that hears hints; `listen` keeps it up. */
	readonly hearing: Client;
	/** The connection that gives them. */
	readonly hinting: Connections;
	readonly clock: Clock;
	/** Names this node among others. */
	readonly node: string;
	/** Gets what other nodes made, ascending, log by log. */
	readonly onEntries: (unheard: Unheard) => void;
	/** Hears of every look, with why it failed where it did. */
	readonly onLook: (fault: unknown) => void;
}

interface Followed {
	readonly roomId: number;
	/** Through where each log was heard; nothing where nobody hears it. */
	readonly heard: [number, number];
	readonly hearers: [number, number];
}

/** Of a log that nobody hears: nothing is beyond it. */
const DEAF = Number.MAX_SAFE_INTEGER;

/**
 * Hears what other nodes make. A NOTIFY says which rooms grew, as a hint: from a connection of its own, some milliseconds after the commit,
 * for many commits at once, since a NOTIFY within a transaction makes all commits of the server wait for each other. Behind it stands a look
 * at all rooms that are followed, twice a second, so a hint that is lost costs half a second and nothing else.
 */
export class Tail {
	readonly #options: TailOptions;
	readonly #rooms = new Map<string, Followed>();
	readonly #names = new Map<number, string>();
	#state: "open" | "closed" = "open";
	/** Rooms to look at next. */
	#wanted = new Set<string>();
	#wantsAll = false;
	#looking = false;
	#cancelLook: () => void = () => {};
	#cancelHint: (() => void) | null = null;
	#grown = new Map<number, readonly [number, number]>();
	#hinting = false;

	constructor(options: TailOptions) {
		this.#options = options;
	}

	/** Begins. Hints are heard once PostgreSQL lets us; until then there are the looks. */
	start(): void {
		const { hearing } = this.#options;
		// The driver listens again by itself whenever the connection was lost; what was hinted at meanwhile is looked for.
		hearing
			.listen(
				CHANNEL,
				(payload) => this.#onHint(payload),
				() => this.#wantAll(),
			)
			.catch(() => this.#listenLater());
		this.#lookAgain();
	}

	/** A log of a room is heard through `head` from now on. Returns how to stop. */
	follow(room: string, roomId: number, log: LogName, head: number): () => void {
		const followed = this.#rooms.get(room) ?? { roomId, heard: [DEAF, DEAF], hearers: [0, 0] };
		const index = numberOf(log);
		this.#rooms.set(room, followed);
		this.#names.set(roomId, room);
		if (followed.hearers[index]++ === 0) followed.heard[index] = head;
		// What was hinted at while nobody here heard the room.
		this.#want(room);
		return () => {
			if (--followed.hearers[index] > 0) return;
			followed.heard[index] = DEAF;
			if (followed.hearers[0] + followed.hearers[1] > 0 || this.#rooms.get(room) !== followed) return;
			this.#rooms.delete(room);
			this.#names.delete(roomId);
		};
	}

	/** Through where this node has heard a room's logs; null where nobody does. */
	heardOf(room: string): readonly [number, number] | null {
		return this.#rooms.get(room)?.heard ?? null;
	}

	/** Subscribers of a log were told of everything through `offset`. */
	told(room: string, log: LogName, offset: number): void {
		const followed = this.#rooms.get(room);
		const index = numberOf(log);
		if (followed && followed.hearers[index] > 0) followed.heard[index] = Math.max(followed.heard[index], offset);
	}

	/** Rooms that this node has added to: the others are told soon. */
	grew(rooms: readonly GrownRoom[]): void {
		for (const { roomId, heads } of rooms) this.#grown.set(roomId, heads);
		this.#hintSoon();
	}

	close(): void {
		this.#state = "closed";
		this.#cancelLook();
		this.#cancelHint?.();
	}

	#listenLater(): void {
		if (this.#state === "closed") return;
		this.#options.clock.after(postgresLimits.startPauseMs, () => {
			if (this.#state === "closed") return;
			this.#options.hearing
				.listen(
					CHANNEL,
					(payload) => this.#onHint(payload),
					() => this.#wantAll(),
				)
				.catch(() => this.#listenLater());
		});
	}

	#hintSoon(): void {
		if (this.#grown.size === 0 || this.#hinting || this.#cancelHint || this.#state === "closed") return;
		this.#cancelHint = this.#options.clock.after(postgresLimits.hintMs, () => {
			this.#cancelHint = null;
			void this.#hint();
		});
	}

	async #hint(): Promise<void> {
		const { hinting, node } = this.#options;
		const words = [...this.#grown].map(([roomId, [first, second]]) => `${roomId}:${first}:${second}`).join(",");
		this.#grown.clear();
		this.#hinting = true;
		const payload = `${node} ${words.length > postgresLimits.hintUnitsMax ? "*" : words}`;
		try {
			await hinting.run((client) => ask(client, "SELECT pg_notify($1, $2)", [CHANNEL, payload]));
		} catch {
			// A hint and no more: the others look by themselves.
		}
		this.#hinting = false;
		this.#hintSoon();
	}

	#onHint(payload: string): void {
		const [node, words = ""] = payload.split(" ");
		if (node === this.#options.node) return;
		if (words === "*") {
			this.#wantAll();
			return;
		}
		for (const word of words.split(",")) {
			const [roomId, first, second] = word.split(":").map(Number) as [number, number, number];
			const room = this.#names.get(roomId);
			const heard = room === undefined ? undefined : this.#rooms.get(room)?.heard;
			if (heard && (heard[0] < first || heard[1] < second)) this.#want(room!);
		}
	}

	#want(room: string): void {
		this.#wanted.add(room);
		void this.#look();
	}

	#wantAll(): void {
		this.#wantsAll = true;
		void this.#look();
	}

	#lookAgain(): void {
		this.#cancelLook = this.#options.clock.after(postgresLimits.lookMs, () => {
			this.#wantAll();
			this.#lookAgain();
		});
	}

	async #look(): Promise<void> {
		if (this.#looking || this.#state === "closed") return;
		this.#looking = true;
		// What the same turn wants goes along.
		await null;
		try {
			while (this.#state === "open" && (this.#wantsAll || this.#wanted.size > 0)) await this.#lookOnce();
			this.#options.onLook(null);
		} catch (fault) {
			if (this.#state === "open") this.#options.onLook(fault);
		} finally {
			this.#looking = false;
		}
	}

	async #lookOnce(): Promise<void> {
		const { connections, onEntries } = this.#options;
		const rooms = this.#wantsAll ? [...this.#rooms.keys()] : [...this.#wanted];
		const isAll = this.#wantsAll;
		this.#wantsAll = false;
		this.#wanted = new Set();
		const unheard = await connections.run(async (client) => {
			const asked = isAll ? await this.#grownOf(client, rooms) : this.#behind(rooms);
			return await entriesBehind(client, asked);
		});
		for (const each of unheard) {
			onEntries(each);
			if (each.entries.length === postgresLimits.lookEntriesMax) this.#wanted.add(each.room);
		}
	}

	/** The logs heard of some rooms, wherever they end. */
	#behind(rooms: readonly string[]): Behind[] {
		return rooms.flatMap((room) => {
			const followed = this.#rooms.get(room);
			if (!followed) return [];
			const { roomId, heard } = followed;
			return ([0, 1] as const).flatMap((log) => (heard[log] === DEAF ? [] : [{ room, roomId, log, after: heard[log], through: DEAF }]));
		});
	}

	/** Those that end behind what was heard of them, of many rooms; asked also where there are none, to see whether PostgreSQL answers. */
	async #grownOf(client: Client, rooms: readonly string[]): Promise<Behind[]> {
		const heard = rooms.map((room) => this.#rooms.get(room)!);
		const rows = await ask<{ room_id: number }>(client, GROWN, [
			numbers(heard.map(({ roomId }) => roomId)),
			numbers(heard.map((each) => each.heard[0])),
			numbers(heard.map((each) => each.heard[1])),
		]);
		return this.#behind(rows.flatMap(({ room_id }) => this.#names.get(room_id) ?? []));
	}
}

const CHANNEL = "hubbub";
const GROWN = `
	SELECT r.room_id FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS a (room_id, first, second)
	CROSS JOIN LATERAL (SELECT room_id, public_head, staff_head FROM hubbub.rooms WHERE room_id = a.room_id OFFSET 0) AS r
	WHERE r.public_head > a.first OR r.staff_head > a.second`;
