import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { problem } from "@hubbub/protocol/problem.ts";
import { type BuiltFile, type FileEntry, readBuiltFile, respond } from "./built-file.ts";

/** What the web build leaves beside its files: a fixed table, so that no request ever names a path on the disk. */
interface Manifest {
	/** Of each page one file for each depth below the service's root at which it has an address. */
	readonly pages: Readonly<Record<string, readonly FileEntry[]>>;
	readonly files: Readonly<Record<string, FileEntry>>;
}

export type PageName = "room" | "setup" | "lab";

/** The built pages and their files. */
export interface Pages {
	/** A page's HTML, with the headers that keep it safe. `embedded` lets other sites frame it; `depth` is how many folders below the root its address lies. */
	page(name: PageName, request: Request, options: { embedded: boolean; depth: number }): Response;
	/** A script, style or picture by its address, or null. */
	file(path: string, request: Request): Response | null;
}

/** What `npm run build` made, read into memory. */
export interface WebBuild {
	readonly pages: ReadonlyMap<string, readonly BuiltFile[]>;
	readonly files: ReadonlyMap<string, BuiltFile>;
}

/** Reads a build from `folder`. Throws one clear sentence when it is not there. */
export function readBuild(folder: string): WebBuild {
	const manifestPath = join(folder, "manifest.json");
	if (!existsSync(manifestPath)) throw new Error(`The pages are not built: ${manifestPath} is missing. Run npm run build.`);
	const manifest = JSON.parse(readFileSync(manifestPath, "utf8")) as Manifest;
	return {
		pages: new Map(Object.entries(manifest.pages).map(([name, entries]) => [name, entries.map((entry) => readBuiltFile(folder, entry))])),
		files: new Map(Object.entries(manifest.files).map(([path, entry]) => [path, readBuiltFile(folder, entry)])),
	};
}

/** Serves a build, and of `earlier` ones the files that it does not have. */
export function servePages({ pages, files }: WebBuild, earlier: ReadonlyMap<string, BuiltFile> = new Map()): Pages {
	return {
		page(name, request, { embedded, depth }) {
			const page = pages.get(name)?.[depth];
			return page ? respond(page, request, pageHeaders(embedded)) : problem("not_found");
		},
		file(path, request) {
			const file = files.get(path) ?? earlier.get(path);
			return file ? respond(file, request, fileHeaders) : null;
		},
	};
}

/** Pages of other sites load the SDK. */
const fileHeaders = { "cross-origin-resource-policy": "cross-origin", "access-control-allow-origin": "*" };

/**
 * Nothing runs but our own scripts, and no text becomes markup (SPEC SEC-3). Media and its playlists may come from anywhere, since a host
 * may change a room's stream while people watch.
 */
function pageHeaders(embedded: boolean): Record<string, string> {
	const policy = [
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' data:",
		"font-src 'self'",
		"connect-src 'self' ws: wss: http: https:",
		"media-src 'self' blob: http: https:",
		"worker-src 'self' blob:",
		"manifest-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		`frame-ancestors ${embedded ? "*" : "'self'"}`,
		"require-trusted-types-for 'script'",
	];
	return {
		"content-security-policy": policy.join("; "),
		"referrer-policy": "strict-origin-when-cross-origin",
		"permissions-policy": "camera=(), microphone=(), geolocation=()",
	};
}
