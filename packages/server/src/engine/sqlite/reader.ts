import type { Database } from "bun:sqlite";
import type { EntryName, LogName, ReadRange } from "../log.ts";
import { openForReading } from "./database.ts";
import type { Row } from "./messages.ts";
import { DamagedRow, numberOf, ROW_COLUMNS, type RowValues, rowOf } from "./row.ts";

/** Answers reads from a connection of its own, so that a cold page of history never holds up a commit. Lives in a storage thread. */
export class Reader {
	readonly #database: Database;

	constructor(file: string) {
		this.#database = openForReading(file);
	}

	/** Rows of a range, ascending (see `ReadRange`). Throws `DamagedRow` where the database holds others than were written. */
	read(room: string, range: ReadRange): Row[] {
		return this.#inOneSnapshot(() => {
			const log = this.#log(room, range.log);
			if (log === null || range.limit === 0) return [];
			const { first, last } = this.#expected(log, range);
			if (last < first) return [];
			const rows = this.#database
				.query(`SELECT ${ROW_COLUMNS} FROM entries WHERE room_id = ? AND log = ? AND offset BETWEEN ? AND ? ORDER BY offset`)
				.values(...log, first, last)
				.map((row) => rowOf(row as RowValues));
			// Offsets have no holes, so a page with a hole in it comes from a damaged tree.
			if (rows.length !== last - first + 1 || rows.some((row, index) => row.offset !== first + index))
				throw new DamagedRow(`Entries between the offsets ${first} and ${last} are missing on disk.`);
			return rows;
		});
	}

	/** The latest row of each state key, ascending. Throws `DamagedRow`. */
	state(room: string, name: LogName): Row[] {
		return this.#inOneSnapshot(() => {
			const log = this.#log(room, name);
			if (log === null) return [];
			const held = this.#database.query(LATEST_OF_EACH).values(...log) as [key: string, offset: number][];
			const rows = held.map(([key, offset]) => {
				const row = this.#at(log, offset);
				if (row.stateKey !== key) throw new DamagedRow("An index on disk leads to another entry.");
				return row;
			});
			return rows.sort((one, other) => one.offset - other.offset);
		});
	}

	/** The one row, or none. */
	find(room: string, by: EntryName): Row[] {
		const log = this.#log(room, by.log);
		if (log === null) return [];
		const [sql, ...values] = "id" in by ? [BY_ID, by.id] : [BY_KEY, by.author, by.key];
		const [found] = this.#database.query(sql).values(...log, ...values) as RowValues[];
		if (!found) return [];
		const fits = "id" in by ? found[4] === by.id : found[6] === by.author && found[7] === by.key;
		if (!fits) throw new DamagedRow("An index on disk leads to another entry.");
		return [rowOf(found)];
	}

	get(name: string): string | null {
		return (this.#database.query("SELECT value FROM facts WHERE name = ?").values(name)[0]?.[0] as string | undefined) ?? null;
	}

	/** Ids of rooms behind `after`, ascending. They are ASCII, so that SQLite and JavaScript order them alike. */
	rooms(after: string, limit: number): string[] {
		const rows = this.#database.query("SELECT name FROM rooms WHERE name > ? ORDER BY name LIMIT ?").values(after, limit);
		return rows.map(([name]) => name as string);
	}

	close(): void {
		this.#database.close();
	}

	/** One snapshot for a log's end and its rows, so that the two can be compared. */
	#inOneSnapshot(read: () => Row[]): Row[] {
		this.#database.run("BEGIN");
		try {
			return read();
		} finally {
			if (this.#database.inTransaction) this.#database.run("COMMIT");
		}
	}

	/** First and last offset a range answers. */
	#expected(log: LogKey, range: ReadRange): { first: number; last: number } {
		const head = (this.#database.query(LAST).values(...log)[0]?.[0] ?? 0) as number;
		const through = Math.min(head, (range.before ?? head + 1) - 1);
		if (range.after === undefined && range.since === undefined) return { first: Math.max(1, through - range.limit + 1), last: through };
		const since = range.since === undefined ? 1 : this.#firstSince(log, range.since, head);
		const first = Math.max(since, (range.after ?? 0) + 1);
		return { first, last: Math.min(through, first + range.limit - 1) };
	}

	/** The first offset whose time is `since` or later, found by halving: times never go back. */
	#firstSince(log: LogKey, since: number, head: number): number {
		let low = 1;
		let high = head + 1;
		while (low < high) {
			const middle = Math.floor((low + high) / 2);
			if (this.#at(log, middle).at < since) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	#at(log: LogKey, offset: number): Row {
		const [row] = this.#database.query(BY_OFFSET).values(...log, offset) as RowValues[];
		if (!row) throw new DamagedRow(`The entry at offset ${offset} is missing on disk.`);
		return rowOf(row);
	}

	#log(room: string, log: LogName | undefined): LogKey | null {
		const [row] = this.#database.query("SELECT room_id FROM rooms WHERE name = ?").values(room) as [number][];
		return row ? [row[0], numberOf(log)] : null;
	}
}

/** The columns that tell one log's rows from another's. */
type LogKey = readonly [roomId: number, log: number];

const LAST = "SELECT offset FROM entries WHERE room_id = ? AND log = ? ORDER BY offset DESC LIMIT 1";
const BY_OFFSET = `SELECT ${ROW_COLUMNS} FROM entries WHERE room_id = ? AND log = ? AND offset = ?`;
const BY_ID = `SELECT ${ROW_COLUMNS} FROM entries WHERE room_id = ? AND log = ? AND id = ?`;
const BY_KEY = `SELECT ${ROW_COLUMNS} FROM entries WHERE room_id = ? AND log = ? AND author = ? AND key = ?`;
/** Two seeks a key, however many entries say something of it. */
const LATEST_OF_EACH = `
	WITH RECURSIVE keys (key) AS (
		SELECT min(state_key) FROM entries INDEXED BY entries_of_state WHERE room_id = ?1 AND log = ?2 AND state_key IS NOT NULL
		UNION ALL
		SELECT (
			SELECT min(state_key) FROM entries INDEXED BY entries_of_state WHERE room_id = ?1 AND log = ?2 AND state_key > keys.key
		) FROM keys WHERE key IS NOT NULL
	)
	SELECT key, (SELECT max(offset) FROM entries INDEXED BY entries_of_state WHERE room_id = ?1 AND log = ?2 AND state_key = keys.key)
	FROM keys WHERE key IS NOT NULL`;
