import type { Database } from "bun:sqlite";
import { dirname } from "node:path";
import { intoTwoLogs } from "./two-logs.ts";

/**
 * The steps from an empty file to today's tables. A step is never changed once released; a new one is added at the end, and
 * `user_version` counts those taken.
 */
const migrations: readonly (string | ((database: Database) => void))[] = [
	`
	CREATE TABLE rooms (
		room_id INTEGER PRIMARY KEY,
		name TEXT NOT NULL UNIQUE,
		epoch TEXT NOT NULL
	) STRICT;

	-- One row an entry, kept in the order it is read. "sum" is rowSum() of all the others: see row.ts.
	CREATE TABLE events (
		room_id INTEGER NOT NULL REFERENCES rooms,
		offset INTEGER NOT NULL,
		id TEXT NOT NULL,
		kind TEXT NOT NULL,
		author TEXT NOT NULL,
		key TEXT,
		control INTEGER NOT NULL,
		body TEXT NOT NULL,
		sum INTEGER NOT NULL,
		PRIMARY KEY (room_id, offset)
	) STRICT, WITHOUT ROWID;
	CREATE UNIQUE INDEX events_by_id ON events (room_id, id);
	CREATE UNIQUE INDEX events_by_key ON events (room_id, author, key) WHERE key IS NOT NULL;
	CREATE INDEX events_of_control ON events (room_id, offset) WHERE control = 1;

	CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

	-- What the mark beside the database is compared with: see history-mark.ts.
	CREATE TABLE history (
		one INTEGER PRIMARY KEY CHECK (one = 1),
		generation TEXT NOT NULL,
		committed INTEGER NOT NULL
	) STRICT;
	INSERT INTO history VALUES (1, '', 0);
	`,
	intoTwoLogs,
];

/** "Hubb" in ASCII: how `file` and we tell a Hubbub database from another's. */
const APPLICATION_ID = 0x48756262;

/** Why a database may not be touched, as the end of a sentence, or null. Changes nothing. */
export function objectionTo(database: Database): string | null {
	const tables = numberOf(database, "SELECT count(*) FROM sqlite_schema");
	if (tables > 0 && numberOf(database, "PRAGMA application_id") !== APPLICATION_ID) return "belongs to another program";
	if (numberOf(database, "PRAGMA user_version") > migrations.length) return "was written by a newer Hubbub";
	return null;
}

/** Brings a database to today's tables in one transaction. */
export function migrate(database: Database): void {
	const version = numberOf(database, "PRAGMA user_version");
	if (version === migrations.length) return;
	// What a step sorts lies beside the database: in memory it would take as much as the archive is long, and a container only has so much.
	const place = database.filename === ":memory:" ? "" : dirname(database.filename);
	database.run("PRAGMA temp_store = FILE");
	database.run(`PRAGMA temp_store_directory = '${place.replaceAll("'", "''")}'`);
	try {
		inOneStep(database, version);
	} finally {
		database.run("PRAGMA temp_store_directory = ''");
		database.run("PRAGMA temp_store = MEMORY");
	}
}

function inOneStep(database: Database, version: number): void {
	database.run("BEGIN IMMEDIATE");
	try {
		for (const step of migrations.slice(version)) {
			if (typeof step === "string") database.run(step);
			else step(database);
		}
		database.run(`PRAGMA user_version = ${migrations.length}`);
		database.run(`PRAGMA application_id = ${APPLICATION_ID}`);
		database.run("COMMIT");
	} catch (error) {
		if (database.inTransaction) database.run("ROLLBACK");
		throw error;
	}
}

function numberOf(database: Database, sql: string): number {
	return Number(database.query(sql).values()[0]?.[0]);
}
