import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * What decides which of Bun's builds fits.
 * @typedef {object} Machine
 * @property {string} platform as `process.platform`
 * @property {string} arch as `process.arch`
 * @property {boolean} musl whether the C library is musl (Alpine)
 */

/** @type {Record<string, string | undefined>} */
const systems = { linux: "linux", android: "linux", darwin: "darwin", win32: "windows", freebsd: "freebsd" };
/** @type {Record<string, string | undefined>} */
const processors = { x64: "x64", arm64: "aarch64" };

/**
 * Names the packages that may hold this machine's Bun, the best first: none where Bun has no build for it.
 *
 * @example bunPackages({ platform: "linux", arch: "x64", musl: true }) // ["@oven/bun-linux-x64-musl", "@oven/bun-linux-x64-musl-baseline"]
 * @param {Machine} machine
 * @returns {string[]}
 */
export function bunPackages({ platform, arch, musl }) {
	const system = systems[platform];
	const processor = processors[arch];
	if (system === undefined || processor === undefined) return [];
	const library = platform === "android" ? "-android" : musl ? "-musl" : "";
	const name = `@oven/bun-${system}-${processor}${library}`;
	return processor === "x64" ? [name, `${name}-baseline`] : [name];
}

/**
 * Finds the Bun binary among the installed packages; null where there is none. It does not need the `bun` package's
 * `postinstall`, which npm 12 and careful people block.
 *
 * @param {string} root the repository's folder
 * @param {Machine} [machine]
 * @returns {string | null} an absolute path
 */
export function findBun(root, machine = thisMachine()) {
	const file = machine.platform === "win32" ? "bun.exe" : "bun";
	const paths = bunPackages(machine).map((name) => join(root, "node_modules", name, "bin", file));
	return paths.find((path) => existsSync(path)) ?? null;
}

/** @returns {Machine} */
export function thisMachine() {
	return { platform: process.platform, arch: process.arch, musl: process.platform === "linux" && !hasGlibc() };
}

function hasGlibc() {
	const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
	return report.header?.glibcVersionRuntime !== undefined;
}
