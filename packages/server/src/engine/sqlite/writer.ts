import type { Database } from "bun:sqlite";
import { isObjectText, redactedBody } from "../entry.ts";
import { engineLimits } from "../limits.ts";
import { codeOf, openForWriting, refusing, servingFault, takeLock } from "./database.ts";
import { HistoryMark } from "./history-mark.ts";
import type { Append, Operation, Outcome, WriterOptions } from "./messages.ts";
import { DamagedRow, ROW_COLUMNS, type RowValues, rowOf, rowSum } from "./row.ts";

/** Carries out batches of writes, a transaction each. Lives in a storage thread and may block it. */
export class Writer {
	/** Whether the database was put back from a copy, so that its rooms have new epochs. */
	readonly restored: boolean;
	readonly #database: Database;
	readonly #lock: Database;
	readonly #mark: HistoryMark;
	readonly #statements: Statements;
	/** Where the rooms written lately end. Forgotten whenever a transaction is rolled back. */
	readonly #rooms = new Map<string, Room>();
	/** Whether the log beside the database still holds text that was taken back. */
	#traces: "none" | "left" = "none";

	/** Throws `Refused` where the folder is another server's or the database cannot be used. */
	constructor(options: WriterOptions) {
		const lock = takeLock(options.lockFile);
		const opened: Database[] = [lock];
		try {
			const database = openForWriting(options.file);
			opened.push(database);
			this.#lock = lock;
			this.#database = database;
			this.#mark = refusing(options.file, () => new HistoryMark({ ...options, database, next: options.generation }));
			this.#statements = refusing(options.file, () => prepare(database));
		} catch (error) {
			for (const database of opened) database.close();
			throw error;
		}
		this.restored = this.#mark.restored;
	}

	/**
	 * Carries out a batch in one transaction; when it returns, what it answers is on the disk. An operation the database refuses fails
	 * alone; a transaction the disk refuses fails whole, leaves nothing behind, and the next one starts afresh. Never throws.
	 */
	commit(operations: readonly Operation[], again: boolean): Outcome[] {
		try {
			return this.#transact(() => operations.map((operation) => this.#carryOut(operation, again)));
		} catch (error) {
			if (!concernsOneOperation(error)) return allFailed(operations, error);
		}
		try {
			return this.#transact(() => operations.map((operation) => this.#carryOutAlone(operation, again)));
		} catch (error) {
			return allFailed(operations, error);
		}
	}

	/** Wipes texts that were taken back out of the write-ahead log, once nobody waits for the commit. */
	tidy(): void {
		if (this.#traces === "none") return;
		try {
			// Readers in the middle of a page make this busy; then it is tried after the next batch.
			this.#database.run("PRAGMA busy_timeout = 0");
			const [busy] = this.#database.query("PRAGMA wal_checkpoint(TRUNCATE)").values()[0] as [number];
			if (busy === 0) this.#traces = "none";
		} catch {
			// A full disk cannot be tidied now. What is committed is not touched by that.
		} finally {
			this.#database.run("PRAGMA busy_timeout = 5000");
		}
	}

	/** Folds the write-ahead log into the database and lets go of both and of the lock. */
	close(): void {
		try {
			this.#database.run("PRAGMA wal_checkpoint(TRUNCATE)");
		} catch {
			// The log is folded in at the next opening instead.
		}
		this.#statements.finalize();
		this.#database.close();
		this.#mark.close();
		this.#lock.close();
	}

	#transact(run: () => Outcome[]): Outcome[] {
		try {
			this.#statements.begin.run();
			const outcomes = run();
			const added = outcomes.reduce((sum, { outcome }) => sum + (outcome === "appended" ? 1 : 0), 0);
			const committed = this.#mark.committed + added;
			if (added > 0) this.#statements.count.run(committed);
			this.#statements.commit.run();
			if (added > 0) this.#mark.advance(committed);
			this.#forgetSome();
			return outcomes;
		} catch (error) {
			// SQLite may have rolled back by itself, as it does on a full disk.
			if (this.#database.inTransaction) this.#statements.rollback.run();
			this.#rooms.clear();
			throw error;
		}
	}

	#carryOutAlone(operation: Operation, again: boolean): Outcome {
		this.#statements.savepoint.run();
		try {
			const outcome = this.#carryOut(operation, again);
			this.#statements.release.run();
			return outcome;
		} catch (error) {
			if (!concernsOneOperation(error)) throw error;
			this.#statements.rollbackTo.run();
			this.#statements.release.run();
			if (operation.kind !== "put") this.#rooms.delete(operation.room);
			return failed(servingFault(error));
		}
	}

