import type { Database } from "bun:sqlite";
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { FILE_MODE } from "./data-folder.ts";
import { Refused } from "./database.ts";

/**
 * Tells a database that lived on from one that was put back from a copy, whose offsets would be given out a second time to other
 * messages. A small file beside the database, the mark, holds what only the living one can match:
 *
 * - `generations`: the name of this opening, kept in both. A copy of an earlier opening has an earlier name. While an opening is
 *   under way the mark holds both names, so that a crash between the two writes is no restore.
 * - `committed`: entries ever committed. A copy taken during this opening, or a database without its `-wal`, has fewer. Written after each
 *   commit without a sync: it outlives a killed process, and after a power cut it is at worst too low, which alarms nobody.
 * - `inode`, `birth`: which file it was. A folder put back whole, mark and all, has other files.
 *
 * A folder carried to another disk counts as restored: readers start over once, nothing else. A snapshot of the whole machine, or a
 * folder overwritten in place, cannot be told: whoever does that removes the mark.
 */
export class HistoryMark {
	readonly restored: boolean;
	#fd: number;
	readonly #generation: string;
	readonly #file: string;
	readonly #markFile: string;
	#identity: Identity;
	#committed: number;

	/**
	 * Compares, and begins the generation `next`; new epochs are made in the same transaction where the database was restored. One that is
	 * opened again must be the one that was left: throws `Refused` where it is not.
	 */
	constructor(options: { database: Database; file: string; markFile: string; next: string; opening: "first" | "again" }) {
		const { database, file, markFile, next, opening } = options;
		const [generation, committed, rooms] = database
			.query("SELECT generation, committed, EXISTS (SELECT 1 FROM rooms) FROM history")
			.values()[0] as [string, number, number];
		this.#generation = next;
		this.#file = file;
		this.#markFile = markFile;
		this.#identity = identityOf(file);
		this.#committed = committed;
		const isContinued = continues(readMark(markFile), generation, committed, this.#identity);
		if (opening === "again" && !isContinued) throw new Refused(`The file ${file} was replaced while the server ran; start it again.`);
		this.restored = rooms === 1 && !isContinued;
		if (!this.restored) closeSync(replaceMark(markFile, this.#content([generation, next])));
		begin(database, next, this.restored);
		this.#fd = replaceMark(markFile, this.#content([next]));
	}

	/** Entries committed since the database was made. */
	get committed(): number {
		return this.#committed;
	}

	/** Notes what has just been committed. A mark that cannot be written stays too low, which is safe. */
	advance(committed: number): void {
		this.#committed = committed;
		try {
			writeSync(this.#fd, this.#content([this.#generation]), 0, "utf8");
		} catch {}
	}

	/** Writes the mark anew where it was cleared away: without it the next opening would take the database for a restored one. */
	putBack(): void {
		const standing = statSync(this.#markFile, { throwIfNoEntry: false });
		const { dev, ino } = fstatSync(this.#fd);
		if (standing?.dev === dev && standing.ino === ino) return;
		const lost = this.#fd;
		this.#fd = replaceMark(this.#markFile, this.#content([this.#generation]));
		closeSync(lost);
	}

	close(): void {
		// A database made a moment before it was opened shows its birth only now, after it has changed. One that is gone has none.
		try {
			this.#identity = identityOf(this.#file);
		} catch {}
		this.advance(this.#committed);
		try {
			fsyncSync(this.#fd);
		} catch {}
		closeSync(this.#fd);
	}

	/** One line of one length within one sector, so that writing it over the last one is never seen half done. */
	#content(generations: readonly string[]): string {
		const { inode, birth, birthIsKnown } = this.#identity;
		const mark: Mark = { generations, committed: this.#committed, inode, birth: birthIsKnown ? birth : null };
		return `${JSON.stringify(mark).padEnd(MARK_BYTES - 1)}\n`;
	}
}

const MARK_BYTES = 256;

interface Mark {
	readonly generations: readonly string[];
	readonly committed: number;
	readonly inode: string;
	/** Inode numbers are given out again, so the time of birth in nanoseconds goes along; null where the file system may not know it. */
	readonly birth: string | null;
}

interface Identity {
	readonly inode: string;
	readonly birth: string;
	readonly birthIsKnown: boolean;
}

function continues(mark: Mark | null, generation: string, committed: number, identity: Identity): boolean {
	if (mark === null || !mark.generations.includes(generation) || committed < mark.committed) return false;
	return mark.inode === identity.inode && (mark.birth === null || mark.birth === identity.birth);
}

function begin(database: Database, generation: string, restored: boolean): void {
	database.run("BEGIN IMMEDIATE");
	try {
		if (restored) {
			const rename = database.query("UPDATE rooms SET epoch = ? WHERE room_id = ?");
			for (const [roomId, name] of database.query("SELECT room_id, name FROM rooms").values() as [number, string][])
				rename.run(freshEpoch(generation, name), roomId);
		}
		database.query("UPDATE history SET generation = ?").run(generation);
		database.run("COMMIT");
	} catch (error) {
		if (database.inTransaction) database.run("ROLLBACK");
		throw error;
	}
}

/** 12 signs of `[0-9a-z]`, 62 bits of a hash: nobody else's, as long as the generation is nobody else's. */
function freshEpoch(generation: string, room: string): string {
	const digest = new Bun.CryptoHasher("sha256").update(`${generation}\n${room}`).digest("hex");
	return BigInt(`0x${digest.slice(0, 16)}`)
		.toString(36)
		.padStart(13, "0")
		.slice(1);
}

/** Null where there is no mark or none that can be read: both mean that the history cannot be shown to be the same. */
function readMark(markFile: string): Mark | null {
	try {
		const mark: Mark = JSON.parse(readFileSync(markFile, "utf8"));
		return Array.isArray(mark.generations) && typeof mark.committed === "number" ? mark : null;
	} catch {
		return null;
	}
}

/** Puts a whole new mark in place of the old, durably, and answers it opened for writing. */
function replaceMark(markFile: string, content: string): number {
	const draft = `${markFile}.new`;
	const fd = openSync(draft, "w", FILE_MODE);
	writeSync(fd, content, 0, "utf8");
	fsyncSync(fd);
	renameSync(draft, markFile);
	const folder = openSync(dirname(markFile), "r");
	fsyncSync(folder);
	closeSync(folder);
	return fd;
}

function identityOf(file: string): Identity {
	const { ino, birthtimeNs, ctimeNs } = statSync(file, { bigint: true });
	// Where births are not known the time of the last change may stand in for them: only one that differs from it is surely a birth.
	return { inode: String(ino), birth: String(birthtimeNs), birthIsKnown: birthtimeNs > 0n && birthtimeNs !== ctimeNs };
}
