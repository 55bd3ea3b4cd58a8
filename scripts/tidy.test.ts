import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findDeadExports } from "./tidy/exports.ts";
import { findCycles } from "./tidy/imports.ts";
import { findForbiddenImports, layers } from "./tidy/layers.ts";
import { findLockfileFaults, findUnargued, findUndeclared, findUnpinned, type Lockfile, readManifests } from "./tidy/manifests.ts";
import {
	fileLinesMax,
	filesWithoutReadmeMax,
	findFoldersWithoutReadme,
	findLongFiles,
	findLongReadmes,
	findSwitchedOffTests,
	findVagueFolders,
	findWords,
	readmeLinesMax,
	rootFilesMax,
	wordRules,
} from "./tidy/rules.ts";
import { type Finding, listFiles, readSources, root } from "./tidy/source.ts";

const files = listFiles();
const sources = readSources(files);
const manifests = readManifests();

describe("the house", () => {
	for (const layer of layers) {
		test(`${layer.name} imports ${layer.mayImport.join(", ") || "nothing else of ours"}`, () => {
			expectNone(findForbiddenImports(sources.filter((source) => layers.find(({ files }) => files.test(source.path)) === layer)));
		});
	}

	test("no file imports itself by way of others, types included", () => {
		expectNone(findCycles(sources).map((cycle) => ({ path: cycle[0] ?? "", line: null, says: `goes in a circle: ${cycle.join(" → ")}` })));
	});

	test("every import leads to a file that is there", () => {
		const missing = sources.flatMap(({ path, imports }) =>
			imports
				.filter(({ target }) => target.kind === "file" && !existsSync(join(root, target.path)))
				.map(({ line, specifier }) => ({ path, line, says: `imports ${specifier}, which is not there` })),
		);
		expectNone(missing);
	});

	test("every folder that is checked for types is there", () => {
		const { include } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")) as { include: string[] };
		const missing = include.filter((folder) => !files.some((file) => new Bun.Glob(`${folder}/**`).match(file)));
		expect(missing).toEqual([]);
	});

	test("nothing is exported that nobody uses", () => {
		expectNone(findDeadExports(sources));
	});

	test("no folder has a name that says nothing", () => {
		expectNone(findVagueFolders(files));
	});

	test(`no file is longer than ${fileLinesMax} lines`, () => {
		expectNone(findLongFiles(sources));
	});

	test(`a folder with more than ${filesWithoutReadmeMax} source files has a README.md`, () => {
		expectNone(findFoldersWithoutReadme(files));
	});

	test(`a folder's README.md has at most ${readmeLinesMax} lines`, () => {
		const readmes = files.filter((path) => path.endsWith("README.md"));
		expectNone(findLongReadmes(readmes.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }))));
	});

	test(`the root holds at most ${rootFilesMax} files`, () => {
		const entries = readdirSync(root, { withFileTypes: true });
		const names = entries.filter((entry) => entry.isFile() && !/^\.|\.log$/.test(entry.name)).map(({ name }) => name);
		expect(names.length, `at the root: ${names.join(", ")}`).toBeLessThanOrEqual(rootFilesMax);
	});
});

describe("the words", () => {
	for (const rule of wordRules) {
		test(rule.title, () => {
			expectNone(findWords(rule, sources));
		});
	}

	test("no test is switched off or runs alone", () => {
		expectNone(findSwitchedOffTests(sources));
	});
});

describe("the dependencies", () => {
	test("every version is pinned exactly", () => {
		expectNone(findUnpinned(manifests));
	});

	test("docs/dependencies.md argues for each, and for no other", () => {
		expectNone(findUnargued(manifests, readFileSync(join(root, "docs/dependencies.md"), "utf8")));
	});

	test("a package imports only what its package.json names", () => {
		expectNone(findUndeclared(sources, manifests));
	});

	test("the lockfile serves every system and every registry", () => {
		expectNone(findLockfileFaults(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as Lockfile));
	});
});

function expectNone(findings: readonly Finding[]): void {
	const lines = findings.map(({ path, line, says }) => `${path}${line === null ? "" : `:${line}`} ${says}`);
	if (lines.length > 0) throw new Error(`\n${lines.join("\n")}`);
	expect(lines).toEqual([]);
}
