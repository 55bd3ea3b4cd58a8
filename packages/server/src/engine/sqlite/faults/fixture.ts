import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "../../../runtime/random.ts";
import type { Engine } from "../../engine.ts";
import { openSqliteEngine } from "../sqlite-engine.ts";

/** What the tests of this folder start from: a folder that is removed again, and an engine in it that writes down its faults. */
export function temporaryFolder(): { path: string; remove(): void } {
	const path = mkdtempSync(join(tmpdir(), "hubbub-engine-"));
	return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export async function openIn(folder: string, options: { script?: string } = {}): Promise<{ engine: Engine; faults: string[] }> {
	const faults: string[] = [];
	const engine = await openSqliteEngine({ folder, random: systemRandom, onFault: (words) => faults.push(words), ...options });
	return { engine, faults };
}
