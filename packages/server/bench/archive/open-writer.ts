import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Writer } from "../../src/engine/sqlite/writer.ts";

/** The engine's own writer on a new data folder, which is made. */
export function openWriter(folder: string): Writer {
	mkdirSync(folder, { recursive: true });
	return new Writer({
		file: join(folder, "hubbub.db"),
		lockFile: join(folder, "hubbub.lock"),
		markFile: join(folder, "hubbub.mark"),
		scratchFile: join(folder, "hubbub.probe"),
		opening: "first",
		generation: crypto.randomUUID().replaceAll("-", ""),
	});
}
