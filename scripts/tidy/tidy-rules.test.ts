// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings here are source texts
import { describe, expect, test } from "bun:test";
import { findDeadExports } from "./exports.ts";
import { findCycles, readImports } from "./imports.ts";
import { findForbiddenImports } from "./layers.ts";
import { findLockfileFaults, findUnargued, findUndeclared, findUnpinned } from "./manifests.ts";
import { maskSource } from "./mask.ts";
import {
	fileLinesMax,
	findFoldersWithoutReadme,
	findLongFiles,
	findLongReadmes,
	findSwitchedOffTests,
	findVagueFolders,
	findWords,
	wordRules,
} from "./rules.ts";
import { parseSource } from "./source.ts";

const server = "packages/server/src";

describe("the mask", () => {
	const cases: [what: string, source: string, masked: string][] = [
		["line comments", "a() // fetch()\nb()", "a()           \nb()"],
		["comments over several lines", "a /* fetch\nfetch */ b", "a         \n         b"],
		["strings, with their quotes left", `f("fe'tch", 'x\\'y')`, `f("      ", '    ')`],
		["templates, but not the code inside", "`a ${fetch(`b`)} c` + d", "`  ${fetch(` `)}  ` + d"],
		["braces inside of a template's code", "`${{ a: { b } }} fetch` + d", "`${{ a: { b } }}      ` + d"],
		["regular expressions", 'x = /["/*]/g; fetch', "x = /     /g; fetch"],
		["regular expressions after a word", "return /'/.test(x)", "return / /.test(x)"],
	];
	for (const [what, source, masked] of cases) {
		test(`blanks out ${what}`, () => {
			expect(maskSource(source)).toBe(masked);
		});
	}

	test("takes a division for what it is", () => {
		expect(maskSource("a = b / 'x' / (c) / d")).toBe("a = b / ' ' / (c) / d");
	});
});

describe("imports", () => {
	const found = (text: string) =>
		readImports("packages/web/src/a.ts", text, maskSource(text)).map(({ specifier, line, typesOnly }) => [specifier, line, typesOnly]);

	test("are found in every form, with line and kind", () => {
		const text = [
			'import { a } from "./a.ts";',
			'import type { B } from "./b.ts";',
			'import { type C, type D } from "./c.ts";',
			'import "./d.css";',
			"import {",
			"	e,",
			"	type F,",
			'} from "./e.ts";',
			'export { g } from "./g.ts";',
			'const h = await import("./h.ts");',
			'new Worker(new URL("./i.ts", import.meta.url));',
			'let k: import("./k.ts").K;',
		].join("\n");
		expect(found(text).sort((one, other) => Number(one[1]) - Number(other[1]))).toEqual([
			["./a.ts", 1, false],
			["./b.ts", 2, true],
			["./c.ts", 3, true],
			["./d.css", 4, false],
			["./e.ts", 8, false],
			["./g.ts", 9, false],
			["./h.ts", 10, false],
			["./i.ts", 11, false],
			["./k.ts", 12, false],
		]);
	});

	test("are not found in comments, strings and pictures' addresses", () => {
		expect(found('// import { a } from "./a.ts";\nconst b = `import "./b.ts"`;\nnew URL("./c.png", import.meta.url);')).toEqual([]);
	});

	test("that go in a circle are found, by types too", () => {
		const a = parseSource(`${server}/host/a.ts`, 'import type { B } from "./b.ts";');
		const b = parseSource(`${server}/host/b.ts`, 'import { c } from "./c.ts";');
		const c = parseSource(`${server}/host/c.ts`, 'import { a } from "./a.ts";');
		const d = parseSource(`${server}/host/d.ts`, 'import { a } from "./a.ts";');
		expect(findCycles([a, b, c, d])).toEqual([[a.path, b.path, c.path, a.path]]);
		expect(findCycles([a, b, d])).toEqual([]);
	});
});

describe("exports", () => {
	const dead = (...files: [path: string, text: string][]) =>
		findDeadExports(files.map(([path, text]) => parseSource(`${server}/${path}`, text))).map(({ path, says }) => `${path}: ${says}`);

	test("that nobody uses are found, by name; those of a file that is taken whole are not", () => {
		const a =
			"export const one = 1;\nexport function two() {}\nexport type Three = 3;\nexport class Four {}\nexport const five = 5, used = five;";
		expect(dead(["a.ts", a], ["b.ts", 'import { one, type Three as T } from "./a.ts";'])).toEqual([
			`${server}/a.ts: exports two, which nobody uses`,
			`${server}/a.ts: exports Four, which nobody uses`,
		]);
		for (const whole of ['import * as a from "./a.ts";', 'const a = await import("./a.ts");', 'export * from "./a.ts";'])
			expect(dead(["a.ts", a], ["b.ts", whole])).toEqual([]);
		expect(dead(["a.ts", '// import { one } from "./b.ts";\nexport const x = "one";'], ["b.ts", "export const one = 1;"])).toHaveLength(2);
	});
});

