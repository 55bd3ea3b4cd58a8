import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "../../../runtime/random.ts";
import type { Engine } from "../../engine.ts";
import { openSqliteEngine } from "../sqlite-engine.ts";

/**
 * What the tests of this folder start from: a folder that is removed again, and an engine in it that writes down its faults, and each change
 * of whether it takes writes.
 */
export function temporaryFolder(): { path: string; remove(): void } {
	const path = mkdtempSync(join(tmpdir(), "hubbub-engine-"));
	return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export async function openIn(
	folder: string,
	options: { script?: string } = {},
): Promise<{ engine: Engine; faults: string[]; troubles: (string | null)[] }> {
	const faults: string[] = [];
	const troubles: (string | null)[] = [];
	const engine = await openSqliteEngine({
		folder,
		random: systemRandom,
		onFault: (words) => faults.push(words),
		onTrouble: (reason) => troubles.push(reason),
		...options,
	});
	return { engine, faults, troubles };
}
