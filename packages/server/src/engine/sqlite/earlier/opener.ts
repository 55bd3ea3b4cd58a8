import { writeSync } from "node:fs";
import { systemRandom } from "../../../runtime/random.ts";
import { openSqliteEngine } from "../sqlite-engine.ts";

/** A program that opens a data folder and closes it again: `bun opener.ts FOLDER`. Writes `opening` and, once it is open, `open` to standard output. */
writeSync(1, "opening\n");
const engine = await openSqliteEngine({
	folder: process.argv[2]!,
	random: systemRandom,
	onFault: (words) => writeSync(1, `fault ${words}\n`),
});
writeSync(1, "open\n");
await engine.close();
