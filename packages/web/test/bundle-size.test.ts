import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { build, type Manifest, staticImports } from "../build.ts";

// The pages are built before the first test, which a busy machine takes long for.
setDefaultTimeout(300_000);

/** What is fetched before the discussion is drawn, as the server sends it to a browser (Brotli): what an embed costs the page around it. */
const discussionBytesMax = 45 * 1024;
/** The same with the stage, its empty theatre and danmaku. */
const roomBytesMax = 56 * 1024;

let folder = "";
let out = "";
const sources = new Map<string, string>();

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "hubbub-build-"));
	out = join(folder, "dist");
	await build(out);
	for (const name of await readdir(join(out, "assets")))
		if (/\.(js|css)$/.test(name)) sources.set(`/assets/${name}`, await readFile(join(out, "assets", name), "utf8"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Bytes that are sent for these files. */
async function sentBytes(paths: readonly string[]): Promise<number> {
	const { files } = JSON.parse(await readFile(join(out, "manifest.json"), "utf8")) as Manifest;
	const sizes = paths.map((path) => {
		const file = files[path];
		if (!file) throw new Error(`${path} is not in the table.`);
		return Bun.file(join(out, file.encodings.br ?? file.file)).size;
	});
	return sizes.reduce((sum, size) => sum + size, 0);
}

async function roomEntry(): Promise<string> {
	const html = await readFile(join(out, "room-0.html"), "utf8");
	return `/${/<script type="module" src="([^"]+)"/.exec(html)?.[1]}`;
}

test("the discussion with its longest language weighs at most 45 KiB as it is sent, the whole room with its stage at most 56", async () => {
	const entry = await roomEntry();
	const languages = [...sources.keys()].filter((path) => /\/(en|ja|zh-cn|zh-tw)-/.test(path));
	const tables = await Promise.all(languages.map((path) => sentBytes([path])));
	const stage = [...sources.keys()].find((path) => path.startsWith("/assets/theatre-")) as string;
	const shared = new Set(staticImports(entry, sources));
	const stageAlone = [stage, ...staticImports(stage, sources)].filter((path) => path !== entry && !shared.has(path));
	const discussion = (await sentBytes([entry, ...shared])) + Math.max(...tables);
	const room = discussion + (await sentBytes(stageAlone));
	expect(tables.length).toBeGreaterThanOrEqual(4);
	expect(discussion).toBeGreaterThan(20 * 1024);
	expect(discussion).toBeLessThanOrEqual(discussionBytesMax);
	expect(room).toBeGreaterThan(discussion);
	expect(room).toBeLessThanOrEqual(roomBytesMax);
});

test("the player, hls.js and the panels are not fetched with the room", async () => {
	const entry = await roomEntry();
	const text = [entry, ...staticImports(entry, sources)].map((path) => sources.get(path)).join("");
	for (const name of [
		"theatre",
		"stream-view",
		"hls-stream",
		"menu",
		"danmaku-panel",
		"sign-in",
		"shortcuts",
		"room-settings",
		"style-picker",
		"pin",
	]) {
		const file = [...sources.keys()].find((path) => path.startsWith(`/assets/${name}-`));
		if (!file) throw new Error(`${name} is no file of its own.`);
		expect(text).toContain(file.slice("/assets/".length));
	}
	expect(text).not.toContain("EXT-X-");
});

test("[PATH-1] every file the pages name is in the table, from each depth that a page has, and nothing else is", async () => {
	const manifest = JSON.parse(await readFile(join(out, "manifest.json"), "utf8")) as Manifest;
	const pages = Object.values(manifest.pages).flatMap((files) => files.map((entry, depth) => ({ ...entry, depth })));
	for (const { file, depth } of pages) {
		const html = await readFile(join(out, file), "utf8");
		const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address as string);
		expect(addresses.length).toBeGreaterThan(3);
		for (const address of addresses) {
			expect(address).toStartWith("../".repeat(depth));
			expect(address.slice(3 * depth)).toMatch(/^\w/);
			expect(Object.keys(manifest.files)).toContain(`/${address.slice(3 * depth)}`);
		}
		// The policy lets no inline script or style run.
		expect(html).not.toMatch(/<script>|<style|\sstyle=|\son\w+=/);
	}
	const served = [...pages, ...Object.values(manifest.files)].flatMap(({ file, encodings }) => [file, ...Object.values(encodings)]);
	const there = (await readdir(out, { recursive: true, withFileTypes: true }))
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1));
	expect(there.filter((file) => !served.includes(file)).sort()).toEqual(["manifest.json"]);
});

test("[FILE-2] every file is there compressed, at the best level, unless it is too small to gain by it", async () => {
	const { pages, files } = JSON.parse(await readFile(join(out, "manifest.json"), "utf8")) as Manifest;
	const texts = [...Object.values(pages).flat(), ...Object.values(files)].filter(({ type }) => !type.startsWith("video/"));
	for (const { file, encodings } of texts) {
		const body = await readFile(join(out, file));
		if (encodings.br === undefined || encodings.gzip === undefined) {
			expect(body.length).toBeLessThan(600);
			continue;
		}
		const [br, gzip] = await Promise.all([readFile(join(out, encodings.br)), readFile(join(out, encodings.gzip))]);
		expect(brotliDecompressSync(br).equals(body)).toBe(true);
		expect(gunzipSync(gzip).equals(body)).toBe(true);
		expect(br.length).toBeLessThan(gzip.length);
		expect(gzip.length).toBeLessThan(body.length * 0.9);
	}
});

test("[PATH-1] no module of the pages names an address by a slash alone", () => {
	for (const [path, text] of sources) {
		if (path.includes("hls-stream")) continue;
		const absolute = [...text.matchAll(/["'`](\/(?:rooms|assets|frames|ws|lab|setup|api|sdk|favicon|openapi)\b[^"'`]*)/g)].map(
			([, address]) => address,
		);
		// The SDK puts these behind the address of its server, and the lab shows what a request's first line looks like.
		const known = /^\/(?:rooms\/\$\{|frames$|ws$)/;
		expect({ path, absolute: absolute.filter((address) => !known.test(address as string)) }).toEqual({ path, absolute: [] });
		expect(text).not.toMatch(/href="\//);
	}
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
