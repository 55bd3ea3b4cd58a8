import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { readBuild, servePages } from "../src/transport/pages.ts";

// The built files as the server hands them out. What is in them is the web build's affair.

const script = `export const words = ${JSON.stringify("hubbub ".repeat(300))};`;
const html = "<!doctype html><title>Room</title>";
let folder: string;
let pages: ReturnType<typeof servePages>;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "hubbub-files-"));
	const { brotliCompressSync, gzipSync } = await import("node:zlib");
	await Bun.write(join(folder, "a.js"), script);
	await Bun.write(join(folder, "a.js.br"), brotliCompressSync(script));
	await Bun.write(join(folder, "a.js.gz"), gzipSync(script));
	await Bun.write(join(folder, "small.js"), "export {};");
	await Bun.write(join(folder, "room.html"), html);
	const page = { file: "room.html", type: "text/html; charset=utf-8", encodings: {} };
	const encodings = { br: "a.js.br", gzip: "a.js.gz" };
	const files = {
		"/assets/a-hash.js": { file: "a.js", type: "text/javascript", immutable: true, encodings },
		"/sdk.js": { file: "a.js", type: "text/javascript", immutable: false, encodings },
		"/small.js": { file: "small.js", type: "text/javascript", immutable: true, encodings: {} },
	};
	await Bun.write(
		join(folder, "manifest.json"),
		JSON.stringify({ pages: { room: [page, page, page], setup: [page], lab: [page] }, files }),
	);
	pages = servePages(readBuild(folder));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function ask(path: string, headers: Record<string, string> = {}): Response {
	const response = pages.file(path, new Request(`http://localhost${path}`, { headers }));
	if (!response) throw new Error(`There is no ${path}.`);
	return response;
}

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

test("[FILE-2] a file is sent in the best encoding that the client takes, as the same bytes", async () => {
	const br = ask("/assets/a-hash.js", { "accept-encoding": "gzip, deflate, br, zstd" });
	expect(br.headers.get("content-encoding")).toBe("br");
	expect(brotliDecompressSync(await bytesOf(br)).toString()).toBe(script);
	const gzip = ask("/assets/a-hash.js", { "accept-encoding": "br;q=0, gzip" });
	expect(gzip.headers.get("content-encoding")).toBe("gzip");
	expect(gunzipSync(await bytesOf(gzip)).toString()).toBe(script);
	const plain = ask("/assets/a-hash.js");
	expect(plain.headers.has("content-encoding")).toBe(false);
	expect(await plain.text()).toBe(script);
});

test("[FILE-2] caches are told what it depends on, and each encoding has a validator of its own", () => {
	const answers = ["br", "gzip", "identity"].map((encoding) => ask("/assets/a-hash.js", { "accept-encoding": encoding }));
	for (const { headers } of answers) expect(headers.get("vary")).toBe("Accept-Encoding");
	const tags = answers.map(({ headers }) => headers.get("etag") ?? "");
	expect(new Set(tags).size).toBe(3);
	for (const tag of tags) expect(tag).toMatch(/^"[\w-]+"$/);
	expect(ask("/small.js").headers.has("vary")).toBe(false);
});

test("[FILE-2] who has it is told so without it, also where a proxy weakened the tag", async () => {
	for (const encoding of ["br", "gzip", "identity"]) {
		const first = ask("/sdk.js", { "accept-encoding": encoding });
		const etag = first.headers.get("etag") ?? "";
		for (const held of [etag, `W/${etag}`, `"other", ${etag}`]) {
			const again = ask("/sdk.js", { "accept-encoding": encoding, "if-none-match": held });
			expect([again.status, await again.text()]).toEqual([304, ""]);
			for (const name of ["etag", "vary", "cache-control"]) expect(again.headers.get(name)).toBe(first.headers.get(name));
			expect(again.headers.has("content-encoding")).toBe(false);
		}
		expect(ask("/sdk.js", { "accept-encoding": encoding, "if-none-match": '"other"' }).status).toBe(200);
	}
	// The bytes of one encoding are not those of another.
	const br = ask("/sdk.js", { "accept-encoding": "br" }).headers.get("etag") ?? "";
	expect(ask("/sdk.js", { "accept-encoding": "gzip", "if-none-match": br }).status).toBe(200);
});

test("[FILE-2] what is named by its content is kept for good, the SDK and the pages are asked for again each time", () => {
	expect(ask("/assets/a-hash.js").headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
	expect(ask("/sdk.js").headers.get("cache-control")).toBe("no-cache");
	const page = () => pages.page("room", new Request("http://localhost/"), { embedded: false, depth: 0 });
	expect(page().headers.get("cache-control")).toBe("no-cache");
	const etag = page().headers.get("etag") ?? "";
	const again = pages.page("room", new Request("http://localhost/", { headers: { "if-none-match": etag } }), { embedded: false, depth: 0 });
	expect(again.status).toBe(304);
	expect(again.headers.get("content-security-policy")).toBe(page().headers.get("content-security-policy"));
});
