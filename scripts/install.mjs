import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bunPackages, findBun, thisMachine } from "./bun.mjs";
import { runChild } from "./child.mjs";
import { withLock } from "./lock.mjs";
import { Refusal } from "./refusal.mjs";

/**
 * A lockfile as npm writes it, as far as we look.
 * @typedef {{ packages: Record<string, { version?: string, link?: boolean, resolved?: string, optional?: boolean }> }} Lockfile
 */

/**
 * Makes sure that what `package-lock.json` names is installed, and answers where Bun is.
 *
 * @param {string} root the repository's folder
 * @returns {Promise<string>} the absolute path of the Bun binary
 * @throws {Refusal} where it cannot be installed, or Bun has no build for this machine
 */
export async function prepareBun(root) {
	const machine = thisMachine();
	if (bunPackages(machine).length === 0) throw new Refusal(`Bun has no build for ${machine.platform} on ${machine.arch}.`);
	const ready = () => (isInstalled(root) ? findBun(root) : null);
	const bun = ready() ?? (await withLock(root, "install", async () => ready() ?? (await install(root))));
	if (bun === null) throw new Refusal(`npm left out ${bunPackages(machine)[0]}: is "omit=optional" set? Try \`npm config get omit\`.`);
	return bun;
}

/**
 * Whether `node_modules` holds what `package-lock.json` says. npm keeps a record of its own in `node_modules/.package-lock.json`,
 * written last, so neither an older lockfile nor an installation cut short passes; other systems' optional packages may be absent.
 *
 * @param {string} root
 */
export function isInstalled(root) {
	const wanted = readLockfile(join(root, "package-lock.json"));
	const record = join(root, "node_modules", ".package-lock.json");
	if (!existsSync(record)) return false;
	const present = readLockfile(record);
	return Object.entries(wanted.packages).every(([path, entry]) => {
		if (!path.startsWith("node_modules/")) return true;
		const installed = present.packages[path];
		if (installed === undefined) return entry.optional === true;
		return installed.version === entry.version && installed.link === entry.link && (!entry.link || installed.resolved === entry.resolved);
	});
}

/**
 * @param {string} path
 * @returns {Lockfile}
 */
function readLockfile(path) {
	try {
		return JSON.parse(readFileSync(path, "utf8"));
	} catch (error) {
		throw new Refusal(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
	}
}

/** @param {string} root */
async function install(root) {
	const startedAt = performance.now();
	process.stderr.write("Installing what Hubbub needs (once, up to a minute) … ");
	let errors = "";
	const { command, args } = npm();
	const { code, asked } = await runChild(command, [...args, ...installArgs], {
		stdout: "ignore",
		onErrorOutput: (chunk) => {
			errors += chunk;
		},
	});
	if (code === 0) {
		console.error(`done in ${Math.round((performance.now() - startedAt) / 1_000)} s.`);
		return findBun(root);
	}
	console.error("failed.");
	throw new Refusal(asked ? "Installation was interrupted." : explain(errors));
}

// No scripts of packages are run. Everything is installed whatever NODE_ENV says: Bun itself is an optional package, the web build needs tools.
const installArgs = ["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];

function npm() {
	const cli = process.env.npm_execpath;
	if (cli !== undefined && /npm-cli\.c?js$/.test(cli)) return { command: process.execPath, args: [cli] };
	return process.platform === "win32" ? { command: "cmd.exe", args: ["/d", "/c", "npm"] } : { command: "npm", args: [] };
}

/**
 * Puts npm's errors in one line where the cause is plain, and repeats them where it is not.
 *
 * @param {string} errors what npm wrote to standard error
 */
export function explain(errors) {
	const code = /npm (?:error|ERR!) code (\S+)/.exec(errors)?.[1] ?? /\b(E[A-Z_]{4,})\b/.exec(errors)?.[1];
	if (code !== undefined && offlineCodes.has(code))
		return `The npm registry could not be reached (${code}). Check the network or the proxy, then run the same command again.`;
	if (code === "EACCES" || code === "EPERM" || code === "EROFS")
		return `npm may not write to node_modules here (${code}). Run as the folder's owner, or make the folder writable.`;
	if (code === "EUSAGE" && errors.includes("in sync")) {
		const gaps = errors.match(/(?:Missing|Invalid): .*/g) ?? [];
		return ["package.json and package-lock.json do not agree. Run `npm install --ignore-scripts`, and commit both.", ...gaps].join("\n  ");
	}
	if (code === "ENOSPC") return "The disk is full (ENOSPC): node_modules needs about 500 MB.";
	return `npm could not install:\n${errors.trim()}`;
}

const offlineCodes = new Set([
	"ENOTFOUND",
	"EAI_AGAIN",
	"ECONNREFUSED",
	"ECONNRESET",
	"ETIMEDOUT",
	"ENETUNREACH",
	"EHOSTUNREACH",
	"ENOTCACHED",
	"ERR_SOCKET_TIMEOUT",
]);
