import { Database } from "bun:sqlite";
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An entry as the first tables held it. */
export interface EarlierEntry {
	readonly room: string;
	readonly offset: number;
	readonly id: string;
	readonly kind: string;
	readonly author: string;
	readonly key: string | null;
	readonly body: string;
}

/** Puts the database of an earlier commit into `folder`, changes it by `change`, and writes the mark that this copy, as it is then, lived on by. */
export function copyOf(commit: string, folder: string, change: (database: Database) => void = () => {}): void {
	const file = join(folder, "hubbub.db");
	copyFileSync(join(import.meta.dir, "data", commit, "hubbub.db"), file);
	const database = new Database(file, { readwrite: true });
	change(database);
	const [generation, committed] = database.query("SELECT generation, committed FROM history").values()[0] as [string, number];
	database.run("PRAGMA wal_checkpoint(TRUNCATE)");
	database.close();
	const mark = { generations: [generation], committed, inode: String(statSync(file).ino), birth: null };
	writeFileSync(join(folder, "hubbub.mark"), `${JSON.stringify(mark).padEnd(255)}\n`);
}

/** Epochs of the rooms in an earlier commit's database, and all its entries in order. */
export function contentOf(commit: string): { epochs: Record<string, string>; entries: EarlierEntry[] } {
	// Opening a database leaves files beside it: a copy is opened.
	const folder = mkdtempSync(join(tmpdir(), "hubbub-earlier-"));
	copyOf(commit, folder);
	const database = new Database(join(folder, "hubbub.db"));
	try {
		const rooms = database.query("SELECT name, epoch FROM rooms").values() as [string, string][];
		const entries = database.query(
			"SELECT name AS room, offset, id, kind, author, key, body FROM events JOIN rooms USING (room_id) ORDER BY 1, 2",
		);
		return { epochs: Object.fromEntries(rooms), entries: entries.all() as EarlierEntry[] };
	} finally {
		database.close();
		rmSync(folder, { recursive: true });
	}
}

/** Adds messages to a room of the first tables, as many as `count`. */
export function fill(database: Database, room: string, count: number): void {
	const [roomId] = database.query("SELECT room_id FROM rooms WHERE name = ?").values(room)[0] as [number];
	const insert = database.query("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
	database.transaction(() => {
		for (let offset = 1; offset <= count; offset++) {
			const body = JSON.stringify({
				kind: "message",
				at: offset,
				id: `m${offset}`,
				from: { id: "u", name: "U", roles: [] },
				text: `text ${offset}`,
			});
			const values = [roomId, offset, `m${offset}`, "message", "u", `k${offset}`, 0, body];
			insert.run(...values, Bun.hash.crc32(values.join("\n")));
		}
		database.run("UPDATE history SET committed = committed + ?", [count]);
	})();
}
