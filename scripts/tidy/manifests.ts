import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Finding, root, type Source } from "./source.ts";

/** A package.json, as far as dependencies go. */
export interface Manifest {
	/** From the root: `packages/web/package.json`. */
	readonly path: string;
	/** Names and versions as written, of every kind of dependency. */
	readonly dependencies: Readonly<Record<string, string>>;
}

/** The manifest at the root and those of the packages. */
export function readManifests(): Manifest[] {
	const paths = ["package.json", ...readdirSync(join(root, "packages")).map((name) => `packages/${name}/package.json`)];
	return paths
		.filter((path) => existsSync(join(root, path)))
		.map((path) => {
			const manifest = JSON.parse(readFileSync(join(root, path), "utf8")) as Record<string, Record<string, string> | undefined>;
			const kinds = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "overrides"];
			return { path, dependencies: Object.assign({}, ...kinds.map((kind) => manifest[kind])) as Record<string, string> };
		});
}

export function findUnpinned(manifests: readonly Manifest[]): Finding[] {
	return manifests.flatMap(({ path, dependencies }) =>
		Object.entries(dependencies)
			.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
			.map(([name, version]) => ({ path, line: null, says: `${name} is at "${version}": pin one exact version` })),
	);
}

/** Compares what is depended on with what `docs/dependencies.md` argues for: each has a row whose first cell is its name as code. */
export function findUnargued(manifests: readonly Manifest[], argument: string): Finding[] {
	const used = new Set(manifests.flatMap(({ dependencies }) => Object.keys(dependencies)).filter((name) => !name.startsWith("@hubbub/")));
	const argued = new Set(
		[...argument.matchAll(/^\| *((?:`[^`]+`,? *)+)\|/gm)].flatMap((row) =>
			[...(row[1] ?? "").matchAll(/`([^`]+)`/g)].map((name) => name[1] ?? ""),
		),
	);
	const path = "docs/dependencies.md";
	return [
		...[...used].filter((name) => !argued.has(name)).map((name) => ({ path, line: null, says: `does not argue for ${name}` })),
		...[...argued]
			.filter((name) => !used.has(name))
			.map((name) => ({ path, line: null, says: `argues for ${name}, which nothing depends on` })),
	];
}

/** A lockfile of npm, as far as we look. */
export interface Lockfile {
	readonly packages: Readonly<
		Record<string, { readonly resolved?: string; readonly optionalDependencies?: Readonly<Record<string, string>> }>
	>;
}

/** What would keep others from installing: a registry's host, or another system's optional package left out, at which `npm ci` refuses. */
export function findLockfileFaults({ packages }: Lockfile): Finding[] {
	const path = "package-lock.json";
	return Object.entries(packages).flatMap(([key, { resolved, optionalDependencies }]) => {
		const hosts = resolved?.startsWith("http") ? [{ path, line: null, says: `${key} names a registry: ${resolved}` }] : [];
		const left = Object.keys(optionalDependencies ?? {}).filter(
			(name) => !(`node_modules/${name}` in packages || `${key}/node_modules/${name}` in packages),
		);
		return [...hosts, ...left.map((name) => ({ path, line: null, says: `leaves out ${name}, an optional package of ${key}` }))];
	});
}

/** Imports of packages that the importing package's manifest does not name. Tests may use the root's development tools. */
export function findUndeclared(sources: readonly Source[], manifests: readonly Manifest[]): Finding[] {
	const byPath = new Map(manifests.map((manifest) => [manifest.path, manifest.dependencies]));
	const tools = byPath.get("package.json") ?? {};
	return sources.flatMap((source) => {
		const own = byPath.get(`${source.path.split("/").slice(0, 2).join("/")}/package.json`) ?? tools;
		return source.imports.flatMap(({ target, specifier, line }) => {
			if (target.kind !== "package" || target.name in own || (source.isTest && target.name in tools)) return [];
			return [{ path: source.path, line, says: `imports ${specifier}, which its package.json does not name` }];
		});
	});
}
