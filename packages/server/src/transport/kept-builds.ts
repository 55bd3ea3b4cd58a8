import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { serverLimits } from "../runtime/limits.ts";
import { type Encoding, encodings } from "./accept.ts";
import { type BuiltFile, builtFile } from "./built-file.ts";

const Hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
/** A file of a build: under which hashes its bodies are kept. */
const KeptFile = v.object({ type: v.string(), plain: Hash, br: v.optional(Hash), gzip: v.optional(Hash) });
const Build = v.record(v.string(), KeptFile);
const Index = v.object({ builds: v.array(Build) });
type Build = v.InferOutput<typeof Build>;

const indexName = "builds.json";
const fileMode = 0o600;
const folderMode = 0o700;

export type FreeBytes = (folder: string) => number;

export interface KeptBuilds {
	/** Files of earlier builds that the present one does not have, by their address. */
	readonly earlier: ReadonlyMap<string, BuiltFile>;
	/** Why the present build could not be kept for the next upgrade; what was kept before is as it was. */
	readonly trouble: string | null;
}

/**
 * Keeps the files of the present build and of the two before it in `folder`, by the hash of their content: a page that was opened before an
 * upgrade still asks for its own (SPEC FILE-3). What cannot be read is left out. Where the disk has little room, nothing new is kept.
 *
 * `freeBytes` answers how much may still be written on the disk of a folder that exists, and may throw.
 */
export function keepBuilds(folder: string, present: ReadonlyMap<string, BuiltFile>, freeBytes: FreeBytes = freeOnDisk): KeptBuilds {
	const bodies = new Map<string, Uint8Array>();
	const build = describe(present, bodies);
	const isPresent = (other: Build) => JSON.stringify(other) === JSON.stringify(build);
	const builds = bounded(folder, bodies, [build, ...readIndex(folder).filter((other) => !isPresent(other))]);
	const earlier = new Map<string, BuiltFile>();
	for (const files of builds.slice(1))
		for (const [path, kept] of Object.entries(files)) {
			const file = present.has(path) || earlier.has(path) ? null : readKept(folder, kept);
			if (file) earlier.set(path, file);
		}
	try {
		const needed = bytesToWrite(folder, builds, bodies);
		const left = needed === 0 ? Number.POSITIVE_INFINITY : freeBytes(dirname(folder)) - needed;
		if (left < serverLimits.keptFilesFreeBytesMin) return { earlier, trouble: `the disk would have ${inMebibytes(left)} MiB free` };
		write(folder, builds, bodies);
		return { earlier, trouble: null };
	} catch (fault) {
		return { earlier, trouble: String((fault as Error).message) };
	}
}

/** What of a build is kept: files whose name is their content's. Their bodies go into `bodies`, by hash. */
function describe(present: ReadonlyMap<string, BuiltFile>, bodies: Map<string, Uint8Array>): Build {
	const hashOf = (body: Uint8Array) => {
		const hash = createHash("sha256").update(body).digest("hex");
		bodies.set(hash, body);
		return hash;
	};
	const named = [...present].filter(([, { immutable }]) => immutable).sort(([one], [other]) => (one < other ? -1 : 1));
	return Object.fromEntries(
		named.map(([path, { type, plain, encoded }]) => {
			const hashes = [...encoded].map(([encoding, { body }]) => [encoding, hashOf(body)] as const);
			return [path, { type, plain: hashOf(plain.body), ...Object.fromEntries(hashes) }];
		}),
	);
}

function readIndex(folder: string): Build[] {
	try {
		return v.parse(Index, JSON.parse(readFileSync(join(folder, indexName), "utf8"))).builds;
	} catch {
		// There is none yet, or it is damaged: what it named is no longer known.
		return [];
	}
}

/** As many builds as may be kept, the newest first. */
function bounded(folder: string, bodies: ReadonlyMap<string, Uint8Array>, builds: readonly Build[]): Build[] {
	const sizeOf = (hash: string) => bodies.get(hash)?.length ?? statSync(join(folder, hash), { throwIfNoEntry: false })?.size ?? 0;
	const kept: Build[] = [];
	const counted = new Set<string>();
	let bytes = 0;
	for (const build of builds.slice(0, serverLimits.buildsKeptMax)) {
		for (const hash of hashesOf([build])) {
			if (!counted.has(hash)) bytes += sizeOf(hash);
			counted.add(hash);
		}
		if (bytes > serverLimits.keptFilesBytesMax) break;
		kept.push(build);
	}
	return kept;
}

function hashesOf(builds: readonly Build[]): Set<string> {
	const files = builds.flatMap((build) => Object.values(build));
	return new Set(files.flatMap(({ plain, br, gzip }) => [plain, br, gzip].filter((hash) => hash !== undefined)));
}

/** Null where it is not there any more, or not what its name says. */
function readKept(folder: string, kept: v.InferOutput<typeof KeptFile>): BuiltFile | null {
	const read = (hash: string) => {
		const path = join(folder, hash);
		const body = existsSync(path) ? new Uint8Array(readFileSync(path)) : null;
		return body && createHash("sha256").update(body).digest("hex") === hash ? body : null;
	};
	const plain = read(kept.plain);
	if (!plain) return null;
	const encoded = new Map<Encoding, Uint8Array<ArrayBuffer>>();
	for (const encoding of encodings) {
		const hash = kept[encoding];
		const body = hash === undefined ? null : read(hash);
		if (body) encoded.set(encoding, body);
	}
	return builtFile(kept.type, true, plain, encoded);
}

/** What of the present build is not in the folder yet. */
function bytesToWrite(folder: string, builds: readonly Build[], bodies: ReadonlyMap<string, Uint8Array>): number {
	const missing = [...hashesOf(builds)].filter((hash) => !existsSync(join(folder, hash)));
	return missing.reduce((sum, hash) => sum + (bodies.get(hash)?.length ?? 0), 0);
}

function freeOnDisk(folder: string): number {
	const { bavail, bsize } = statfsSync(folder);
	return bavail * bsize;
}

function inMebibytes(bytes: number): number {
	return Math.max(0, Math.floor(bytes / 1024 / 1024));
}

/** Bodies first, then the index that names them, then what nothing names any more: whenever it is broken off, what the index names is there. */
function write(folder: string, builds: readonly Build[], bodies: ReadonlyMap<string, Uint8Array>): void {
	mkdirSync(folder, { recursive: true, mode: folderMode });
	const named = hashesOf(builds);
	for (const hash of named) {
		const body = bodies.get(hash);
		if (body && !existsSync(join(folder, hash))) replace(join(folder, hash), body);
	}
	replace(join(folder, indexName), JSON.stringify({ builds }));
	for (const name of readdirSync(folder)) if (name !== indexName && !named.has(name)) rmSync(join(folder, name), { force: true });
}

function replace(path: string, content: string | Uint8Array): void {
	writeFileSync(`${path}.new`, content, { mode: fileMode });
	renameSync(`${path}.new`, path);
}
