import { createReadStream } from "node:fs";
import { basename } from "node:path";
import type { Duplex } from "node:stream";
import { constants, createGunzip, createInflate, createInflateRaw, inflateRawSync } from "node:zlib";
import { RecordingError } from "./recording-error.ts";

/** How a file is packed. Bilibili serves its danmaku as raw DEFLATE (RFC 1951), which no sign at the beginning tells. */
export type Compression = "none" | "gzip" | "zlib" | "deflate";

/** Tells a file's compression by its first bytes, and not by its name. */
export function compressionOf(start: Uint8Array): Compression {
	const [first = 0, second = 0] = start;
	if (first === 0x1f && second === 0x8b) return "gzip";
	// RFC 1950: method 8, and a check over both bytes. `x` and a letter may pass it too, but no recording begins with that.
	if ((first & 0x0f) === 8 && first >> 4 <= 7 && ((first << 8) | second) % 31 === 0) return "zlib";
	return isDeflate(start) ? "deflate" : "none";
}

/** Whether the bytes are no beginning of a text, and inflate to one. */
function isDeflate(start: Uint8Array): boolean {
	if (start.length === 0 || looksLikeText(start)) return false;
	try {
		// A beginning is cut short: that is no fault of it.
		return looksLikeText(inflateRawSync(start, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 16 * 1024 * 1024 }));
	} catch {
		return false;
	}
}

/** A bracket after blanks, a mark of byte order or a zero: what a recording of any kind and encoding begins with. */
function looksLikeText(start: Uint8Array): boolean {
	const at = start.findIndex((byte) => !blanks.has(byte));
	return start[at] === 0x7b || start[at] === 0x3c;
}

const blanks: ReadonlySet<number> = new Set([0x00, 0x09, 0x0a, 0x0d, 0x20, 0xef, 0xbb, 0xbf, 0xfe, 0xff]);

const unpackers: Readonly<Record<Exclude<Compression, "none">, () => Duplex>> = {
	gzip: createGunzip,
	zlib: createInflate,
	deflate: createInflateRaw,
};

/** A file's bytes, unpacked, as a stream. Throws `RecordingError` where it cannot be read, is damaged or cut short. */
export async function* readUnpacked(path: string, compression: Compression): AsyncGenerator<Uint8Array> {
	const file = createReadStream(path);
	const stream = compression === "none" ? file : file.pipe(unpackers[compression]());
	file.on("error", (error) => stream.destroy(error));
	try {
		for await (const chunk of stream) yield chunk as Uint8Array;
	} catch (error) {
		const fault = compression === "none" ? "cannot be read" : `is damaged or cut short as ${compression}`;
		throw new RecordingError(`${basename(path)} ${fault}: ${wordsOf(error)}.`);
	} finally {
		file.destroy();
		stream.destroy();
	}
}

/** A fault of the file system or of unpacking in a few words. */
export function wordsOf(error: unknown): string {
	const code = (error as { code?: unknown }).code;
	if (code === "ENOENT") return "there is no such file";
	if (code === "EACCES" || code === "EPERM") return "permission denied";
	return error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
}
