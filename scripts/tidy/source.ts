import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { type Import, readImports } from "./imports.ts";
import { maskSource } from "./mask.ts";

/** One source file of the repository. */
export interface Source {
	/** From the repository's root, with slashes: `packages/server/src/main.ts`. */
	readonly path: string;
	readonly text: string;
	/** The text with comments, strings and regular expressions blanked out; indices are those of `text`. */
	readonly code: string;
	readonly imports: readonly Import[];
	/** Tests, contract suites and the programs that tests kill: they may import what they try. */
	readonly isTest: boolean;
}

/** Something against a rule, for people to find. */
export interface Finding {
	readonly path: string;
	/** Counted from 1; null where it is about the file or folder as a whole. */
	readonly line: number | null;
	readonly says: string;
}

export const root = resolve(import.meta.dir, "../..");

const notOurs = new Set(["node_modules", "dist", "data"]);
const scriptEndings = /\.(?:ts|mts|mjs|js)$/;
const sourceEndings = /\.(?:ts|mts|mjs|js|css|html)$/;

/** Every file under the packages and scripts, by path from the root, sorted. Neither installed nor built nor hidden ones. */
export function listFiles(folders: readonly string[] = ["packages", "scripts"]): string[] {
	return folders.flatMap((folder) => walk(join(root, folder))).sort();
}

/** Reads all sources: scripts with their imports, styles and pages as text. */
export function readSources(files: readonly string[] = listFiles()): Source[] {
	return files.filter((path) => sourceEndings.test(path)).map((path) => parseSource(path, readFileSync(join(root, path), "utf8")));
}

/** Makes a `Source` of a text, whether it is on disk or not. */
export function parseSource(path: string, text: string): Source {
	const isScript = scriptEndings.test(path);
	const code = isScript ? maskSource(text) : text;
	return { path, text, code, imports: isScript ? readImports(path, text, code) : [], isTest: isTestPath(path) };
}

export function isTestPath(path: string): boolean {
	return (
		/\.(?:test|contract)\.ts$/.test(path) || /^packages\/[^/]+\/test\//.test(path) || /\/engine\/(?:contract|[^/]+\/faults)\//.test(path)
	);
}

/** Line, counted from 1, of an index into a text. */
export function lineAt(text: string, index: number): number {
	return text.slice(0, index).split("\n").length;
}

function walk(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		if (entry.name.startsWith(".") || notOurs.has(entry.name) || entry.isSymbolicLink()) return [];
		const path = join(folder, entry.name);
		return entry.isDirectory() ? walk(path) : [relative(root, path).split(sep).join("/")];
	});
}
