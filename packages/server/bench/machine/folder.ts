import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made = new Set<string>();
// A suite that is interrupted leaves nothing behind either.
process.on("exit", () => {
	for (const path of made) removeFolder(path);
});

/** Makes a temporary folder for `what`, and answers its path. It is gone when the suite has ended, if not before. */
export function temporaryFolder(what: string): string {
	const path = mkdtempSync(join(tmpdir(), `hubbub-bench-${what}-`));
	made.add(path);
	return path;
}

export function removeFolder(path: string): void {
	rmSync(path, { recursive: true, force: true });
	made.delete(path);
}