	#carryOut(operation: Operation, again: boolean): Outcome {
		switch (operation.kind) {
			case "append":
				return this.#append(operation, again);
			case "open": {
				const room = this.#room(operation.room) ?? (operation.epoch === null ? null : this.#create(operation.room, operation.epoch));
				return { outcome: "opened", head: room && { epoch: room.epoch, offset: room.head } };
			}
			case "put": {
				this.#statements.put.run(operation.name, operation.value);
				return { outcome: "put", value: this.#statements.get.values(operation.name)[0]?.[0] as string };
			}
			default:
				return operation satisfies never;
		}
	}

	#append(entry: Append, again: boolean): Outcome {
		const room = this.#room(entry.room);
		if (!room) return failed(`The room ${entry.room} has no log.`);
		if (!isObjectText(entry.body)) return failed("The body is not the text of a JSON object.");
		if (again) {
			const own = this.#statements.byId.values(room.id, entry.id)[0];
			if (own) return { outcome: "appended", offset: rowOf(own as RowValues).offset };
		}
		const offset = room.head + 1;
		const values: Unsummed = [room.id, offset, entry.id, entry.eventKind, entry.author, entry.key, entry.control ? 1 : 0, entry.body];
		const { changes } = this.#statements.insert.run(...values, rowSum(values));
		if (changes === 0) {
			const [first] = this.#statements.byKey.values(room.id, entry.author, entry.key) as RowValues[];
			return { outcome: "duplicate", row: rowOf(first!) };
		}
		for (const id of entry.redacts ?? []) if (id !== entry.id) this.#redact(room.id, id);
		room.head = offset;
		return { outcome: "appended", offset };
	}

	#redact(roomId: number, id: string): void {
		const row = this.#statements.byId.values(roomId, id)[0] as RowValues | undefined;
		if (!row) return;
		const values = [...row.slice(0, 7), bodyWithoutText(rowOf(row).body)] as Unsummed;
		this.#statements.rewrite.run(values[7], rowSum(values), roomId, values[1]);
		this.#traces = "left";
	}

	#room(name: string): Room | null {
		const known = this.#rooms.get(name);
		if (known) return known;
		const [row] = this.#statements.room.values(name) as [number, string][];
		if (!row) return null;
		const [last] = this.#statements.last.values(row[0]) as [number][];
		const room: Room = { id: row[0], epoch: row[1], head: last?.[0] ?? 0 };
		this.#rooms.set(name, room);
		return room;
	}

	#create(name: string, epoch: string): Room {
		const { lastInsertRowid } = this.#statements.createRoom.run(name, epoch);
		const room: Room = { id: Number(lastInsertRowid), epoch, head: 0 };
		this.#rooms.set(name, room);
		return room;
	}

	#forgetSome(): void {
		for (const name of this.#rooms.keys()) {
			if (this.#rooms.size <= engineLimits.roomsInMindMax) return;
			this.#rooms.delete(name);
		}
	}
}

interface Room {
	readonly id: number;
	readonly epoch: string;
	head: number;
}

type Unsummed = [number, number, string, string, string, string | null, number, string];

/** A fault of one operation, which its neighbours in the batch need not share. */
function concernsOneOperation(error: unknown): boolean {
	return error instanceof DamagedRow || codeOf(error).startsWith("SQLITE_CONSTRAINT");
}

function bodyWithoutText(body: string): string {
	try {
		return redactedBody(body);
	} catch {
		throw new DamagedRow("What the entry takes back could not be read.");
	}
}

function failed(detail: string): Outcome {
	return { outcome: "failed", reason: "unavailable", detail };
}

function allFailed(operations: readonly Operation[], error: unknown): Outcome[] {
	const outcome = failed(servingFault(error));
	return operations.map(() => outcome);
}

type Statements = ReturnType<typeof prepare>;

function prepare(database: Database) {
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
		last: database.prepare("SELECT offset FROM events WHERE room_id = ? ORDER BY offset DESC LIMIT 1"),
		insert: database.prepare(
			`INSERT INTO events (${ROW_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (room_id, author, key) WHERE key IS NOT NULL DO NOTHING`,
		),
		byId: database.prepare(`SELECT ${ROW_COLUMNS} FROM events WHERE room_id = ? AND id = ?`),
		byKey: database.prepare(`SELECT ${ROW_COLUMNS} FROM events WHERE room_id = ? AND author = ? AND key = ?`),
		rewrite: database.prepare("UPDATE events SET body = ?, sum = ? WHERE room_id = ? AND offset = ?"),
		put: database.prepare("INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"),
		get: database.prepare("SELECT value FROM facts WHERE name = ?"),
	};
	function finalize(): void {
		for (const statement of Object.values(statements)) statement.finalize();
	}
	return { ...statements, finalize };
}
