import type { Import } from "./imports.ts";
import type { Finding, Source } from "./source.ts";

/** A station of the house and what it may lean on. Its own files are always allowed. */
export interface Layer {
	readonly name: string;
	/** Which files belong to it. The first layer of the table that fits is a file's own. */
	readonly files: RegExp;
	/** Names of layers it may import; `types of X` allows types alone. */
	readonly mayImport: readonly string[];
	/** What of npm and of the runtime it may import: by default everything its `package.json` names, and every builtin. */
	readonly outside?: "nothing" | readonly string[];
}

/** ARCHITECTURE's import table. Tests and contract suites are exempt. */
export const layers: readonly Layer[] = [
	{ name: "wire", files: /^packages\/protocol\/src\/wire\//, mayImport: ["types of protocol"], outside: "nothing" },
	{ name: "protocol", files: /^packages\/protocol\/src\//, mayImport: ["wire"], outside: ["valibot"] },
	{ name: "runtime", files: /^packages\/server\/src\/runtime\//, mayImport: [] },
	{ name: "room", files: /^packages\/server\/src\/room\//, mayImport: ["wire", "protocol"], outside: "nothing" },
	{ name: "fanout", files: /^packages\/server\/src\/fanout\//, mayImport: ["wire", "protocol"], outside: "nothing" },
	// What gives away a proxy that stands in the way, and what mends it.
	{ name: "proxies", files: /^packages\/server\/src\/proxies\//, mayImport: ["runtime"], outside: "nothing" },
	// Pure too: what a name looks like.
	{ name: "names", files: /^packages\/server\/src\/names\//, mayImport: ["wire", "protocol"], outside: "nothing" },
	{ name: "engine port", files: /^packages\/server\/src\/engine\/[^/]+\.ts$/, mayImport: ["wire", "protocol", "runtime", "types of room"] },
	{
		name: "engine",
		files: /^packages\/server\/src\/engine\/[^/]+\//,
		mayImport: ["wire", "protocol", "runtime", "types of room", "engine port"],
	},
	{ name: "host", files: /^packages\/server\/src\/host\//, mayImport: ["wire", "protocol", "room", "fanout", "engine port", "runtime"] },
	// Who somebody is and whether they may come in: the one door that sockets and HTTP share.
	{
		name: "door",
		files:
			/^packages\/server\/src\/session\/(?:address-limits|authenticate|claims|command|credential|guest-token|key-set|operator|room-admission|sign-in|welcome)\.ts$/,
		mayImport: ["wire", "protocol", "room", "host", "names", "runtime"],
	},
	{
		name: "session",
		files: /^packages\/server\/src\/session\//,
		mayImport: ["wire", "protocol", "room", "host", "names", "runtime", "door"],
	},
	{ name: "lab", files: /^packages\/server\/src\/lab\//, mayImport: ["room", "runtime"] },
	{
		name: "transport",
		files: /^packages\/server\/src\/transport\//,
		mayImport: ["wire", "protocol", "types of host", "session", "door", "lab", "proxies", "runtime"],
	},
	{
		name: "api",
		files: /^packages\/server\/src\/api\//,
		mayImport: ["wire", "protocol", "room", "host", "types of names", "engine port", "proxies", "runtime", "door"],
	},
	{ name: "crowd", files: /^packages\/server\/crowd\//, mayImport: ["wire", "protocol"] },
	// The archive it pages through is filled by the engine itself, ten million messages at once.
	{ name: "bench", files: /^packages\/server\/bench\//, mayImport: ["wire", "protocol", "client", "engine port", "engine"] },
	// A page pays for what these import, and of the protocol `wire/` alone comes without a library.
	{ name: "client", files: /^packages\/client\/src\//, mayImport: ["wire", "types of protocol"], outside: "nothing" },
	// The page without the page: no DOM, so that overlays, consoles and programs can be built on it.
	{
		name: "room-model",
		files: /^packages\/room-model\/src\//,
		mayImport: ["wire", "types of protocol", "types of client"],
		outside: "nothing",
	},
	{ name: "web", files: /^packages\/web\/src\//, mayImport: ["client", "room-model", "wire", "types of protocol"] },
	{ name: "scripts", files: /^scripts\//, mayImport: [] },
	// The composition root reads the settings and picks implementations: it may import anything of the server.
	{
		name: "composition root",
		files: /^packages\/server\/src\/(?:settings\/)?[^/]+\.ts$/,
		mayImport: [
			"wire",
			"protocol",
			"runtime",
			"room",
			"fanout",
			"engine port",
			"engine",
			"host",
			"names",
			"proxies",
			"session",
			"door",
			"transport",
			"api",
		],
	},
];

/** A driver is imported only inside the folder of the engine it drives. */
export const drivers: Readonly<Record<string, string>> = {
	"bun:sqlite": "packages/server/src/engine/sqlite/",
	ioredis: "packages/server/src/engine/redis/",
	postgres: "packages/server/src/engine/postgres/",
};

/** Answers a file's layer, null for files outside the table (build scripts, simulations, tests' own). */
export function layerOf(path: string): Layer | null {
	return layers.find((layer) => layer.files.test(path)) ?? null;
}

/** Every import against the table. */
export function findForbiddenImports(sources: readonly Source[]): Finding[] {
	return sources
		.filter((source) => !source.isTest)
		.flatMap((source) =>
			source.imports.flatMap((imported) => {
				const says = judge(source.path, imported);
				return says === null ? [] : [{ path: source.path, line: imported.line, says }];
			}),
		);
}

function judge(path: string, { specifier, target, typesOnly }: Import): string | null {
	const layer = layerOf(path);
	if (layer === null) return null;
	if (target.kind !== "file") {
		const home = drivers[target.name];
		if (home !== undefined && !path.startsWith(home)) return `imports the driver ${specifier}, which belongs in ${home} alone`;
		const allowed = layer.outside === undefined || (layer.outside !== "nothing" && layer.outside.includes(target.name));
		return allowed ? null : `imports ${specifier}, but ${layer.name} imports ${listed(layer.outside)} from outside the house`;
	}
	if (specifier.startsWith(".") && packageOf(target.path) !== packageOf(path))
		return `reaches into another package by ${specifier}: import it by its name`;
	const other = layerOf(target.path);
	if (other === null) return `imports ${specifier}, which is no part of the house`;
	const allowed =
		other === layer
			? layer.name !== "engine" || engineOf(path) === engineOf(target.path)
			: layer.mayImport.includes(other.name) || (typesOnly && layer.mayImport.includes(`types of ${other.name}`));
	return allowed ? null : `imports ${specifier} (${other.name}), but ${layer.name} may import only ${listed(layer.mayImport)}`;
}

function listed(names: Layer["outside"]): string {
	return names === undefined || names === "nothing" || names.length === 0 ? "nothing" : names.join(", ");
}

function packageOf(path: string): string {
	return path.startsWith("packages/") ? path.split("/").slice(0, 2).join("/") : "";
}

function engineOf(path: string): string | undefined {
	return path.split("/")[4];
}
