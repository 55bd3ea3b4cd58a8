import type { Database } from "bun:sqlite";
import { ROW_COLUMNS } from "./row.ts";

export type Statements = ReturnType<typeof prepareStatements>;

/** Everything the writer says to its database, prepared once. `finalize` lets go of them all. */
export function prepareStatements(database: Database) {
	const statements = {
		begin: database.prepare("BEGIN IMMEDIATE"),
		commit: database.prepare("COMMIT"),
		rollback: database.prepare("ROLLBACK"),
		savepoint: database.prepare("SAVEPOINT operation"),
		release: database.prepare("RELEASE operation"),
		rollbackTo: database.prepare("ROLLBACK TO operation"),
		count: database.prepare("UPDATE history SET committed = ?"),
		room: database.prepare("SELECT room_id, epoch FROM rooms WHERE name = ?"),
		createRoom: database.prepare("INSERT INTO rooms (name, epoch) VALUES (?, ?)"),
		last: database.prepare("SELECT offset, at FROM entries WHERE room_id = ? AND log = ? ORDER BY offset DESC LIMIT 1"),
		insert: database.prepare(`INSERT INTO entries (${ROW_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ${unlessKeyIsUsed}`),
		/** The same of what nearly every entry is: public, and no state. */
		insertPlain: database.prepare(`INSERT INTO entries (${ROW_COLUMNS}) VALUES (?, 0, ?, ?, ?, ?, ?, ?, NULL, 0, ?, ?) ${unlessKeyIsUsed}`),
		byId: database.prepare(`SELECT ${ROW_COLUMNS} FROM entries WHERE room_id = ? AND log = ? AND id = ?`),
		byKey: database.prepare(`SELECT ${ROW_COLUMNS} FROM entries WHERE room_id = ? AND log = ? AND author = ? AND key = ?`),
		rewrite: database.prepare("UPDATE entries SET body = ?, sum = ? WHERE room_id = ? AND log = ? AND offset = ?"),
		removed: database.prepare(
			`SELECT ${ROW_COLUMNS} FROM entries INDEXED BY entries_of_removed WHERE removed = 1 AND at < ? ORDER BY at LIMIT ?`,
		),
		wipe: database.prepare("UPDATE entries SET removed = 0, body = ?, sum = ? WHERE room_id = ? AND log = ? AND offset = ?"),
		holds: database.prepare("SELECT max(offset) FROM entries INDEXED BY entries_of_state WHERE room_id = ? AND log = 0 AND state_key = ?"),
		put: database.prepare("INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"),
		replace: database.prepare("INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"),
		get: database.prepare("SELECT value FROM facts WHERE name = ?"),
	};
	function finalize(): void {
		for (const statement of Object.values(statements)) statement.finalize();
	}
	return { ...statements, finalize };
}

const unlessKeyIsUsed = "ON CONFLICT (room_id, log, author, key) WHERE key IS NOT NULL DO NOTHING";
