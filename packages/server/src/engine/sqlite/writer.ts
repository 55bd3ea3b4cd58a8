import type { Database } from "bun:sqlite";
import { rmSync, writeFileSync } from "node:fs";
import { isObjectText, redactedBody } from "../entry.ts";
import { engineLimits } from "../limits.ts";
import type { LogName } from "../log.ts";
import { FILE_MODE } from "./data-folder.ts";
import { codeOf, isWhole, openForWriting, Refused, refusing, servingFault, takeLock } from "./database.ts";
import { HistoryMark } from "./history-mark.ts";
import type { AddedEntry, Append, Committed, Operation, Outcome, WriterOptions } from "./messages.ts";
import { OwnFiles } from "./own-files.ts";
import { DamagedRow, numberOf, plainSum, type RowValues, rowOf, rowSum, type Unsummed } from "./row.ts";
import { prepareStatements, type Statements } from "./statements.ts";

/** Carries out batches of writes, a transaction each. Lives in a storage thread and may block it. */
export class Writer {
	/** Whether the database was put back from a copy, so that its rooms have new epochs. */
	readonly restored: boolean;
	readonly #options: WriterOptions;
	readonly #database: Database;
	#lock: Database;
	readonly #mark: HistoryMark;
	readonly #files: OwnFiles;
	readonly #statements: Statements;
	/** Where the rooms written lately end. Forgotten whenever a transaction is rolled back. */
	readonly #rooms = new Map<string, Room>();
	/** Whether the log beside the database still holds text that was taken back. */
	#traces: "none" | "left" = "none";

	/** Throws `Refused` where the folder is another server's or the database cannot be used. */
	constructor(options: WriterOptions) {
		this.#options = options;
		const lock = takeLock(options.lockFile);
		const opened: Database[] = [lock];
		try {
			const { file, lockFile } = options;
			const database = openForWriting(file, options.opening);
			opened.push(database);
			this.#lock = lock;
			this.#database = database;
			this.#mark = refusing(file, () => new HistoryMark({ ...options, database, next: options.generation }));
			this.#statements = refusing(file, () => prepareStatements(database));
			const own = () => isWhole(file, { generation: options.generation, committed: this.#mark.committed });
			this.#files = refusing(file, () => new OwnFiles({ database, file, alongside: [lockFile], isWhole: own }));
		} catch (error) {
			for (const database of opened) database.close();
			throw error;
		}
		this.restored = this.#mark.restored;
	}

	/**
	 * Carries out a batch in one transaction; when it returns, what it answers is on the disk, in the files it belongs in. An operation the
	 * database refuses fails alone; a transaction the disk refuses, or one into files that are lost, fails whole, and the next one starts
	 * afresh. Never throws.
	 */
	commit(operations: readonly Operation[], again: boolean): Committed {
		const fault = this.#files.objection();
		if (fault !== null) return this.#allFailed(operations, fault);
		try {
			const outcomes = this.#transactOrEachAlone(operations, again);
			const lost = this.#files.objectionAfterCommit();
			return lost === null ? { outcomes, fault: null } : this.#allFailed(operations, lost);
		} catch (error) {
			this.#files.noteWal();
			return this.#allFailed(operations, servingFault(error));
		}
	}

	/**
	 * What nobody waits for, once a commit was answered: folds the write-ahead log into the database when it has grown, and wipes texts
	 * that were taken back out of it. Answers what was in the way, null where nothing was.
	 */
	tidy(): string | null {
		if (this.#traces === "none" && this.#files.unfolded < WAL_FRAMES_MAX) return null;
		const fault = this.#files.objection();
		return fault ?? this.#fold(this.#traces === "none" ? "PASSIVE" : "TRUNCATE");
	}

	/**
	 * Looks whether the store takes writes now: why not, or null. `thoroughly` by writing, more than a message needs, so that a disk with room
	 * for a word alone is not called well; otherwise by a look at the files.
	 */
	probe(thoroughly: boolean): string | null {
		try {
			this.#putBackLock();
			const fault = this.#files.objection();
			if (fault !== null) return fault;
			this.#mark.putBack();
			if (!thoroughly) return null;
			this.#writeScratch();
			this.#transact(() => {
				this.#statements.count.run(this.#mark.committed);
				return [];
			});
			this.#files.noteWal();
			return this.#files.objection() ?? this.#fold("PASSIVE");
		} catch (error) {
			return error instanceof Refused ? "The data folder is in use by another program." : servingFault(error);
		}
	}

	/** Folds the write-ahead log into the database and lets go of both and of the lock. */
	close(): void {
		this.#fold("TRUNCATE");
		this.#files.close();
		this.#statements.finalize();
		this.#database.close();
		this.#mark.close();
		this.#lock.close();
	}

	#fold(mode: "PASSIVE" | "TRUNCATE"): string | null {
		try {
			// Readers in the middle of a page make this busy; then it is tried after the next batch.
			this.#database.run("PRAGMA busy_timeout = 0");
			const [busy] = this.#database.query(`PRAGMA wal_checkpoint(${mode})`).values()[0] as [number];
			if (busy === 0 && mode === "TRUNCATE") this.#traces = "none";
			return null;
		} catch (error) {
			// What is committed is not touched by that: it stays in the log.
			return servingFault(error);
		} finally {
			this.#database.run("PRAGMA busy_timeout = 5000");
			this.#files.note();
		}
	}

