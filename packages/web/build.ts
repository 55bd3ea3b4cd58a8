/**
 * Builds the pages: `bun packages/web/build.ts [OUT]` writes `dist/` (or OUT) whole, from nothing.
 *
 * What the server may serve is `manifest.json`, a fixed table: `pages` maps a page's name to its HTML file, `files` maps a URL path to
 * the file behind it, its media type, and whether its name changes with its content (`immutable`).
 */
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { bundleSdk } from "../client/build.ts";

interface Manifest {
	readonly pages: Record<string, string>;
	readonly files: Record<string, { file: string; type: string; immutable: boolean }>;
}

const here = import.meta.dir;
const javascript = "text/javascript; charset=utf-8";
/** Each page and the module it starts with; what that imports lazily becomes files of its own. */
const entries: Readonly<Record<string, string>> = {
	room: "src/room/room-page.ts",
	setup: "src/setup/setup-page.ts",
	lab: "src/lab/lab-page.ts",
};

/** Builds everything into `out`, replacing what was there only once all of it is whole. Throws with the bundler's messages where a source is wrong. */
export async function build(out: string): Promise<Manifest> {
	const fresh = `${out}.${process.pid}.new`;
	await rm(fresh, { recursive: true, force: true });
	await mkdir(join(fresh, "assets"), { recursive: true });
	const manifest: Manifest = { pages: {}, files: {} };
	const names: Record<string, string> = {};
	const put = async (path: string, type: string, body: string | Uint8Array, immutable: boolean) => {
		await writeFile(join(fresh, path), body);
		manifest.files[path] = { file: path.slice(1), type, immutable };
		return path;
	};

	const modules = await bundle(
		Object.values(entries).map((entry) => join(here, entry)),
		{ splitting: true },
	);
	const sources = new Map<string, string>();
	for (const { path, text, isEntry } of modules) {
		const address = await put(`/assets/${path}`, javascript, text, true);
		sources.set(address, text);
		const page = isEntry && Object.keys(entries).find((name) => path.startsWith(`${basename(entries[name] as string, ".ts")}-`));
		if (page) names[`${page}.js`] = address;
	}
	const [early] = await bundle([join(here, "src/theme/early.ts")], { splitting: false });
	if (!early) throw new Error("The early script came out empty.");
	names["early.js"] = await put(`/assets/${early.path}`, javascript, `(()=>{${early.text}})();`, true);
	const tokens = await readFile(join(here, "src/theme/tokens.css"), "utf8");
	names["tokens.css"] = await put(`/assets/tokens-${Bun.hash(tokens).toString(36)}.css`, "text/css; charset=utf-8", tokens, true);

	// Its files stand side by side, since the first one loads the other by name.
	for (const { path, text, immutable } of await bundleSdk("sdk")) await put(`/${path}`, javascript, text, immutable);
	await put("/favicon.svg", "image/svg+xml", await readFile(join(here, "src/theme/mark.svg")), false);

	for (const page of Object.keys(entries)) {
		const html = await readFile(join(here, `pages/${page}.html`), "utf8");
		await writeFile(join(fresh, `${page}.html`), fill(html, names, sources));
		manifest.pages[page] = `${page}.html`;
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
		plugins: [tightTemplates],
	});
	return Promise.all(
		result.outputs.map(async (output) => ({
			path: basename(output.path),
			text: await output.text(),
			isEntry: output.kind === "entry-point",
		})),
	);
}

/** Takes the white space out of templates and styles that a browser would skip anyway: a tenth of the pages' weight. */
const tightTemplates: Bun.BunPlugin = {
	name: "tight templates",
	setup(builder) {
		builder.onLoad({ filter: /packages[\\/]web[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
			// Indentation is tabs, and only templates and styles run over several lines: outside of them it means nothing at all.
			const contents = (await readFile(path, "utf8")).replace(/\n\t+/g, "\n").replace(/(?<=\bcss`)[^`]*(?=`)/g, tightStyles);
			return { contents, loader: "ts" };
		});
	},
};

/** Leaves a style sheet's meaning as it is: spaces that part selectors stay. */
function tightStyles(styles: string): string {
	return styles
		.replace(/\s+/g, " ")
		.replace(/ ?([{};]) ?/g, "$1")
		.replace(/([:,]) /g, "$1")
		.replaceAll(";}", "}");
}

/** Puts addresses where a page names a file as `{{name}}`, and links for what an entry imports at once as `{{preloads:name}}`. */
function fill(html: string, names: Readonly<Record<string, string>>, sources: ReadonlyMap<string, string>): string {
	return html.replace(/\{\{(?:(preloads):)?([\w.]+)\}\}/g, (_whole, preloads: string | undefined, name: string) => {
		const address = names[name];
		if (!address) throw new Error(`The page names ${name}, which was not built.`);
		return preloads
			? staticImports(address, sources)
					.map((path) => `<link rel="modulepreload" href="${path}">`)
					.join("\n")
			: address;
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