describe("the import table", () => {
	const offences = (path: string, text: string) => findForbiddenImports([parseSource(path, text)]).length;
	const cases: [path: string, text: string, offences: number][] = [
		["room/a.ts", 'import { v } from "@hubbub/protocol/event.ts";', 0],
		["room/a.ts", 'import { w } from "../fanout/window.ts";', 1],
		["room/a.ts", 'import type { H } from "../host/room-host.ts";', 1],
		["room/a.ts", 'import { readFileSync } from "node:fs";', 1],
		["room/a.ts", 'import * as v from "valibot";', 1],
		["room/a.test.ts", 'import { test } from "bun:test"; import fc from "fast-check";', 0],
		["engine/log.ts", 'import type { S } from "../room/state.ts";', 0],
		["engine/log.ts", 'import { s } from "../room/state.ts";', 1],
		["engine/log.ts", 'import { m } from "./memory/log.ts";', 1],
		["engine/sqlite/log.ts", 'import { Database } from "bun:sqlite"; import type { L } from "../log.ts";', 0],
		["engine/sqlite/log.ts", 'import { m } from "../memory/log.ts";', 1],
		["engine/memory/log.ts", 'import { Database } from "bun:sqlite";', 1],
		["host/a.ts", 'import type { L } from "../engine/log.ts";', 0],
		["host/a.ts", 'import { L } from "../engine/sqlite/log.ts";', 1],
		["transport/a.ts", 'import { decide } from "../room/decide.ts";', 1],
		["api/a.ts", 'import { a } from "../session/authenticate.ts";', 0],
		["api/a.ts", 'import { s } from "../session/session.ts";', 1],
		["main.ts", 'import { L } from "./engine/sqlite/log.ts"; import { D } from "./room/decide.ts";', 0],
		["main.ts", 'import * as limits from "../../protocol/src/wire/limits.ts";', 1],
	];
	for (const [path, text, count] of cases) {
		test(`${count === 0 ? "lets" : "forbids"} ${path}: ${text}`, () => {
			expect(offences(`${server}/${path}`, text)).toBe(count);
		});
	}

	test("keeps the SDK free of dependencies and the pages behind the SDK", () => {
		expect(offences("packages/client/src/a.ts", 'import * as v from "valibot";')).toBe(1);
		expect(offences("packages/client/src/a.ts", 'import { RoomId } from "@hubbub/protocol/event.ts";')).toBe(1);
		expect(offences("packages/client/src/a.ts", 'import type { User } from "@hubbub/protocol/event.ts";')).toBe(0);
		expect(offences("packages/client/src/a.ts", 'import { codes } from "@hubbub/protocol/wire/codes.ts";')).toBe(0);
		expect(offences("packages/protocol/src/wire/a.ts", 'import * as v from "valibot";')).toBe(1);
		expect(offences("packages/web/src/a.ts", 'import { connect } from "@hubbub/client"; import { html } from "lit";')).toBe(0);
		expect(offences("packages/web/src/a.ts", 'import { say } from "../../server/src/room/say.ts";')).toBe(1);
		expect(offences("packages/web/src/a.ts", 'import { Visit } from "@hubbub/room-model/visit.ts";')).toBe(0);
		expect(offences("packages/room-model/src/a.ts", 'import type { Room } from "@hubbub/client";')).toBe(0);
		expect(offences("packages/room-model/src/a.ts", 'import { connect } from "@hubbub/client";')).toBe(1);
		expect(offences("packages/room-model/src/a.ts", 'import { html } from "lit";')).toBe(1);
		expect(offences("packages/client/src/a.ts", 'import type { Visit } from "@hubbub/room-model/visit.ts";')).toBe(1);
	});
});

