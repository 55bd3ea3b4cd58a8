import { posix } from "node:path";
import { resolveImport } from "./imports.ts";
import { type Finding, lineAt, type Source } from "./source.ts";

const declared = /^export (?:declare |abstract |async )*(?:const|let|function\*?|class|interface|type) (?<name>\w+)/gm;
const taken = /\b(?:import|export)\s+(?:type\s+)?(?<what>\{[^}]*\}|\*(?:\s+as\s+\w+)?)\s*from\s*["'](?=[^"']*["'])/g;
const takenWhole = /\bimport\s*\(\s*["']/g;

/** Finds what a file exports and nobody uses: no other file takes it by name, and neither does its own. A file that is taken as a whole may hold anything. */
export function findDeadExports(sources: readonly Source[]): Finding[] {
	const names = new Map<string, Set<string>>();
	const whole = new Set<string>();
	for (const source of sources) readTaken(source, names, whole);
	return sources
		.filter(({ path, isTest }) => path.endsWith(".ts") && !isTest && !whole.has(path))
		.flatMap((source) =>
			[...source.code.matchAll(declared)]
				.map((match) => ({ name: match.groups?.name as string, line: lineAt(source.code, match.index) }))
				.filter(({ name }) => !names.get(source.path)?.has(name) && source.code.match(new RegExp(`\\b${name}\\b`, "g"))?.length === 1)
				.map(({ name, line }) => ({ path: source.path, line, says: `exports ${name}, which nobody uses` })),
		);
}

function readTaken({ path, text, code }: Source, names: Map<string, Set<string>>, whole: Set<string>): void {
	const targetOf = (match: RegExpExecArray) => {
		const quoteAt = match.index + match[0].length - 1;
		const target = resolveImport(path, text.slice(quoteAt + 1, text.indexOf(text.charAt(quoteAt), quoteAt + 1)));
		return target.kind === "file" ? posix.normalize(target.path) : null;
	};
	for (const match of code.matchAll(takenWhole)) whole.add(targetOf(match) ?? "");
	for (const match of code.matchAll(taken)) {
		const target = targetOf(match);
		const what = match.groups?.what as string;
		if (target === null) continue;
		if (what.startsWith("*")) whole.add(target);
		const known = names.get(target) ?? new Set();
		names.set(target, known);
		for (const name of what.matchAll(/(?:type\s+)?(\w+)(?:\s+as\s+\w+)?/g)) known.add(name[1] as string);
	}
}
