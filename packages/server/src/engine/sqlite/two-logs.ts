import type { Database } from "bun:sqlite";

/**
 * The second step of the tables: each room gets a staff log beside its public one, entries a time of their own and a key of the state they
 * say. Who acted leaves the public log and stands in the staff log; an event of settings says them all. Written for the tables and events
 * as they were: a later change of either is a step of its own.
 */
export function intoTwoLogs(database: Database): void {
	database.run(tables);
	const rooms = database.query("SELECT room_id FROM rooms ORDER BY room_id").values() as [number][];
	for (const [roomId] of rooms) new Mover(database, roomId).move();
	// Afterwards: sorting once is several times as fast as inserting here and there.
	database.run(indexes);
	database.run("UPDATE history SET committed = (SELECT count(*) FROM entries)");
	database.run("DROP TABLE events");
}

const tables = `
	-- One row an entry, kept in the order it is read. "log" is 0 for the public one, 1 for the staff's. "at" never goes back within a log.
	-- "removed" is 1 where the body holds a text that was taken back, until that is wiped. "sum" is rowSum() of all the others: see row.ts.
	CREATE TABLE entries (
		room_id INTEGER NOT NULL REFERENCES rooms,
		log INTEGER NOT NULL,
		offset INTEGER NOT NULL,
		at INTEGER NOT NULL,
		id TEXT NOT NULL,
		kind TEXT NOT NULL,
		author TEXT NOT NULL,
		key TEXT,
		state_key TEXT,
		removed INTEGER NOT NULL,
		body TEXT NOT NULL,
		sum INTEGER NOT NULL,
		PRIMARY KEY (room_id, log, offset)
	) STRICT, WITHOUT ROWID;
`;
const indexes = `
	CREATE UNIQUE INDEX entries_by_id ON entries (room_id, log, id);
	CREATE UNIQUE INDEX entries_by_key ON entries (room_id, log, author, key) WHERE key IS NOT NULL;
	CREATE INDEX entries_of_state ON entries (room_id, log, state_key, offset) WHERE state_key IS NOT NULL;
	CREATE INDEX entries_of_removed ON entries (at) WHERE removed = 1;
`;

type OldRow = [
	roomId: number,
	offset: number,
	id: string,
	kind: string,
	author: string,
	key: string | null,
	control: number,
	body: string,
	sum: number,
];

/** Entries read at once. */
const PAGE_ENTRIES = 1_000;
/** No sum is negative: what was damaged before stays damaged. */
const DAMAGED_SUM = -1;

/** Moves the entries of one room. */
class Mover {
	readonly #database: Database;
	readonly #roomId: number;
	/** Where its two logs end so far. */
	readonly #offsets = [0, 0];
	readonly #times = [0, 0];
	/** Every setting the room was given so far. */
	#settings: object = {};

	constructor(database: Database, roomId: number) {
		this.#database = database;
		this.#roomId = roomId;
	}

	move(): void {
		const page = this.#database.query(
			`SELECT room_id, offset, id, kind, author, key, control, body, sum FROM events
			WHERE room_id = ? AND offset > ? ORDER BY offset LIMIT ${PAGE_ENTRIES}`,
		);
		let after = -1;
		for (;;) {
			const rows = page.values(this.#roomId, after) as OldRow[];
			for (const row of rows) this.#moveOne(row);
			if (rows.length < PAGE_ENTRIES) return;
			after = rows.at(-1)![1];
		}
	}

	#moveOne(row: OldRow): void {
		const [, offset, id, kind, author, key, control, body, sum] = row;
		const stateKey = control === 1 ? kind : null;
		const event = sumOf(row.slice(0, 8)) === sum ? parsed(body) : null;
		if (event === null) {
			this.#add(0, { offset, id, kind, author, key, stateKey, body }, { isDamaged: true });
			return;
		}
		const { by, ...rest } = event;
		if (kind === "settings") this.#settings = { ...this.#settings, ...(rest.settings as object) };
		const told = kind === "settings" ? { ...rest, all: this.#settings } : rest;
		const isAsItWas = kind === "message" || (by === undefined && kind !== "settings");
		const fields = { offset, at: event.at, id, kind, author, key, stateKey };
		this.#add(0, { ...fields, body: isAsItWas ? body : JSON.stringify(told) });
		if (isAsItWas || by === undefined) return;
		this.#add(1, { ...fields, offset: this.#offsets[1]! + 1, key: null, stateKey: null, body });
	}

	#add(
		log: 0 | 1,
		entry: {
			offset: number;
			at?: unknown;
			id: string;
			kind: string;
			author: string;
			key: string | null;
			stateKey: string | null;
			body: string;
		},
		{ isDamaged }: { isDamaged: boolean } = { isDamaged: false },
	): void {
		const at = Math.max(this.#times[log]!, Number.isSafeInteger(entry.at) ? (entry.at as number) : 0);
		const { offset, id, kind, author, key, stateKey, body } = entry;
		this.#offsets[log] = offset;
		this.#times[log] = at;
		const values = [this.#roomId, log, offset, at, id, kind, author, key, stateKey, 0, body];
		this.#database
			.query("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
			.run(...values, isDamaged ? DAMAGED_SUM : sumOf(values));
	}
}

function parsed(body: string): Record<string, unknown> | null {
	try {
		return JSON.parse(body);
	} catch {
		return null;
	}
}

/** The sum of a row, as it is at this step. */
function sumOf(values: readonly (string | number | null)[]): number {
	return Bun.hash.crc32(values.join("\n"));
}
