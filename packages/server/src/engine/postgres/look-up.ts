import { entryOf } from "../entry.ts";
import type { Entry } from "../log.ts";
import { ask, type Statements } from "./connections.ts";
import { postgresLimits } from "./limits.ts";
import { logNames, numberOf, type Operation, type Unheard } from "./operations.ts";
import { type Found, type Kept, type KeptKey, nameOf, type Room } from "./plan.ts";
import { given, numbers, stored, texts } from "./text.ts";

/** What a batch names. */
export interface Named {
	/** Rooms that something is added to: their rows are held. */
	readonly written: ReadonlySet<string>;
	/** Rooms that are only opened. */
	readonly opened: ReadonlySet<string>;
	readonly ids: readonly { readonly room: string; readonly log: 0 | 1; readonly id: string }[];
	readonly keys: readonly { readonly room: string; readonly log: 0 | 1; readonly author: string; readonly key: string }[];
	readonly expected: readonly { readonly room: string; readonly stateKey: string }[];
	readonly isWriting: boolean;
}

export function namedBy(operations: readonly Operation[]): Named {
	const written = new Set<string>();
	const opened = new Set<string>();
	const ids: Named["ids"][number][] = [];
	const keys: Named["keys"][number][] = [];
	const expected: Named["expected"][number][] = [];
	for (const operation of operations) {
		if (operation.kind === "open") opened.add(operation.room);
		if (operation.kind !== "append") continue;
		const { room } = operation;
		written.add(room);
		for (const { log: name, id, author, key, redacts = [] } of operation.entries) {
			const log = numberOf(name);
			for (const each of [id, ...redacts]) ids.push({ room, log, id: stored(each) });
			if (key !== null) keys.push({ room, log, author: stored(author), key: stored(key) });
		}
		for (const stateKey of Object.keys(operation.expect ?? {})) expected.push({ room, stateKey: stored(stateKey) });
	}
	for (const room of written) opened.delete(room);
	return { written, opened, ids, keys, expected, isWriting: written.size > 0 };
}

interface RoomRow {
	readonly room_id: number;
	readonly name: string;
	readonly epoch: string;
	readonly public_head: number;
	readonly public_at: number;
	readonly staff_head: number;
	readonly staff_at: number;
}

/** The rooms' rows; those that are written to are held until the transaction ends, taken in one order on every node. */
export async function roomsOf(client: Statements, { written, opened }: Named, made: ReadonlySet<string>): Promise<Map<string, Room>> {
	const [held, seen] = await Promise.all([
		written.size > 0 ? ask<RoomRow>(client, HELD_ROOMS, [texts([...written])]) : [],
		opened.size > 0 ? ask<RoomRow>(client, SEEN_ROOMS, [texts([...opened])]) : [],
	]);
	return new Map(
		[...held, ...seen].map(({ name, room_id: id, epoch, ...row }) => [
			name,
			{ id, epoch, heads: [row.public_head, row.staff_head], times: [row.public_at, row.staff_at], isThere: !made.has(name) },
		]),
	);
}

/** What the log holds of what is named, once the rooms are held; and what this node has not heard of them. */
export async function lookUp(
	transaction: Statements,
	named: Named,
	made: ReadonlySet<string>,
	heardOf: (room: string) => readonly [number, number] | null,
): Promise<{ found: Found; unheard: Unheard[]; before: Map<number, readonly [number, number]> }> {
	const rooms = await roomsOf(transaction, named, made);
	const before = new Map([...rooms.values()].map(({ id, heads: [first, second] }) => [id, [first, second] as const]));
	const [ids, keys, holds, unheard, period] = await Promise.all([
		idsOf(transaction, named, rooms),
		keysOf(transaction, named, rooms),
		holdsOf(transaction, named, rooms),
		unheardOf(transaction, rooms, heardOf),
		ask<{ period: number }>(transaction, "SELECT hubbub.this_period() AS period"),
	]);
	return { found: { rooms, ids, keys, holds, period: period[0]!.period }, unheard, before };
}

async function idsOf(transaction: Statements, { ids }: Named, rooms: ReadonlyMap<string, Room>): Promise<Map<string, Kept>> {
	const asked = ids.filter(({ room }) => rooms.has(room));
	if (asked.length === 0) return new Map();
	const rows = await ask<KeptRow>(transaction, BY_IDS, [
		numbers(asked.map(({ room }) => rooms.get(room)!.id)),
		numbers(asked.map(({ log }) => log)),
		texts(asked.map(({ id }) => id)),
	]);
	return new Map(rows.map((row) => [nameOf(row.room_id, row.log, given(row.id)), keptOf(row)]));
}

async function keysOf(transaction: Statements, { keys }: Named, rooms: ReadonlyMap<string, Room>): Promise<Map<string, KeptKey>> {
	const asked = keys.filter(({ room }) => rooms.has(room));
	if (asked.length === 0) return new Map();
	const rows = await ask<KeptKey & { room_id: number; log: number; author: string; key: string }>(transaction, BY_KEYS, [
		numbers(asked.map(({ room }) => rooms.get(room)!.id)),
		numbers(asked.map(({ log }) => log)),
		texts(asked.map(({ author }) => author)),
		texts(asked.map(({ key }) => key)),
	]);
	return new Map(rows.map((row) => [nameOf(row.room_id, row.log, given(row.author), given(row.key)), { ...row, id: given(row.id) }]));
}

