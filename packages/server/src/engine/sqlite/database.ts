import { Database } from "bun:sqlite";
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { engineLimits } from "../limits.ts";
import { makePrivate } from "./data-folder.ts";
import { migrate, objectionTo } from "./schema.ts";

/** The file cannot be used as it is. `message` is one sentence that names it. */
export class Refused extends Error {
	override name = "Refused";
}

/** Older write-ahead logging could corrupt a database when two connections checkpointed at once. */
const VERSION_MIN = "3.51.3";

/**
 * Opens the database for the one thread that writes, brings its tables up to date and checks it. It is made where it does not exist, but
 * not in place of one that was there a moment ago. Throws `Refused`.
 */
export function openForWriting(file: string, opening: "first" | "again"): Database {
	return refusing(file, () => {
		if (opening === "first") makePrivate(file);
		const database = new Database(file, { readwrite: true, create: opening === "first", strict: true });
		try {
			const version = String(database.query("SELECT sqlite_version()").values()[0]?.[0]);
			if (Bun.semver.order(version, VERSION_MIN) < 0) throw new Refused(`SQLite ${version} is too old: ${VERSION_MIN} is needed.`);
			const objection = objectionTo(database);
			if (objection) throw new Refused(`The file ${file} ${objection}.`);
			for (const pragma of [...pragmas, ...writerPragmas]) database.run(`PRAGMA ${pragma}`);
			const journal = database.query("PRAGMA journal_mode").values()[0]?.[0];
			if (journal !== "wal") throw new Refused(`The file ${file} cannot have a write-ahead log where it is.`);
			check(database, file);
			migrate(database);
			return database;
		} catch (error) {
			database.close();
			throw error;
		}
	});
}

/** Opens the database for one who only reads; the writer has it open already. Throws `Refused`. */
export function openForReading(file: string): Database {
	return refusing(file, () => {
		const database = new Database(file, { readwrite: true, strict: true });
		for (const pragma of [...pragmas, ...readerPragmas]) database.run(`PRAGMA ${pragma}`);
		return database;
	});
}

/**
 * Takes the folder for this server alone, until the connection is closed or the process ends, however it ends. The lock is that of an
 * empty database of its own, since an exclusive lock on the real one would keep our reader out too. Throws `Refused`.
 */
export function takeLock(file: string): Database {
	return refusing(file, () => {
		makePrivate(file);
		const lock = new Database(file, { create: true });
		try {
			lock.run(`PRAGMA busy_timeout = ${engineLimits.lockWaitMs}`);
			// Nothing is ever written: no journal beside it.
			lock.run("PRAGMA journal_mode = MEMORY");
			lock.run("BEGIN EXCLUSIVE");
			return lock;
		} catch (error) {
			lock.close();
			if (codeOf(error).startsWith("SQLITE_BUSY")) throw new Refused(`The data folder ${dirname(file)} is in use by another Hubbub.`);
			throw error;
		}
	});
}

const pragmas = [
	"busy_timeout = 5000",
	"temp_store = MEMORY",
	"trusted_schema = OFF",
	"cell_size_check = ON",
	// 4 MiB: a larger cache only grows with the archive, and the system keeps one of its own.
	"cache_size = -4096",
];
const writerPragmas = [
	"journal_mode = WAL",
	"synchronous = FULL",
	"foreign_keys = ON",
	// What a redaction takes out is overwritten with zeros in the file.
	"secure_delete = ON",
	// The writer folds the log itself, when nobody waits: so that whatever else changes the database is somebody else.
	"wal_autocheckpoint = 0",
	"journal_size_limit = 67108864",
];
const readerPragmas = ["query_only = ON"];

/**
 * Whether the database is whole, and the one of this opening, by a look through a connection of its own, whose cache knows nothing yet. A
 * large one cannot be looked through while people wait: it is not.
 */
export function isWhole(file: string, expected: { generation: string; committed: number }): boolean {
	if (statSync(file).size > engineLimits.checkOnOpenBytesMax) return false;
	try {
		const database = openForReading(file);
		try {
			const [generation, committed] = database.query("SELECT generation, committed FROM history").values()[0] ?? [];
			if (generation !== expected.generation || committed !== expected.committed) return false;
			// An older copy may be whole, and what is in the log on top of it fit: then it is entries that are missing.
			const [entries] = database.query("SELECT count(*) FROM entries").values()[0] ?? [];
			return entries === committed && database.query("PRAGMA integrity_check(1)").values()[0]?.[0] === "ok";
		} finally {
			database.close();
		}
	} catch {
		return false;
	}
}

/** A small file is checked through; for a large one that would take minutes, so its rows are checked as they are read. */
function check(database: Database, file: string): void {
	if (statSync(file).size > engineLimits.checkOnOpenBytesMax) return;
	const found = database.query("PRAGMA integrity_check(1)").values()[0]?.[0];
	if (found !== "ok") throw new Refused(damaged(file));
}

/** Runs a step of opening; whatever it throws becomes a `Refused` that names the file. */
export function refusing<T>(file: string, open: () => T): T {
	try {
		return open();
	} catch (error) {
		if (error instanceof Refused) throw error;
		throw new Refused(openingFault(file, codeOf(error), error));
	}
}

function openingFault(file: string, code: string, error: unknown): string {
	if (code === "SQLITE_NOTADB") return `The file ${file} is not a database.`;
	if (code.startsWith("SQLITE_CORRUPT")) return damaged(file);
	if (code.startsWith("SQLITE_CANTOPEN")) return `The file ${file} cannot be opened.`;
	if (code.startsWith("SQLITE_READONLY") || code === "SQLITE_PERM" || code === "EACCES" || code === "EROFS")
		return `The file ${file} cannot be written.`;
	if (code.startsWith("SQLITE_BUSY")) return `The file ${file} is held open by another program.`;
	if (code === "SQLITE_FULL" || code === "ENOSPC") return `The file ${file} cannot be opened: the disk is full.`;
	return `The file ${file} cannot be opened (${code || (error instanceof Error ? error.message : String(error))}).`;
}

function damaged(file: string): string {
	return `The file ${file} is damaged; put a copy of it back, or move it away to start empty.`;
}

/** What a fault while serving is called in an answer: one sentence without paths or texts. */
export function servingFault(error: unknown): string {
	const code = codeOf(error);
	if (code === "SQLITE_FULL" || code === "ENOSPC") return "The disk is full.";
	if (code === "EDQUOT") return "The disk's quota is used up.";
	if (code.startsWith("SQLITE_IOERR")) return `The disk is failing (${code}).`;
	if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB") return "The database is damaged.";
	if (code) return `The database cannot answer (${code}).`;
	return error instanceof Error ? error.message : String(error);
}

/** SQLite's or the system's name of an error, "" where it has none. */
export function codeOf(error: unknown): string {
	return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : "";
}
