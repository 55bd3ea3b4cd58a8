import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverLimits } from "../runtime/limits.ts";
import type { Encoding } from "./accept.ts";
import { type BuiltFile, builtFile } from "./built-file.ts";
import { keepBuilds } from "./kept-builds.ts";

let folder: string;
beforeEach(() => {
	folder = join(mkdtempSync(join(tmpdir(), "hubbub-kept-")), "hubbub.pages");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);

function file(text: string, options: { immutable?: boolean; encoded?: boolean } = {}): BuiltFile {
	const { immutable = true, encoded = false } = options;
	const encodings = encoded ? ([["br", bytes(`br of ${text}`)] as const, ["gzip", bytes(`gzip of ${text}`)] as const] as const) : [];
	return builtFile("text/javascript; charset=utf-8", immutable, bytes(text), new Map<Encoding, Uint8Array<ArrayBuffer>>(encodings));
}

/** A build whose files have its letter in their names; one is in all of them. */
const build = (letter: string, more: Record<string, BuiltFile> = {}) =>
	new Map(
		Object.entries({
			[`/assets/page-${letter}.js`]: file(`page ${letter}`, { encoded: true }),
			"/assets/shared.js": file("shared"),
			...more,
		}),
	);

const text = (kept: BuiltFile | undefined) => kept && new TextDecoder().decode(kept.plain.body);
const earlierAfter = (letter: string) => [...keepBuilds(folder, build(letter)).earlier.keys()].sort();

describe("[FILE-3] files of earlier builds", () => {
	test("are there after an upgrade, of the last two, with their types and encodings, and none that the present one has", () => {
		expect(earlierAfter("a")).toEqual([]);
		expect(earlierAfter("b")).toEqual(["/assets/page-a.js"]);
		expect(earlierAfter("c")).toEqual(["/assets/page-a.js", "/assets/page-b.js"]);
		const { earlier } = keepBuilds(folder, build("d"));
		expect([...earlier.keys()].sort()).toEqual(["/assets/page-b.js", "/assets/page-c.js"]);
		const kept = earlier.get("/assets/page-b.js");
		expect(text(kept)).toBe("page b");
		expect(kept).toMatchObject({
			type: "text/javascript; charset=utf-8",
			immutable: true,
			plain: { etag: build("b").get("/assets/page-b.js")?.plain.etag },
		});
		expect(new TextDecoder().decode(kept?.encoded.get("br")?.body)).toBe("br of page b");
		expect(new TextDecoder().decode(kept?.encoded.get("gzip")?.body)).toBe("gzip of page b");
	});

	test("stay as long as the same build is started again and again, and come back with a build that is put back", () => {
		earlierAfter("a");
		for (let start = 0; start < 5; start++) expect(earlierAfter("b")).toEqual(["/assets/page-a.js"]);
		expect(earlierAfter("a")).toEqual(["/assets/page-b.js"]);
	});

	test("hold only what is named by its content: the SDK and the pages are always the present ones", () => {
		keepBuilds(folder, build("a", { "/sdk.js": file("sdk a", { immutable: false }) }));
		expect([...keepBuilds(folder, build("b")).earlier.keys()]).toEqual(["/assets/page-a.js"]);
	});

	test("are kept once whatever they are called, and go when no build names them any more", () => {
		for (const letter of ["a", "b", "c", "d", "e"]) keepBuilds(folder, build(letter));
		// Three builds of a page in three encodings each, one shared file, and the index.
		expect(readdirSync(folder)).toHaveLength(3 * 3 + 1 + 1);
	});

	test("take no more than their bound: the oldest build goes first", () => {
		const half = "x".repeat(serverLimits.keptFilesBytesMax / 2 - 1_000);
		keepBuilds(folder, build("a", { "/assets/large-a.js": file(`a${half}`) }));
		expect(keepBuilds(folder, build("b", { "/assets/large-b.js": file(`b${half}`) })).earlier.size).toBe(2);
		expect([...keepBuilds(folder, build("c", { "/assets/large-c.js": file(`c${half}`) })).earlier.keys()].sort()).toEqual([
			"/assets/large-b.js",
			"/assets/page-b.js",
		]);
		const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
		expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(serverLimits.keptFilesBytesMax + 4_096);
		// A build that is too large by itself is not kept, and serves all the same.
		expect(keepBuilds(folder, build("d", { "/assets/large-d.js": file(`d${half}${half}${half}`) }))).toMatchObject({ trouble: null });
	});

	test("can be read by the server's user alone", () => {
		keepBuilds(folder, build("a"));
		expect(statSync(folder).mode & 0o777).toBe(0o700);
		for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
	});
});

describe("[FILE-3] what is wrong in the folder", () => {
	const kept = () => readdirSync(folder).filter((name) => name !== "builds.json");

	test.each([
		["no JSON", "{"],
		["something else", '{"builds":5}'],
		["names that lead out of the folder", '{"builds":[{"/assets/x.js":{"type":"text/plain","plain":"../../../etc/passwd"}}]}'],
		["nothing", ""],
	])("an index that holds %s is as if there were none", (_what, index) => {
		keepBuilds(folder, build("a"));
		writeFileSync(join(folder, "builds.json"), index);
		expect(keepBuilds(folder, build("b"))).toEqual({ earlier: new Map(), trouble: null });
		expect(earlierAfter("c")).toEqual(["/assets/page-b.js"]);
	});

	test("a file that was changed or is gone is not handed out", () => {
		keepBuilds(folder, build("a", { "/assets/other-a.js": file("other a") }));
		const changed = kept().find((name) => readFileSync(join(folder, name), "utf8") === "page a") as string;
		writeFileSync(join(folder, changed), "something else");
		expect([...keepBuilds(folder, build("b")).earlier.keys()]).toEqual(["/assets/other-a.js"]);
		for (const name of kept()) rmSync(join(folder, name));
		expect(keepBuilds(folder, build("b"))).toEqual({ earlier: new Map(), trouble: null });
		expect(earlierAfter("c")).toEqual(["/assets/page-b.js"]);
	});

	test("what was left by a start that was broken off is cleared away", () => {
		keepBuilds(folder, build("a"));
		writeFileSync(join(folder, "builds.json.new"), "{");
		writeFileSync(join(folder, "0".repeat(64)), "left over");
		expect(earlierAfter("b")).toEqual(["/assets/page-a.js"]);
		expect(existsSync(join(folder, "builds.json.new"))).toBe(false);
		expect(existsSync(join(folder, "0".repeat(64)))).toBe(false);
	});

	test("where the disk would have less than 200 MiB left nothing new is kept, and what was is handed out and stays", () => {
		const free = (bytes: number) => () => serverLimits.keptFilesFreeBytesMin + bytes;
		const enough = 1_000;
		expect(keepBuilds(folder, build("a"), free(enough))).toEqual({ earlier: new Map(), trouble: null });
		const before = readdirSync(folder).sort();
		const { earlier, trouble } = keepBuilds(folder, build("b"), free(0));
		expect([...earlier.keys()]).toEqual(["/assets/page-a.js"]);
		expect(trouble).toBe("the disk would have 199 MiB free");
		expect(readdirSync(folder).sort()).toEqual(before);
		// What is kept already takes no more room, however little there is.
		expect(keepBuilds(folder, build("a"), free(-serverLimits.keptFilesFreeBytesMin))).toEqual({ earlier: new Map(), trouble: null });
		expect(keepBuilds(folder, build("b"), free(enough))).toMatchObject({ trouble: null });
	});

	test("where nothing can be written, what was kept is handed out, and what is wrong is said", () => {
		keepBuilds(folder, build("a"));
		// A folder in the way of the index: also root cannot write over it.
		mkdirSync(join(folder, "builds.json.new"));
		const { earlier, trouble } = keepBuilds(folder, build("b"));
		expect([...earlier.keys()]).toEqual(["/assets/page-a.js"]);
		expect(trouble).toContain("builds.json.new");
	});
});
