import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { run } from "./program.ts";

/** The repository's folder, and the one where everything is kept that the suite builds or fetches. */
export const root = resolve(import.meta.dir, "../../../..");
export const cache = join(root, ".cache/bench");

/** Peers from npm. They are no dependency of ours: they live in the cache alone. */
const peers = { ws: "8.23.0", "socket.io": "4.8.4" } as const;

/** Says why an engine or a part cannot be measured on this machine. */
export class NotHere extends Error {
	override name = "NotHere";
}

const generatorSources = ["main.c", "crowd.c", "connection.c", "frame.c", "audit.c", "inflate.c", "script.c"];

/** Builds the load generator; answers its path. Throws `NotHere` without a C compiler. */
export async function buildGenerator(): Promise<string> {
	return compile("generator", generatorSources);
}

/** Builds the bare loop of `send()`; answers its path. */
export async function buildFloor(): Promise<string> {
	return compile("floor", ["floor.c"]);
}

async function compile(name: string, sources: readonly string[]): Promise<string> {
	const folder = join(import.meta.dir, "../generator");
	const target = join(cache, name);
	const newest = Math.max(...readdirSync(folder).map((file) => statSync(join(folder, file)).mtimeMs));
	if (existsSync(target) && statSync(target).mtimeMs > newest) return target;
	mkdirSync(cache, { recursive: true });
	await ensureCompiler();
	const draft = `${target}.${process.pid}`;
	await run(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", draft, ...sources.map((file) => join(folder, file))]);
	await run(["mv", draft, target]);
	return target;
}

async function ensureCompiler(): Promise<void> {
	if (Bun.which("gcc")) return;
	if (!Bun.which("apt-get") || process.getuid?.() !== 0)
		throw new NotHere("A C compiler is needed: install gcc and libc6-dev, then run this again.");
	console.log("Installing gcc …");
	await run(["apt-get", "update", "-qq"]);
	await run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "gcc", "libc6-dev"]);
}

/** Installs the peers from npm; answers the folder that holds their `node_modules`. Throws `NotHere` where that fails. */
export async function installPeers(): Promise<{ folder: string; versions: Record<string, string> }> {
	const folder = join(cache, "peers");
	const wanted = JSON.stringify({ private: true, dependencies: peers });
	const manifest = Bun.file(join(folder, "package.json"));
	const ready = existsSync(join(folder, "node_modules/.package-lock.json")) && (await manifest.text().catch(() => "")) === wanted;
	if (!ready) {
		console.log("Installing the peers from npm …");
		mkdirSync(folder, { recursive: true });
		await Bun.write(manifest, wanted);
		await run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder).catch((fault: Error) => {
			throw new NotHere(`npm could not install the peers. ${fault.message}`);
		});
	}
	return { folder, versions: peers };
}

/** nginx with Nchan, taken out of Debian's packages into the cache: nothing is installed on the system, no service is started. */
export interface Nchan {
	readonly binary: string;
	readonly module: string;
	readonly versions: Record<string, string>;
}

const nchanPackages = ["nginx", "libnginx-mod-nchan"];

/** Fetches Nchan. Throws `NotHere` where there is no `apt-get`, or no such package. */
export async function installNchan(): Promise<Nchan> {
	const folder = join(cache, "nchan");
	const nchan = { binary: join(folder, "usr/sbin/nginx"), module: join(folder, "usr/lib/nginx/modules/ngx_nchan_module.so") };
	if (!existsSync(nchan.module) || !existsSync(nchan.binary)) await fetchNchan(folder);
	await run(["unshare", "--version"]).catch(() => {
		throw new NotHere("unshare (util-linux) is needed to run nginx without installing it.");
	});
	await run([nchan.binary, "-v"]).catch((fault: Error) => {
		throw new NotHere(`Debian's nginx does not run here. ${fault.message}`);
	});
	const versions = await Bun.file(join(folder, "versions.json")).json();
	return { ...nchan, versions };
}

async function fetchNchan(folder: string): Promise<void> {
	if (!Bun.which("apt-get") || !Bun.which("dpkg-deb")) throw new NotHere("Nchan is taken from Debian's packages, and this is no Debian.");
	mkdirSync(folder, { recursive: true });
	console.log("Fetching Nchan from Debian …");
	const download = () => run(["apt-get", "download", "-qq", ...nchanPackages], folder);
	try {
		await download().catch(async (fault) => {
			if (process.getuid?.() !== 0) throw fault;
			await run(["apt-get", "update", "-qq"]);
			await download();
		});
	} catch (fault) {
		throw new NotHere(`Nchan could not be fetched. ${(fault as Error).message}`);
	}
	const versions: Record<string, string> = {};
	for (const file of readdirSync(folder).filter((name) => name.endsWith(".deb"))) {
		await run(["dpkg-deb", "-x", file, "."], folder);
		const [name = file, version = ""] = (await run(["dpkg-deb", "-f", file, "Package", "Version"], folder)).match(/(?<=: ).+/g) ?? [];
		versions[name] = version;
	}
	await Bun.write(join(folder, "versions.json"), JSON.stringify(versions));
}

/** Makes sure that the server's pages are built: it does not start without them. */
export async function ensurePages(): Promise<void> {
	if (existsSync(join(root, "packages/web/dist/manifest.json"))) return;
	console.log("Building the pages …");
	await run([process.execPath, "packages/web/build.ts"], root);
}
