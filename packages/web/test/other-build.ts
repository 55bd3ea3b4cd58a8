import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Manifest } from "../build.ts";

/**
 * Makes of the build in `from` another one in `to`, as the next release's would be: the same pages, and not one file named by its content under the
 * name that it had. Nothing is compressed, which is none of its affair.
 */
export async function makeOtherBuild(from: string, to: string): Promise<void> {
	const { pages, files } = JSON.parse(await readFile(join(from, "manifest.json"), "utf8")) as Manifest;
	const names = Object.entries(files).flatMap(([path, { immutable }]) => (immutable ? [path.split("/").at(-1) as string] : []));
	const renamed = (text: string) => names.reduce((so, name) => so.replaceAll(name, name.replace(/(\.\w+)$/, "-next$1")), text);
	const next = async ({ file, type, immutable }: Manifest["files"][string]) => {
		const entry = { file: renamed(file), type, immutable, encodings: {} };
		const body = await readFile(join(from, file));
		await mkdir(dirname(join(to, entry.file)), { recursive: true });
		await writeFile(join(to, entry.file), /javascript|css|html/.test(type) ? renamed(body.toString("utf8")) : body);
		return entry;
	};
	const manifest: { pages: Manifest["pages"]; files: Manifest["files"] } = { pages: {}, files: {} };
	for (const [name, entries] of Object.entries(pages)) manifest.pages[name] = await Promise.all(entries.map(next));
	for (const [path, entry] of Object.entries(files)) manifest.files[renamed(path)] = await next(entry);
	await writeFile(join(to, "manifest.json"), JSON.stringify(manifest));
}