describe("words", () => {
	const [pureWords, pageWords, laterWords, pathWords] = wordRules;
	const count = (rule: (typeof wordRules)[number] | undefined, path: string, text: string) =>
		(rule ? findWords(rule, [parseSource(path, text)]) : []).length;

	for (const text of [
		"Date.now()",
		"new Date()",
		"Math.random()",
		"setTimeout(f, 1)",
		"performance.now()",
		"console.log(1)",
		"process.env",
		"Bun.sleep(1)",
	]) {
		test(`${text} is found in room and fanout alone`, () => {
			expect(count(pureWords, `${server}/room/a.ts`, `const a = () => ${text};`)).toBe(1);
			expect(count(pureWords, `${server}/fanout/a.ts`, `const a = () => ${text};`)).toBe(1);
			expect(count(pureWords, `${server}/host/a.ts`, `const a = () => ${text};`)).toBe(0);
		});
	}

	test("a date made of a time, a field of that name and a comment are no clock", () => {
		expect(count(pureWords, `${server}/room/a.ts`, "// Date.now()\nnew Date(now); state.process; retry.fetch(x);")).toBe(0);
	});

	test("what only a page has is found in the room's model, and a field of that name is not", () => {
		const model = "packages/room-model/src/a.ts";
		for (const text of ["document.hidden", "localStorage.getItem(key)", "new HTMLElement()", "window.open()"]) {
			expect(count(pageWords, model, `const a = () => ${text};`)).toBe(1);
			expect(count(pageWords, "packages/web/src/a.ts", `const a = () => ${text};`)).toBe(0);
		}
		expect(count(pageWords, model, "const { hidden } = page.document; // the document")).toBe(0);
	});

	test("what is left for later is found in comments", () => {
		expect(count(laterWords, `${server}/host/a.ts`, `// TO${"DO"} later`)).toBe(1);
	});

	test("a machine's path is found, an address that looks like one is not", () => {
		expect(count(pathWords, `${server}/host/a.ts`, `const a = "/ho${"me"}/me/data";`)).toBe(1);
		expect(count(pathWords, `${server}/host/a.ts`, `const a = "https://example.org/wo${"rk"}/data";`)).toBe(0);
	});

	test("switched-off tests are found", () => {
		expect(
			findSwitchedOffTests([parseSource("packages/web/test/a.test.ts", `test${".only"}("a", f); test("b", g);`)]).map(({ line }) => line),
		).toEqual([1]);
	});
});

describe("files and folders", () => {
	test("a file at the limit passes, one line more does not", () => {
		const lines = (count: number) => [parseSource("packages/web/src/a.ts", "x;\n".repeat(count))];
		expect(findLongFiles(lines(fileLinesMax))).toEqual([]);
		expect(findLongFiles(lines(fileLinesMax + 1))).toHaveLength(1);
	});

	test("vague folder names are found at any depth", () => {
		expect(findVagueFolders(["packages/web/src/utils/deep/a.ts", "packages/web/src/room/common.ts"]).map(({ path }) => path)).toEqual([
			"packages/web/src/utils",
		]);
	});

	test("four sources need a README.md, three do not", () => {
		const three = ["a/1.ts", "a/2.ts", "a/3.css"];
		expect(findFoldersWithoutReadme(three)).toEqual([]);
		expect(findFoldersWithoutReadme([...three, "a/4.test.ts"])).toHaveLength(1);
		expect(findFoldersWithoutReadme([...three, "a/4.test.ts", "a/README.md"])).toEqual([]);
	});

	test("a README.md of 61 lines is too long", () => {
		expect(findLongReadmes([{ path: "a/README.md", text: "x\n".repeat(60) }])).toEqual([]);
		expect(findLongReadmes([{ path: "a/README.md", text: "x\n".repeat(61) }])).toHaveLength(1);
	});
});

describe("dependencies", () => {
	const manifest = (dependencies: Record<string, string>, path = "packages/web/package.json") => ({ path, dependencies });

	test("ranges, tags and addresses are not pins", () => {
		expect(findUnpinned([manifest({ a: "^1.2.3", b: "latest", c: "github:x/y", d: "1.x", e: "*" })])).toHaveLength(5);
		expect(findUnpinned([manifest({ a: "1.2.3", b: "1.2.3-rc.1" })])).toEqual([]);
	});

	test("one without a row, and a row without one, are found", () => {
		const argument = "| name | for |\n|---|---|\n| `lit`, `gone` | pages |\n";
		expect(findUnargued([manifest({ lit: "3.3.3", new: "1.0.0", "@hubbub/client": "0.1.0" })], argument).map(({ says }) => says)).toEqual([
			"does not argue for new",
			"argues for gone, which nothing depends on",
		]);
	});

	test("a lockfile that names a registry or leaves out another system's package is found", () => {
		const lockfile = {
			packages: {
				"node_modules/a": { optionalDependencies: { "a-linux": "1.0.0", "a-darwin": "1.0.0" } },
				"node_modules/a-linux": { resolved: "https://registry.example/a-linux.tgz" },
				"node_modules/@hubbub/web": { resolved: "packages/web" },
			},
		};
		expect(findLockfileFaults(lockfile).map(({ says }) => says)).toEqual([
			"leaves out a-darwin, an optional package of node_modules/a",
			"node_modules/a-linux names a registry: https://registry.example/a-linux.tgz",
		]);
	});

	test("an import that the package does not name is found; tests may use the root's tools", () => {
		const manifests = [manifest({ lit: "3.3.3" }), manifest({ "fast-check": "4.0.0" }, "package.json")];
		const undeclared = (path: string, text: string) => findUndeclared([parseSource(path, text)], manifests).length;
		expect(undeclared("packages/web/src/a.ts", 'import "lit/decorators.js"; import "node:fs";')).toBe(0);
		expect(undeclared("packages/web/src/a.ts", 'import "fast-check";')).toBe(1);
		expect(undeclared("packages/web/test/a.test.ts", 'import "fast-check";')).toBe(0);
	});
});
