import { posix } from "node:path";

/** One import, re-export, dynamic import or `import("…")` in a type, or the file of a worker. */
export interface Import {
	readonly specifier: string;
	readonly line: number;
	/** Whether only types come in by it. */
	readonly typesOnly: boolean;
	/** What it leads to: a file of ours, something the runtime brings, or a package from npm. */
	readonly target: ImportTarget;
}

export type ImportTarget =
	| { readonly kind: "file"; readonly path: string }
	| { readonly kind: "builtin"; readonly name: string }
	| { readonly kind: "package"; readonly name: string };

// A statement's clause holds neither quotes nor semicolons nor parentheses, which keeps a match within one statement.
const statements = [/^[ \t]*(?:import|export)\b(?<clause>[^"'`;()]*?)\bfrom\s*["']/gm, /^[ \t]*import\s*["']/gm, /\bimport\s*\(\s*["']/g];
const workerFile = /\bnew URL\(\s*["'](?= *["'], import\.meta\.url)/g;

/** Finds every import of a script, `import type` and `import("…").Type` among them. `code` is the masked `text`. */
export function readImports(path: string, text: string, code: string): Import[] {
	const read = (match: RegExpExecArray): Import => {
		const quoteAt = match.index + match[0].length - 1;
		const specifier = text.slice(quoteAt + 1, text.indexOf(text.charAt(quoteAt), quoteAt + 1));
		const line = text.slice(0, quoteAt).split("\n").length;
		return { specifier, line, typesOnly: isTypesOnly(match.groups?.clause), target: resolveImport(path, specifier) };
	};
	const imports = statements.flatMap((form) => [...code.matchAll(form)].map(read));
	// Of URLs only scripts count: pictures and pages are not imported.
	const workers = [...code.matchAll(workerFile)].map(read).filter(({ specifier }) => specifier.endsWith(".ts"));
	return [...imports, ...workers];
}

/** Where a specifier written in `path` leads. Packages of this repository lead to their files. */
export function resolveImport(path: string, specifier: string): ImportTarget {
	if (specifier.startsWith(".")) return { kind: "file", path: posix.join(posix.dirname(path), specifier) };
	if (specifier === "bun" || /^(?:node|bun):/.test(specifier)) return { kind: "builtin", name: specifier };
	const [first = "", second = "", ...rest] = specifier.split("/");
	if (first === "@hubbub") {
		const file = rest.length > 0 ? rest.join("/") : "hubbub.ts";
		return { kind: "file", path: `packages/${second}/src/${/\.\w+$/.test(file) ? file : `${file}.ts`}` };
	}
	return { kind: "package", name: first.startsWith("@") ? `${first}/${second}` : first };
}

/** Finds circles of imports, each as the list of files one comes through, its first file repeated at the end. */
export function findCycles(files: readonly { readonly path: string; readonly imports: readonly Import[] }[]): string[][] {
	const targets = new Map(
		files.map(({ path, imports }) => [path, imports.flatMap(({ target }) => (target.kind === "file" ? [target.path] : []))]),
	);
	const done = new Set<string>();
	const trail: string[] = [];
	const cycles: string[][] = [];
	const visit = (path: string) => {
		const seenAt = trail.indexOf(path);
		if (seenAt !== -1) {
			cycles.push([...trail.slice(seenAt), path]);
			return;
		}
		if (done.has(path)) return;
		trail.push(path);
		for (const target of targets.get(path) ?? []) visit(target);
		trail.pop();
		done.add(path);
	};
	for (const path of targets.keys()) visit(path);
	return cycles;
}

function isTypesOnly(clause: string | undefined): boolean {
	if (clause === undefined) return false;
	const words = clause.trim();
	if (words.startsWith("type ")) return true;
	const names = /^\{(?<names>.*)\}$/s
		.exec(words)
		?.groups?.names?.split(",")
		.map((name) => name.trim());
	return names?.every((name) => name === "" || name.startsWith("type ")) ?? false;
}
