import { copyFileSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { cache, NotHere } from "./install.ts";
import { run } from "./program.ts";

/** Centrifugo, and the library it is made of at the version it uses. No dependencies of ours: they live in the cache alone. */
const centrifugoVersion = "v6.9.1";

/** Builds Centrifugo from its Go module; answers its path. Throws `NotHere` without Go, or where the module cannot be had. */
export async function buildCentrifugo(): Promise<string> {
	const folder = join(cache, "centrifugo", centrifugoVersion);
	const binary = join(folder, "centrifugo");
	if (existsSync(binary)) return binary;
	await ensureGo();
	console.log(`Building Centrifugo ${centrifugoVersion} (once, some minutes) …`);
	mkdirSync(folder, { recursive: true });
	await go(["install", `github.com/centrifugal/centrifugo/v6@${centrifugoVersion}`], folder);
	return binary;
}

/** Builds the small server on Centrifugo's library that delays its writes; answers its path. Throws `NotHere` as above. */
export async function buildCentrifugeDelayed(): Promise<string> {
	const source = join(import.meta.dir, "../peers/centrifuge-delayed.go");
	const folder = join(cache, "centrifuge-delayed");
	const binary = join(folder, "centrifuge-delayed");
	if (existsSync(binary) && statSync(binary).mtimeMs > statSync(source).mtimeMs) return binary;
	await buildCentrifugo();
	const version = await libraryVersion();
	mkdirSync(folder, { recursive: true });
	copyFileSync(source, join(folder, "main.go"));
	await Bun.write(
		join(folder, "go.mod"),
		`module centrifuge-delayed\n\ngo 1.25.0\n\nrequire github.com/centrifugal/centrifuge ${version}\n`,
	);
	await go(["mod", "tidy"], folder);
	await go(["build", "-o", binary, "."], folder);
	return binary;
}

/** Which version of its library Centrifugo was built with: the binary says so itself. */
async function libraryVersion(): Promise<string> {
	const said = await run(["go", "version", "-m", await buildCentrifugo()]);
	const version = /\bgithub\.com\/centrifugal\/centrifuge\t(\S+)/.exec(said)?.[1];
	if (!version) throw new NotHere("Centrifugo's binary does not say which version of its library it has.");
	return version;
}

async function ensureGo(): Promise<void> {
	if (!Bun.which("go")) throw new NotHere("Centrifugo is built from its Go module, and Go is not installed here.");
}

async function go(args: readonly string[], folder: string): Promise<void> {
	await run(["env", `GOBIN=${folder}`, "GOFLAGS=-mod=mod", "go", ...args], folder).catch((fault: Error) => {
		throw new NotHere(`Go could not build it. ${fault.message}`);
	});
}

export const goVersions = { centrifugo: centrifugoVersion.slice(1) } as const;
