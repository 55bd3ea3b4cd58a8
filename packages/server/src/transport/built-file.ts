import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chooseEncoding, type Encoding, encodings, hasTag } from "./accept.ts";
import { byteRangeOf } from "./byte-range.ts";

/** A file as the web build describes it. `encodings` names those of the same content compressed, where that is worth it. */
export interface FileEntry {
	readonly file: string;
	readonly type: string;
	readonly immutable?: boolean;
	readonly encodings?: Readonly<Partial<Record<Encoding, string>>>;
}

interface Variant {
	readonly body: Uint8Array<ArrayBuffer>;
	readonly etag: string;
}

/** A built file in memory, as it is and in each encoding there is. */
export interface BuiltFile {
	readonly type: string;
	readonly immutable: boolean;
	readonly plain: Variant;
	readonly encoded: ReadonlyMap<Encoding, Variant>;
}

/** Reads a file and its encodings from `folder`. Throws where one is missing. */
export function readBuiltFile(folder: string, entry: FileEntry): BuiltFile {
	const read = (file: string) => new Uint8Array(readFileSync(join(folder, file)));
	const encoded = new Map<Encoding, Uint8Array<ArrayBuffer>>();
	for (const encoding of encodings) {
		const file = entry.encodings?.[encoding];
		if (file !== undefined) encoded.set(encoding, read(file));
	}
	return builtFile(entry.type, entry.immutable === true, read(entry.file), encoded);
}

/** A file from its bodies; each has a validator of its own. */
export function builtFile(
	type: string,
	immutable: boolean,
	body: Uint8Array<ArrayBuffer>,
	encoded: ReadonlyMap<Encoding, Uint8Array<ArrayBuffer>>,
): BuiltFile {
	const hash = Bun.hash(body).toString(36);
	const variants = [...encoded].map(([encoding, bytes]) => [encoding, { body: bytes, etag: `"${hash}-${encoding}"` }] as const);
	return { type, immutable, plain: { body, etag: `"${hash}"` }, encoded: new Map(variants) };
}

/**
 * Answers a request for a file: in the best encoding that the client takes, with a validator of its own, and `304` to who has it (SPEC FILE-2).
 * A file whose name changes with its content is kept for good; any other is asked for again each time.
 */
export function respond(file: BuiltFile, request: Request, more: Readonly<Record<string, string>>): Response {
	const encoding = chooseEncoding(request.headers.get("accept-encoding"), [...file.encoded.keys()]);
	const { body, etag } = (encoding && file.encoded.get(encoding)) ?? file.plain;
	const headers = {
		...more,
		"content-type": file.type,
		"cache-control": file.immutable ? "public, max-age=31536000, immutable" : "no-cache",
		etag,
		"x-content-type-options": "nosniff",
		...(file.encoded.size > 0 && { vary: "Accept-Encoding" }),
	};
	if (hasTag(request.headers.get("if-none-match"), etag)) return new Response(null, { status: 304, headers });
	if (file.type.startsWith("video/")) return inPart(file.plain, request, headers);
	return new Response(body, { headers: { ...headers, ...(encoding && { "content-encoding": encoding }) } });
}

/** A film, or the part of it that is asked for (SPEC FILE-1). */
function inPart({ body, etag }: Variant, request: Request, common: Record<string, string>): Response {
	const headers = { ...common, "accept-ranges": "bytes" };
	// A part of another film than the one it is to be added to is of no use.
	const isSame = (request.headers.get("if-range") ?? etag) === etag;
	const range = isSame && request.method === "GET" ? byteRangeOf(request.headers.get("range"), body.length) : "whole";
	if (range === "whole") return new Response(body, { headers });
	if (range === "unsatisfiable")
		return new Response(null, { status: 416, headers: { ...headers, "content-range": `bytes */${body.length}` } });
	const { from, to } = range;
	return new Response(body.subarray(from, to + 1), {
		status: 206,
		headers: { ...headers, "content-range": `bytes ${from}-${to}/${body.length}` },
	});
}
