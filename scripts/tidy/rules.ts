import { posix } from "node:path";
import { type Finding, isTestPath, lineAt, type Source } from "./source.ts";

/** Words that must not stand in some files. */
export interface WordRule {
	readonly title: string;
	readonly files: RegExp;
	/** Tried on the text as written, or on the code alone, without comments and strings. */
	readonly in: "text" | "code";
	readonly words: RegExp;
	readonly instead: string;
	readonly tests: "too" | "exempt";
}

const pure = /^packages\/server\/src\/(?:room|fanout)\//;

/** What must not be written, and what to write instead. */
export const wordRules: readonly WordRule[] = [
	{
		title: "room and fanout ask no clock, no chance, no timer and nobody outside",
		files: pure,
		in: "code",
		words:
			/(?<![.\w$])(?:new\s+Date\s*\(\s*\)|Date\s*\(\s*\)|(?:Date\.now|Math\.random|setTimeout|setInterval|setImmediate|queueMicrotask|performance|console|process|Bun|crypto|fetch|globalThis)\b)/g,
		instead: "time, chance and everything outside come in as arguments",
		tests: "exempt",
	},
	{
		title: "the room's model names nothing of a page",
		files: /^packages\/room-model\/src\//,
		in: "code",
		words:
			/(?<![.\w$])(?:document|window|navigator|localStorage|sessionStorage|customElements|requestAnimationFrame|(?:HTML|SVG)\w*Element)\b/g,
		instead: "what only a page has is brought by the page",
		tests: "exempt",
	},
	{
		title: "nothing is left for later in the sources",
		files: /./,
		in: "text",
		words: /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/g, // in brackets, so that this line is none itself
		instead: "do it, or open an issue",
		tests: "too",
	},
	{
		title: "no source holds a path of somebody's machine",
		files: /./,
		in: "text",
		words: /(?<![\w.}/])\/(?:work|home\/\w+|Users\/\w+)\/\w/g,
		instead: "paths come from settings, or from import.meta.dir",
		tests: "too",
	},
];

export function findWords(rule: WordRule, sources: readonly Source[]): Finding[] {
	return sources
		.filter(({ path, isTest }) => rule.files.test(path) && !(isTest && rule.tests === "exempt"))
		.flatMap((source) =>
			[...source[rule.in].matchAll(rule.words)].map((match) => ({
				path: source.path,
				line: lineAt(source.text, match.index),
				says: `${match[0]}: ${rule.instead}`,
			})),
		);
}

export const fileLinesMax = 500;
export const readmeLinesMax = 60;
export const filesWithoutReadmeMax = 3;
export const rootFilesMax = 12;
const vagueFolders = new Set(["utils", "common", "shared", "helpers", "services", "types"]);

export function findLongFiles(sources: readonly Source[]): Finding[] {
	return sources.flatMap(({ path, text }) => {
		const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
		return lines > fileLinesMax
			? [{ path, line: lines, says: `has ${lines} lines, ${fileLinesMax} are the most: split it by what it does` }]
			: [];
	});
}

export function findVagueFolders(files: readonly string[]): Finding[] {
	const folders = new Set(files.flatMap(foldersOf));
	return [...folders]
		.filter((folder) => vagueFolders.has(posix.basename(folder)))
		.map((folder) => ({ path: folder, line: null, says: "says nothing of what is inside: folders are stations on a message's road" }));
}

/** Folders with more than three source files and no README.md. */
export function findFoldersWithoutReadme(files: readonly string[]): Finding[] {
	const sources = Map.groupBy(
		files.filter((path) => /\.(?:ts|mjs|css|html)$/.test(path)),
		(path) => posix.dirname(path),
	);
	return [...sources]
		.filter(([folder, inside]) => inside.length > filesWithoutReadmeMax && !files.includes(`${folder}/README.md`))
		.map(([folder, inside]) => ({ path: folder, line: null, says: `has ${inside.length} source files and no README.md` }));
}

export function findLongReadmes(readmes: readonly { readonly path: string; readonly text: string }[]): Finding[] {
	return readmes.flatMap(({ path, text }) => {
		const lines = text.trimEnd().split("\n").length;
		return lines > readmeLinesMax ? [{ path, line: lines, says: `has ${lines} lines, ${readmeLinesMax} are the most` }] : [];
	});
}

/** A test that is switched off or alone says nothing of the rest. */
export function findSwitchedOffTests(sources: readonly Source[]): Finding[] {
	return sources
		.filter(({ path }) => isTestPath(path))
		.flatMap(({ path, code, text }) =>
			[...code.matchAll(/\b(?:test|it|describe)\.(?:only|skip|todo)\b/g)].map((match) => ({
				path,
				line: lineAt(text, match.index),
				says: `${match[0]}: a test runs, or is taken out`,
			})),
		);
}

function foldersOf(path: string): string[] {
	const parts = path.split("/").slice(0, -1);
	return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}
