/**
 * Builds the pages: `bun packages/web/build.ts [OUT]` writes `dist/` (or OUT) whole, from nothing.
 *
 * What the server may serve is `manifest.json`, a fixed table: `pages` maps a page's name to its HTML files, one for each depth below the
 * service's root at which it has an address, since all addresses on it are relative; `files` maps a URL path below the root to the file behind it, its
 * media type, whether its name changes with its content (`immutable`), and the same file compressed (`encodings`).
 */
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { bundleSdk } from "../client/build.ts";
import { compress } from "./compress.ts";

interface BuiltFile {
	readonly file: string;
	readonly type: string;
	readonly immutable: boolean;
	/** Names of the same file compressed, where that makes it smaller. */
	readonly encodings: { readonly br?: string; readonly gzip?: string };
}

export interface Manifest {
	readonly pages: Record<string, BuiltFile[]>;
	readonly files: Record<string, BuiltFile>;
}

const here = import.meta.dir;
const javascript = "text/javascript; charset=utf-8";
const endings = { br: "br", gzip: "gz" } as const;
/** Each page and the module it starts with; what that imports lazily becomes files of its own. */
const entries: Readonly<Record<string, string>> = {
	room: "src/room/room-page.ts",
	setup: "src/setup/setup-page.ts",
	lab: "src/lab/lab-page.ts",
};
/** How many folders below the root a page's addresses lie: of a room's, `/`, `/rooms/maths` and `/rooms/maths/`. */
const depths: Readonly<Record<string, number>> = { room: 2 };

/** Builds everything into `out`, replacing what was there only once all of it is whole. Throws with the bundler's messages where a source is wrong. */
export async function build(out: string): Promise<Manifest> {
	const fresh = `${out}.${process.pid}.new`;
	await rm(fresh, { recursive: true, force: true });
	await mkdir(join(fresh, "assets"), { recursive: true });
	const manifest: Manifest = { pages: {}, files: {} };
	const names: Record<string, string> = {};
	const write = async (file: string, type: string, body: string | Uint8Array, immutable: boolean): Promise<BuiltFile> => {
		const encodings: { br?: string; gzip?: string } = {};
		const save = (name: string, bytes: string | Uint8Array) => writeFile(join(fresh, name), bytes);
		await save(file, body);
		// Films are compressed as they are.
		const compressed = type.startsWith("video/") ? {} : await compress(Buffer.from(body));
		for (const [encoding, bytes] of Object.entries(compressed)) {
			const name = `${file}.${endings[encoding as keyof typeof endings]}`;
			encodings[encoding as keyof typeof endings] = name;
			await save(name, bytes);
		}
		return { file, type, immutable, encodings };
	};
	const put = async (path: string, type: string, body: string | Uint8Array, immutable: boolean) => {
		manifest.files[path] = await write(path.slice(1), type, body, immutable);
		return path;
	};

	const modules = await bundle(
		Object.values(entries).map((entry) => join(here, entry)),
		{ splitting: true },
	);
	const sources = new Map(modules.map(({ path, text }) => [`/assets/${path}`, text]));
	for (const { path } of modules.filter(({ isEntry }) => isEntry)) {
		const page = Object.keys(entries).find((name) => path.startsWith(`${basename(entries[name] as string, ".ts")}-`));
		if (page) names[`${page}.js`] = `/assets/${path}`;
	}
	await Promise.all([...sources].map(([address, text]) => put(address, javascript, text, true)));
	const [early] = await bundle([join(here, "src/theme/early.ts")], { splitting: false });
	if (!early) throw new Error("The early script came out empty.");
	names["early.js"] = await put(`/assets/${early.path}`, javascript, `(()=>{${early.text}})();`, true);
	const tokens = await readFile(join(here, "src/theme/tokens.css"), "utf8");
	names["tokens.css"] = await put(`/assets/tokens-${Bun.hash(tokens).toString(36)}.css`, "text/css; charset=utf-8", tokens, true);

	// Its files stand side by side, since the first one loads the other by name.
	for (const { path, text, immutable } of await bundleSdk("sdk")) await put(`/${path}`, javascript, text, immutable);
	// An address that rooms keep: its name does not change with its content.
	await put("/sample.webm", "video/webm", await readFile(join(here, "sample/sample.webm")), false);
	names["favicon.svg"] = await put("/favicon.svg", "image/svg+xml", await readFile(join(here, "src/theme/mark.svg")), false);

	const astray = await readFile(join(here, "pages/astray.html"), "utf8");
	for (const page of Object.keys(entries)) {
		const html = (await readFile(join(here, `pages/${page}.html`), "utf8")).replace("{{astray}}", astray.trim());
		manifest.pages[page] = [];
		for (let depth = 0; depth <= (depths[page] ?? 0); depth++) {
			const file = `${page}-${depth}.html`;
			manifest.pages[page].push(await write(file, "text/html; charset=utf-8", fill(html, "../".repeat(depth), names, sources), false));
		}
	}
	await writeFile(join(fresh, "manifest.json"), JSON.stringify(manifest, null, "\t"));
	await replace(out, fresh);
	return manifest;
}

async function bundle(
	entrypoints: string[],
	{ splitting }: { splitting: boolean },
): Promise<{ path: string; text: string; isEntry: boolean }[]> {
	const result = await Bun.build({
		entrypoints,
		splitting,
		target: "browser",
		format: "esm",
		minify: true,
		sourcemap: "none",
		define: { "process.env.NODE_ENV": '"production"' },
		naming: { entry: "[name]-[hash].[ext]", chunk: "[name]-[hash].[ext]", asset: "[name]-[hash].[ext]" },
	});
	return Promise.all(
		result.outputs.map(async (output) => ({
			path: basename(output.path),
			text: await output.text(),
			isEntry: output.kind === "entry-point",
		})),
	);
}

/** Puts addresses, from `up` on, where a page names a file as `{{name}}`, and links for what an entry imports at once as `{{preloads:name}}`. */
function fill(html: string, up: string, names: Readonly<Record<string, string>>, sources: ReadonlyMap<string, string>): string {
	return html.replace(/\{\{(?:(preloads):)?([\w.]+)\}\}/g, (_whole, preloads: string | undefined, name: string) => {
		const address = names[name];
		if (!address) throw new Error(`The page names ${name}, which was not built.`);
		const relative = (path: string) => up + path.slice(1);
		return preloads
			? staticImports(address, sources)
					.map((path) => `<link rel="modulepreload" href="${relative(path)}">`)
					.join("\n")
			: relative(address);
	});
}

/** Addresses of all that a module imports statically, itself left out. */
export function staticImports(address: string, sources: ReadonlyMap<string, string>): string[] {
	const found = new Set<string>();
	const visit = (at: string) => {
		for (const [, path] of sources.get(at)?.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([\w.-]+)"/g) ?? []) {
			const next = `/assets/${path}`;
			if (found.has(next)) continue;
			found.add(next);
			visit(next);
		}
	};
	visit(address);
	return [...found];
}

/** Swaps the folders. Where another build put one there in the same moment, its files are as good. */
async function replace(out: string, fresh: string): Promise<void> {
	await rm(out, { recursive: true, force: true });
	try {
		await rename(fresh, out);
	} catch {
		await cp(fresh, out, { recursive: true });
		await rm(fresh, { recursive: true, force: true });
	}
}

if (import.meta.main) {
	const out = process.argv[2] ?? join(here, "dist");
	const { files } = await build(out);
	console.log(`built ${Object.keys(files).length} files for the pages`);
}
