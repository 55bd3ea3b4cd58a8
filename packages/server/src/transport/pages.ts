import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the web build leaves beside its files: a fixed table, so that no request ever names a path on the disk. */
interface Manifest {
	readonly pages: Readonly<Record<string, string>>;
	readonly files: Readonly<Record<string, { readonly file?: string; readonly type: string; readonly immutable?: boolean }>>;
}

export type PageName = "room" | "setup" | "lab";

/** The built pages and their files, read into memory once. */
export interface Pages {
	/** A page's HTML, with the headers that keep it safe. `embedded` lets other sites frame it. */
	page(name: PageName, options: { embedded: boolean }): Response;
	/** A script, style or picture by its address, or null. */
	file(path: string, request: Request): Response | null;
}

/**
 * Reads what `npm run build` made in `folder`. Throws one clear sentence when it is not there.
 */
export function readPages(folder: string): Pages {
	const manifestPath = join(folder, "manifest.json");
	if (!existsSync(manifestPath)) throw new Error(`The pages are not built: ${manifestPath} is missing. Run npm run build.`);
	const manifest = JSON.parse(readFileSync(manifestPath, "utf8")) as Manifest;
	const pages = new Map(Object.entries(manifest.pages).map(([name, file]) => [name, readFileSync(join(folder, file))]));
	const files = new Map(
		Object.entries(manifest.files).map(([path, { file, type, immutable }]) => {
			const body = readFileSync(join(folder, file ?? path));
			return [path, { body, type, etag: `"${Bun.hash(body).toString(36)}"`, immutable: immutable === true }] as const;
		}),
	);
	return {
		page(name, { embedded }) {
			return new Response(pages.get(name), { headers: pageHeaders(embedded) });
		},
		file(path, request) {
			const known = files.get(path);
			if (!known) return null;
			const headers = {
				"content-type": known.type,
				"cache-control": known.immutable ? "public, max-age=31536000, immutable" : "no-cache",
				etag: known.etag,
				"x-content-type-options": "nosniff",
				"cross-origin-resource-policy": "cross-origin",
				"access-control-allow-origin": "*",
			};
			if (request.headers.get("if-none-match") === known.etag) return new Response(null, { status: 304, headers });
			return new Response(known.body, { headers });
		},
	};
}

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
		"content-type": "text/html; charset=utf-8",
		"cache-control": "no-cache",
		"content-security-policy": policy.join("; "),
		"x-content-type-options": "nosniff",
		"referrer-policy": "strict-origin-when-cross-origin",
		"permissions-policy": "camera=(), microphone=(), geolocation=()",
	};
}
