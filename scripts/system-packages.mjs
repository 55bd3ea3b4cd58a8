import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runChild } from "./child.mjs";

/**
 * What can be asked about this machine.
 * @typedef {object} Host
 * @property {boolean} debian whether packages come by apt-get
 * @property {boolean} root whether we may install them
 * @property {(names: readonly string[]) => string | null} findCommand path of the first command there is
 * @property {(pattern: string) => boolean} hasFont whether a font matches a fontconfig pattern
 * @property {(module: string) => boolean} hasPython whether the system's Python has a module
 */

/**
 * One system package the tests need: its name in Debian, what for, and how to see that it (or its like) is there.
 * @typedef {{ name: string, purpose: string, isPresent: (host: Host) => boolean }} SystemPackage
 */

const browsers = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** @type {readonly SystemPackage[]} */
export const systemPackages = [
	{ name: "chromium", purpose: "the browser the pages are tried in", isPresent: (host) => host.findCommand(browsers) !== null },
	{ name: "fonts-noto-cjk", purpose: "Chinese and Japanese text in screenshots", isPresent: (host) => host.hasFont(":lang=zh-cn") },
	{ name: "fonts-noto-color-emoji", purpose: "emoji in screenshots", isPresent: (host) => host.hasFont(":charset=1f600:color=true") },
	{ name: "ffmpeg", purpose: "streams and films to show on the stage", isPresent: (host) => host.findCommand(["ffmpeg"]) !== null },
	{ name: "curl", purpose: "a client nobody here wrote, for streams and polls", isPresent: (host) => host.findCommand(["curl"]) !== null },
	{ name: "openssl", purpose: "certificates for the tests of TLS", isPresent: (host) => host.findCommand(["openssl"]) !== null },
	{ name: "nginx", purpose: "a reverse proxy and cache to stand behind", isPresent: (host) => host.findCommand(["nginx"]) !== null },
	{ name: "haproxy", purpose: "a reverse proxy to stand behind", isPresent: (host) => host.findCommand(["haproxy"]) !== null },
	{ name: "caddy", purpose: "a reverse proxy to stand behind", isPresent: (host) => host.findCommand(["caddy"]) !== null },
	{ name: "apache2", purpose: "a reverse proxy to stand behind", isPresent: (host) => host.findCommand(["apache2"]) !== null },
	{ name: "varnish", purpose: "a cache to stand behind", isPresent: (host) => host.findCommand(["varnishd"]) !== null },
	{
		// Its programs stand outside the path; the package sets up a database of the system's, which no test touches.
		name: "postgresql",
		purpose: "a database that nodes share, started by the tests that need one",
		isPresent: (host) => host.findCommand(["initdb"]) !== null,
	},
	{
		name: "systemd",
		purpose: "the service manager that looks at our unit",
		isPresent: (host) => !host.debian || host.findCommand(["systemd-analyze"]) !== null,
	},
	{ name: "python3-websockets", purpose: "a WebSocket client nobody here wrote", isPresent: (host) => host.hasPython("websockets") },
];

/**
 * Makes sure that the system packages the tests need are there: on Debian and as root it installs what is missing, otherwise it
 * prints the command that does.
 *
 * @param {Host} [host]
 * @returns {Promise<number>} 0 where everything is there now
 */
export async function ensureSystemPackages(host = thisHost()) {
	const missing = systemPackages.filter((row) => !row.isPresent(host));
	if (missing.length === 0) {
		console.log("All there.");
		return 0;
	}
	for (const { name, purpose } of missing) console.log(`Missing: ${name} (${purpose})`);
	if (host.debian && host.root) return await installByApt(missing.map(({ name }) => name));
	console.log(adviseInstall(missing, host));
	return 1;
}

/**
 * Says what to do by hand.
 * @param {readonly SystemPackage[]} missing
 * @param {Pick<Host, "debian">} host
 */
export function adviseInstall(missing, { debian }) {
	const names = missing.map(({ name }) => name).join(" ");
	if (debian) return `Run this, then the tests again:\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names}`;
	return `Install ${names} (these are Debian's names) with this system's package manager, then run the tests again.`;
}

/** @param {readonly string[]} names */
async function installByApt(names) {
	const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
	const lock = ["-o", "DPkg::Lock::Timeout=300"];
	console.log(`Installing ${names.join(", ")} …`);
	return await withoutStartingServices(async () => {
		const update = await runChild("apt-get", ["update", "-qq", ...lock], { env, stdout: "ignore" });
		if (update.code !== 0) return update.code;
		return (await runChild("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...lock, ...names], { env, stdout: "ignore" }))
			.code;
	});
}

/**
 * Debian starts a service as soon as it is installed, unless this file says no. One that is there already is left alone.
 *
 * @template T
 * @param {() => Promise<T>} work
 */
async function withoutStartingServices(work) {
	const policy = "/usr/sbin/policy-rc.d";
	const ours = !existsSync(policy);
	if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
	try {
		return await work();
	} finally {
		if (ours) rmSync(policy, { force: true });
	}
}

/** @returns {Host} */
export function thisHost() {
	return {
		debian: existsSync("/etc/debian_version") && findCommand(["apt-get"]) !== null,
		root: process.getuid?.() === 0,
		findCommand,
		hasFont: process.platform === "linux" ? hasFont : () => true,
		hasPython,
	};
}

/** @param {readonly string[]} names */
function findCommand(names) {
	const folders = (process.env.PATH ?? "").split(delimiter).concat("/usr/sbin", "/usr/bin", postgresFolders());
	const paths = names.flatMap((name) => folders.map((folder) => join(folder, process.platform === "win32" ? `${name}.exe` : name)));
	return paths.find((path) => existsSync(path)) ?? null;
}

/** Where Debian keeps PostgreSQL's own programs, a folder a version. */
function postgresFolders() {
	const home = "/usr/lib/postgresql";
	return existsSync(home) ? readdirSync(home).map((version) => join(home, version, "bin")) : [];
}

/** @param {string} pattern */
function hasFont(pattern) {
	try {
		return execFileSync("fc-list", [pattern, "family"], { encoding: "utf8" }).trim() !== "";
	} catch {
		return false; // no fontconfig, hence no fonts that a browser would find
	}
}

/** @param {string} module */
function hasPython(module) {
	try {
		// Debian's own: another Python further up the path does not see Debian's modules.
		execFileSync("/usr/bin/python3", ["-c", `import ${module}`], { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}
