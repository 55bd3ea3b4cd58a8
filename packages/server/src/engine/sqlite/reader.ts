import type { Database } from "bun:sqlite";
import type { ReadRange } from "../log.ts";
import { openForReading } from "./database.ts";
import type { Row } from "./messages.ts";
import { DamagedRow, ROW_COLUMNS, type RowValues, rowOf } from "./row.ts";

/** Answers reads from a connection of its own, so that a cold page of history never holds up a commit. Lives in a storage thread. */
export class Reader {
	readonly #database: Database;

	constructor(file: string) {
		this.#database = openForReading(file);
	}

	/** Rows of a range, ascending (see `ReadRange`). Throws `DamagedRow` where the database holds others than were written. */
	read(room: string, range: ReadRange): Row[] {
		// One snapshot for the room's end and its rows, so that the two can be compared.
		this.#database.run("BEGIN");
		try {
			const roomId = this.#roomId(room);
			if (roomId === null || range.limit === 0) return [];
			return range.controlOnly ? this.#controls(roomId, range) : this.#whole(roomId, range);
		} finally {
			if (this.#database.inTransaction) this.#database.run("COMMIT");
		}
	}

	/** The one row, or none. */
	find(room: string, by: { author: string; key: string } | { id: string }): Row[] {
		const roomId = this.#roomId(room);
		if (roomId === null) return [];
		const [sql, ...values] = "id" in by ? [BY_ID, by.id] : [BY_KEY, by.author, by.key];
		const [found] = this.#database.query(sql).values(roomId, ...values) as RowValues[];
		if (!found) return [];
		const fits = "id" in by ? found[2] === by.id : found[4] === by.author && found[5] === by.key;
		if (!fits) throw new DamagedRow("An index on disk leads to another entry.");
		return [rowOf(found)];
	}

	get(name: string): string | null {
		return (this.#database.query("SELECT value FROM facts WHERE name = ?").values(name)[0]?.[0] as string | undefined) ?? null;
	}

	close(): void {
		this.#database.close();
	}

	#whole(roomId: number, range: ReadRange): Row[] {
		const head = (this.#database.query("SELECT offset FROM events WHERE room_id = ? ORDER BY offset DESC LIMIT 1").values(roomId)[0]?.[0] ??
			0) as number;
		const { first, last } = expected(range, head);
		if (last < first) return [];
		const rows = this.#database
			.query(`SELECT ${ROW_COLUMNS} FROM events WHERE room_id = ? AND offset BETWEEN ? AND ? ORDER BY offset`)
			.values(roomId, first, last)
			.map((row) => rowOf(row as RowValues));
		// Offsets have no holes, so a page with a hole in it comes from a damaged tree.
		if (rows.length !== last - first + 1 || rows.some((row, index) => row.offset !== first + index))
			throw new DamagedRow(`Entries between the offsets ${first} and ${last} are missing on disk.`);
		return rows;
	}

	#controls(roomId: number, range: ReadRange): Row[] {
		const from = (range.after ?? 0) + 1;
		const to = (range.before ?? Number.MAX_SAFE_INTEGER) - 1;
		const direction = range.after === undefined ? "DESC" : "ASC";
		const rows = this.#database
			.query(
				`SELECT ${ROW_COLUMNS} FROM events INDEXED BY events_of_control
				WHERE room_id = ? AND control = 1 AND offset BETWEEN ? AND ? ORDER BY offset ${direction} LIMIT ?`,
			)
			.values(roomId, from, to, range.limit)
			.map((row) => rowOf(row as RowValues));
		return range.after === undefined ? rows.reverse() : rows;
	}

	#roomId(name: string): number | null {
		return (this.#database.query("SELECT room_id FROM rooms WHERE name = ?").values(name)[0]?.[0] as number | undefined) ?? null;
	}
}

const BY_ID = `SELECT ${ROW_COLUMNS} FROM events WHERE room_id = ? AND id = ?`;
const BY_KEY = `SELECT ${ROW_COLUMNS} FROM events WHERE room_id = ? AND author = ? AND key = ?`;

/** First and last offset a range answers, in a log that ends at `head`. */
function expected(range: ReadRange, head: number): { first: number; last: number } {
	const through = Math.min(head, (range.before ?? head + 1) - 1);
	if (range.after === undefined) return { first: Math.max(1, through - range.limit + 1), last: through };
	const first = Math.max(1, range.after + 1);
	return { first, last: Math.min(through, first + range.limit - 1) };
}
