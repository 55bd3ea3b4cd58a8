import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, staticImports } from "../build.ts";

/** What is fetched before the discussion is drawn, compressed as a proxy would: what an embed costs the page around it. */
const discussionGzipBytesMax = 45 * 1024;
/** The same with the stage, its empty theatre and danmaku. */
const roomGzipBytesMax = 52 * 1024;

let folder = "";
let out = "";
const sources = new Map<string, string>();

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "hubbub-build-"));
	out = join(folder, "dist");
	await build(out);
	for (const name of await readdir(join(out, "assets"))) sources.set(`/assets/${name}`, await readFile(join(out, "assets", name), "utf8"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function gzipBytes(text: string): number {
	return Bun.gzipSync(new TextEncoder().encode(text), { level: 9 }).length;
}

/** Compressed bytes of a page's module and all it imports at once. */
function atOnce(entry: string): number {
	return [entry, ...staticImports(entry, sources)].reduce((sum, path) => sum + gzipBytes(sources.get(path) as string), 0);
}

async function roomEntry(): Promise<string> {
	const html = await readFile(join(out, "room.html"), "utf8");
	return /<script type="module" src="([^"]+)"/.exec(html)?.[1] as string;
}

test("the discussion with its longest language weighs at most 45 KiB compressed, the whole room with its stage at most 52", async () => {
	const entry = await roomEntry();
	const tables = [...sources].filter(([path]) => /\/(en|ja|zh-cn|zh-tw)-/.test(path)).map(([, text]) => gzipBytes(text));
	const stage = [...sources.keys()].find((path) => path.startsWith("/assets/stage-")) as string;
	const shared = new Set(staticImports(entry, sources));
	const stageAlone = [stage, ...staticImports(stage, sources)].filter((path) => path !== entry && !shared.has(path));
	const discussion = atOnce(entry) + Math.max(...tables);
	const room = discussion + stageAlone.reduce((sum, path) => sum + gzipBytes(sources.get(path) as string), 0);
	expect(tables.length).toBeGreaterThanOrEqual(4);
	expect(discussion).toBeGreaterThan(20 * 1024);
	expect(discussion).toBeLessThanOrEqual(discussionGzipBytesMax);
	expect(room).toBeGreaterThan(discussion);
	expect(room).toBeLessThanOrEqual(roomGzipBytesMax);
});

test("hls.js, the finder of links and the panels are not fetched with the room", async () => {
	const entry = await roomEntry();
	const text = [entry, ...staticImports(entry, sources)].map((path) => sources.get(path)).join("");
	for (const name of ["stage", "hls-stream", "links", "menu", "danmaku-panel", "sign-in", "shortcuts", "room-settings", "style-picker"]) {
		const file = [...sources.keys()].find((path) => path.startsWith(`/assets/${name}-`));
		if (!file) throw new Error(`${name} is no file of its own.`);
		expect(text).toContain(file.slice("/assets/".length));
	}
	expect(text).not.toContain("EXT-X-");
});

test("every file the pages name is in the table, and nothing else is", async () => {
	const manifest = JSON.parse(await readFile(join(out, "manifest.json"), "utf8")) as {
		pages: Record<string, string>;
		files: Record<string, { file: string }>;
	};
	for (const page of Object.values(manifest.pages)) {
		const html = await readFile(join(out, page), "utf8");
		for (const [, path] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g)) expect(Object.keys(manifest.files)).toContain(path as string);
		// The policy lets no inline script or style run.
		expect(html).not.toMatch(/<script>|<style|\sstyle=|\son\w+=/);
	}
	const served = Object.values(manifest.files).map(({ file }) => file);
	const there = (await readdir(out, { recursive: true, withFileTypes: true }))
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1));
	expect(there.filter((file) => !served.includes(file)).sort()).toEqual([...Object.values(manifest.pages), "manifest.json"].sort());
});

test("nothing on the pages calls another origin by itself", () => {
	for (const [path, text] of sources) {
		if (path.includes("hls-stream")) continue;
		const addresses = [...text.matchAll(/https?:\/\/[\w.-]+/g)]
			.map(([address]) => address)
			.filter((address) => !/www\.w3\.org/.test(address));
		expect({ path, addresses }).toEqual({ path, addresses: [] });
	}
});
