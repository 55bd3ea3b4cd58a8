import { writeSync } from "node:fs";
import { systemRandom } from "../../../runtime/random.ts";
import { newEntry } from "../../contract/entries.ts";
import { openSqliteEngine } from "../sqlite-engine.ts";

/**
 * A program that appends to several rooms as fast as the disk takes it, until it is killed: `bun appender.ts FOLDER RUN`. Writes a line
 * `room offset key` to standard output for each entry that was acknowledged, and first of all `room epoch` lines and `ready`.
 */
const [folder, run] = process.argv.slice(2);
const rooms = ["lobby", "stage", "backstage"];
const engine = await openSqliteEngine({ folder: folder!, random: systemRandom, onFault: (words) => say(`fault ${words}`) });
for (const room of rooms) say(`${room} ${(await engine.log.open(room, { create: true }))?.epoch}`);
say("ready");

// 60 at a time, so that batches of several entries, with redactions among them, are cut down in the middle.
await Promise.all(
	Array.from({ length: 60 }, async (_, sayer) => {
		const room = rooms[sayer % rooms.length]!;
		for (let count = 0; ; count++) {
			const key = `${run}-${sayer}-${count}`;
			const redacts = count % 10 === 9 ? [`${run}-${sayer}-${count - 1}`] : undefined;
			const entry = newEntry({ id: key, author: `u${sayer}`, key, redacts });
			// What takes something back comes with a record in the staff log, in one append.
			const entries = redacts ? [entry, newEntry({ id: key, log: "staff", isRemoved: true, stateKey: `s${sayer}` })] : entry;
			const appended = await engine.log.append(room, entries);
			if (appended.outcome === "appended") say(`${room} ${appended.entry.offset} ${key}`);
			else say(`fault ${appended.outcome}`);
		}
	}),
);

/** Synchronous, so that what was acknowledged is told before anything else happens. */
function say(line: string): void {
	writeSync(1, `${line}\n`);
}