	/** A lock that was cleared away would let a second server in: it is taken again. */
	#putBackLock(): void {
		const { file, lockFile } = this.#options;
		if (this.#files.stands(lockFile) || !this.#files.stands(file)) return;
		const lock = takeLock(lockFile);
		this.#lock.close();
		this.#lock = lock;
		this.#files.adopt(lockFile);
	}

	#writeScratch(): void {
		const { scratchFile } = this.#options;
		try {
			writeFileSync(scratchFile, new Uint8Array(SCRATCH_BYTES), { mode: FILE_MODE, flush: true });
		} finally {
			rmSync(scratchFile, { force: true });
		}
	}

	#transactOrEachAlone(operations: readonly Operation[], again: boolean): Outcome[] {
		try {
			return this.#transact(() => operations.map((operation) => this.#carryOut(operation, again)));
		} catch (error) {
			if (!concernsOneOperation(error)) throw error;
		}
		return this.#transact(() => operations.map((operation) => this.#carryOutAlone(operation, again)));
	}

	/** Rooms that are there can be opened all the same: what they hold can be read. */
	#allFailed(operations: readonly Operation[], fault: string): Committed {
		const open = (operation: Operation): Outcome => {
			const room = operation.kind === "open" ? this.#room(operation.room) : null;
			return room && operation.kind === "open" ? this.#opened(room, operation.log) : failed(fault);
		};
		const outcomes = operations.map((operation) => {
			try {
				return open(operation);
			} catch {
				return failed(fault);
			}
		});
		return { outcomes, fault };
	}

	#transact(run: () => Outcome[]): Outcome[] {
		try {
			this.#statements.begin.run();
			const outcomes = run();
			const added = outcomes.reduce((sum, outcome) => sum + (outcome.outcome === "appended" ? 1 + (outcome.rest?.length ?? 0) : 0), 0);
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
			if ("room" in operation) this.#rooms.delete(operation.room);
			return failed(servingFault(error));
		}
	}

	#carryOut(operation: Operation, again: boolean): Outcome {
		switch (operation.kind) {
			case "append":
				return this.#append(operation, again);
			case "open": {
				const room = this.#room(operation.room) ?? (operation.epoch === null ? null : this.#create(operation.room, operation.epoch));
				return room ? this.#opened(room, operation.log) : { outcome: "opened", head: null };
			}
			case "wipe":
				return { outcome: "wiped", count: this.#wipe(operation.before) };
			case "put": {
				const put = operation.over === "keep" ? this.#statements.put : this.#statements.replace;
				put.run(operation.name, operation.value);
				return { outcome: "put", value: this.#statements.get.values(operation.name)[0]?.[0] as string };
			}
			default:
				return operation satisfies never;
		}
	}

	#append(operation: Append, again: boolean): Outcome {
		const room = this.#room(operation.room);
		if (!room) return failed(`The room ${operation.room} does not exist.`);
		const { rest } = operation;
		if (!isObjectText(operation.body) || rest?.some(({ body }) => !isObjectText(body)))
			return failed("The body is not the text of a JSON object.");
		if (again) {
			const own = this.#offsetOf(room, operation);
			if (own !== null) return { outcome: "appended", offset: own, rest: rest?.map((entry) => this.#offsetOf(room, entry)!) };
		}
		// What comes alone and expects nothing, as nearly all do, is looked up by nothing but its insertion.
		const answer = rest || operation.expect ? this.#answerBeforehand(room, operation) : null;
		if (answer) return answer;
		const offset = this.#insert(room, operation, operation);
		if (offset === null) return this.#duplicate(room, operation, 0)!;
		if (!rest) return { outcome: "appended", offset };
		const insertRest = (entry: AddedEntry) => this.#insert(room, entry, operation) ?? refuse("A key stands twice in one append.");
		return { outcome: "appended", offset, rest: rest.map(insertRest) };
	}

	/** What becomes of an append one of whose keys was used before, or that expected something else to hold; null where it goes on. */
	#answerBeforehand(room: Room, operation: Append): Outcome | null {
		for (const [index, entry] of [operation, ...(operation.rest ?? [])].entries()) {
			const duplicate = entry.key === null ? null : this.#duplicate(room, entry, index);
			if (duplicate) return duplicate;
		}
		for (const [key, offset] of Object.entries(operation.expect ?? {})) {
			const holds = (this.#statements.holds.values(room.id, key)[0]?.[0] ?? 0) as number;
			if (holds !== offset) return { outcome: "moved", offset: holds };
		}
		return null;
	}

	#duplicate(room: Room, { log, author, key }: AddedEntry, index: number): Outcome | null {
		const [first] = this.#statements.byKey.values(room.id, numberOf(log), author, key) as RowValues[];
		return first ? { outcome: "duplicate", row: rowOf(first), eventKind: first[5], index } : null;
	}

	/** The offset of an entry that a batch had committed before its thread died, null where it had not. */
	#offsetOf(room: Room, { log, id }: AddedEntry): number | null {
		const [own] = this.#statements.byId.values(room.id, numberOf(log), id) as RowValues[];
		return own ? rowOf(own).offset : null;
	}

	/** Adds one entry of an append and answers its offset; null where its key was used before. */
	#insert(room: Room, entry: AddedEntry, append: Append): number | null {
		const log = numberOf(entry.log);
		const end = this.#end(room, log);
		const offset = end.offset + 1;
		const at = Math.max(entry.at, end.at);
		const { id, eventKind, author, key, stateKey = null, body } = entry;
		let changes: number;
		if (log === 0 && stateKey === null && !entry.isRemoved) {
			const sum = plainSum(room.id, offset, at, id, eventKind, author, key, body);
			changes = this.#statements.insertPlain.run(room.id, offset, at, id, eventKind, author, key, body, sum).changes;
		} else {
			const values: Unsummed = [room.id, log, offset, at, id, eventKind, author, key, stateKey, entry.isRemoved ? 1 : 0, body];
			changes = this.#statements.insert.run(...values, rowSum(values)).changes;
		}
		if (changes === 0) return null;
		for (const target of entry.redacts ?? []) {
			const isOwn = target === append.id || append.rest?.some(({ id }) => id === target);
			if (!isOwn) this.#redact(room.id, log, target);
		}
		end.offset = offset;
		end.at = at;
		return offset;
	}

	#redact(roomId: number, log: number, id: string): void {
		const row = this.#statements.byId.values(roomId, log, id)[0] as RowValues | undefined;
		if (!row) return;
		const values = [...row.slice(0, -2), bodyWithoutText(rowOf(row).body)] as Unsummed;
		this.#statements.rewrite.run(values[10], rowSum(values), roomId, log, values[2]);
		this.#traces = "left";
	}

	#wipe(before: number): number {
		const rows = this.#statements.removed.values(before, engineLimits.wipedEntriesMax) as RowValues[];
		for (const row of rows) {
			const [roomId, log, offset] = row;
			const { body, sum } = wiped(row);
			this.#statements.wipe.run(body, sum, roomId, log, offset);
			this.#traces = "left";
		}
		return rows.length;
	}

	#opened(room: Room, log: LogName): Outcome {
		return { outcome: "opened", head: { epoch: room.epoch, offset: this.#end(room, numberOf(log)).offset } };
	}

	#room(name: string): Room | null {
		const known = this.#rooms.get(name);
		if (known) return known;
		const [row] = this.#statements.room.values(name) as [number, string][];
		if (!row) return null;
		const room: Room = { id: row[0], epoch: row[1], ends: [] };
		this.#rooms.set(name, room);
		return room;
	}

	/** Where a log ends: looked up once, and kept in mind from then on. */
	#end(room: Room, log: number): End {
		const known = room.ends[log];
		if (known) return known;
		const [last] = this.#statements.last.values(room.id, log) as [number, number][];
		const end = { offset: last?.[0] ?? 0, at: last?.[1] ?? 0 };
		room.ends[log] = end;
		return end;
	}

	#create(name: string, epoch: string): Room {
		const { lastInsertRowid } = this.#statements.createRoom.run(name, epoch);
		const room: Room = { id: Number(lastInsertRowid), epoch, ends: [] };
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

