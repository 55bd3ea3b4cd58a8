import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { runChild } from "./child.mjs";
import { withLock } from "./lock.mjs";

const pages = "packages/web/dist";
const sources = [
	"packages/web",
	"packages/client/build.ts",
	"packages/client/src",
	"packages/protocol/src",
	"packages/room-model/src",
	"package-lock.json",
	"tsconfig.json",
];
const notSources = new Set(["dist", "node_modules", "test"]);
const record = ".cache/web-pages";

/**
 * Builds the web pages where they are missing or their sources have changed since.
 *
 * @param {{ root: string, bun: string }} place
 * @returns {Promise<number>} exit code of the build, 0 where there was nothing to do
 */
export async function ensurePages({ root, bun }) {
	if (arePagesFresh(root)) return 0;
	return await withLock(root, "pages", async () => (arePagesFresh(root) ? 0 : await buildPages({ root, bun })));
}

/**
 * Builds the web pages into `packages/web/dist`, and remembers from which sources.
 *
 * @param {{ root: string, bun: string }} place
 * @returns {Promise<number>} exit code of the build
 */
export async function buildPages({ root, bun }) {
	const built = fingerprint(root);
	const { code } = await runChild(bun, ["packages/web/build.ts"]);
	if (code === 0) rememberPages(root, built);
	return code;
}

/** @param {string} root */
export function arePagesFresh(root) {
	const path = join(root, record);
	return existsSync(join(root, pages)) && existsSync(path) && readFileSync(path, "utf8") === fingerprint(root);
}

/**
 * Notes that the pages were built from sources with this fingerprint.
 * @param {string} root
 * @param {string} [built]
 */
export function rememberPages(root, built = fingerprint(root)) {
	const path = join(root, record);
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, built);
}

/**
 * SHA-256 over the names and contents of all sources: times of files say nothing after a `git checkout`.
 * @param {string} root
 */
function fingerprint(root) {
	const hash = createHash("sha256");
	for (const path of sources.flatMap((source) => listFiles(join(root, source)))) {
		const content = readFileSync(path);
		hash.update(`${relative(root, path)}\0${content.length}\0`).update(content);
	}
	return hash.digest("hex");
}

/**
 * @param {string} path a file or a folder
 * @returns {string[]}
 */
function listFiles(path) {
	if (!existsSync(path)) return [];
	let entries;
	try {
		entries = readdirSync(path, { withFileTypes: true });
	} catch {
		return [path];
	}
	return entries
		.filter((entry) => !notSources.has(entry.name) && !entry.isSymbolicLink())
		.sort((one, other) => (one.name < other.name ? -1 : 1))
		.flatMap((entry) => (entry.isDirectory() ? listFiles(join(path, entry.name)) : [join(path, entry.name)]));
}