async function holdsOf(transaction: Statements, { expected }: Named, rooms: ReadonlyMap<string, Room>): Promise<Map<string, number>> {
	const asked = expected.filter(({ room }) => rooms.has(room));
	if (asked.length === 0) return new Map();
	const rows = await ask<{ room_id: number; state_key: string; offset: number }>(transaction, HOLDS, [
		numbers(asked.map(({ room }) => rooms.get(room)!.id)),
		texts(asked.map(({ stateKey }) => stateKey)),
	]);
	return new Map(rows.map((row) => [nameOf(row.room_id, 0, given(row.state_key)), row.offset]));
}

async function unheardOf(
	transaction: Statements,
	rooms: ReadonlyMap<string, Room>,
	heardOf: (room: string) => readonly [number, number] | null,
): Promise<Unheard[]> {
	const asked: Behind[] = [];
	for (const [room, { id, heads }] of rooms) {
		const heard = heardOf(room);
		for (const log of [0, 1] as const)
			if (heard && heard[log] < heads[log]) asked.push({ room, roomId: id, log, after: heard[log], through: heads[log] });
	}
	return await entriesBehind(transaction, asked);
}

/** A log that somebody has heard through `after`. */
export interface Behind {
	readonly room: string;
	readonly roomId: number;
	readonly log: 0 | 1;
	readonly after: number;
	/** The last offset wanted. */
	readonly through: number;
}

/** The entries behind what was heard, log by log; of each the first thousand. */
export async function entriesBehind(client: Statements, asked: readonly Behind[]): Promise<Unheard[]> {
	if (asked.length === 0) return [];
	const rows = await ask<{ place: number; offset: number; id: string; body: string }>(client, BEHIND, [
		numbers(asked.map(({ roomId }) => roomId)),
		numbers(asked.map(({ log }) => log)),
		numbers(asked.map(({ after }) => after)),
		numbers(asked.map(({ through }) => through)),
		postgresLimits.lookEntriesMax,
	]);
	const entries = asked.map((): Entry[] => []);
	for (const { place, offset, id, body } of rows) entries[place - 1]?.push(entryOf(offset, given(id), body));
	return asked.flatMap(({ room, log }, index) => {
		const own = entries[index]!;
		return own.length > 0 ? [{ room, log: logNames[log]!, entries: own }] : [];
	});
}

export interface KeptRow {
	readonly room_id: number;
	readonly log: 0 | 1;
	readonly offset: number;
	readonly period: number;
	readonly at: number;
	readonly id: string;
	readonly kind: string;
	readonly author: string;
	readonly key: string | null;
	readonly state_key: string | null;
	readonly removed: number;
	readonly body: string;
}

export function keptOf({ room_id: roomId, state_key: stateKey, ...row }: KeptRow): Kept {
	const orNull = (column: string | null) => (column === null ? null : given(column));
	return { ...row, roomId, id: given(row.id), author: given(row.author), key: orNull(row.key), stateKey: orNull(stateKey) };
}

const ROOM = "room_id, name, epoch, public_head, public_at, staff_head, staff_at";
const SEEN_ROOMS = `SELECT ${ROOM} FROM hubbub.rooms WHERE name = ANY($1::text[])`;
const HELD_ROOMS = `SELECT ${ROOM} FROM hubbub.rooms WHERE name = ANY($1::text[]) ORDER BY room_id FOR NO KEY UPDATE`;
// Each lateral select is one seek for each that is asked for; OFFSET 0 keeps it so.
const BY_IDS = `
	SELECT e.* FROM unnest($1::bigint[], $2::smallint[], $3::text[]) AS a (room_id, log, id)
	CROSS JOIN LATERAL (
		SELECT room_id, log, "offset", period, at, id, kind, author, key, state_key, removed, body FROM hubbub.entries
		WHERE room_id = a.room_id AND log = a.log AND id = a.id OFFSET 0
	) AS e`;
const BY_KEYS = `
	SELECT k.*, e.body FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::text[]) AS a (room_id, log, author, key)
	CROSS JOIN LATERAL (
		SELECT room_id, log, author, key, "offset", period, at, id, kind, sum FROM hubbub.keys
		WHERE room_id = a.room_id AND log = a.log AND author = a.author AND key = a.key OFFSET 0
	) AS k
	LEFT JOIN LATERAL (
		SELECT body FROM hubbub.entries WHERE room_id = k.room_id AND log = k.log AND "offset" = k."offset" AND period = k.period OFFSET 0
	) AS e ON true`;
const HOLDS = `
	SELECT s.* FROM unnest($1::bigint[], $2::text[]) AS a (room_id, state_key)
	CROSS JOIN LATERAL (
		SELECT room_id, state_key, "offset" FROM hubbub.states WHERE room_id = a.room_id AND log = 0 AND state_key = a.state_key OFFSET 0
	) AS s`;
const BEHIND = `
	SELECT a.place::integer AS place, e."offset", e.id, e.body
	FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::bigint[]) WITH ORDINALITY AS a (room_id, log, after, through, place)
	CROSS JOIN LATERAL (
		SELECT "offset", id, body FROM hubbub.entries
		WHERE room_id = a.room_id AND log = a.log AND "offset" > a.after AND "offset" <= a.through ORDER BY "offset" LIMIT $5::integer
	) AS e ORDER BY a.place, e."offset"`;