/** Frames of the write-ahead log from which it is folded into the database: 4 MiB. */
const WAL_FRAMES_MAX = 1_000;
/** No sum is negative. */
const DAMAGED_SUM = -1;
/** More than the longest message takes with its indexes. */
const SCRATCH_BYTES = 256 * 1024;

interface Room {
	readonly id: number;
	readonly epoch: string;
	/** By the number of the log; where one was not asked for yet, there is none. */
	readonly ends: (End | undefined)[];
}

interface End {
	offset: number;
	at: number;
}

/** An append that contradicts itself. */
class Contradiction extends Error {
	override name = "Contradiction";
}

function refuse(detail: string): never {
	throw new Contradiction(detail);
}

/** A fault of one operation, which its neighbours in the batch need not share. */
function concernsOneOperation(error: unknown): boolean {
	return error instanceof DamagedRow || error instanceof Contradiction || codeOf(error).startsWith("SQLITE_CONSTRAINT");
}

function bodyWithoutText(body: string): string {
	try {
		return redactedBody(body);
	} catch {
		throw new DamagedRow("What the entry takes back could not be read.");
	}
}

/** The row without its text. One that was damaged loses all it has, and stays damaged. */
function wiped(row: RowValues): { body: string; sum: number } {
	try {
		const values = [...row.slice(0, 9), 0, redactedBody(rowOf(row).body)] as Unsummed;
		return { body: values[10], sum: rowSum(values) };
	} catch {
		return { body: "{}", sum: DAMAGED_SUM };
	}
}

function failed(detail: string): Outcome {
	return { outcome: "failed", reason: "unavailable", detail };
}
