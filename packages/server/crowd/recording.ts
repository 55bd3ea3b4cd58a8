import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { createGunzip } from "node:zlib";
import { readBilibiliXml } from "./bilibili-xml.ts";
import { readJsonLines } from "./jsonl.ts";
import type { Entry, SkipReason } from "./line.ts";

/** A recorded chat on disk. It is read afresh, as a stream, each time `entries` is called. */
export interface Recording {
	readonly path: string;
	readonly format: "json-lines" | "bilibili-xml";
	/** Every entry in the order it is to be played. Throws `RecordingError` where the file breaks off or is damaged. */
	entries(): AsyncGenerator<Entry>;
}

/** What a whole recording holds. */
export interface Survey {
	/** Entries in all: those that can be played and those skipped. */
	readonly entries: number;
	readonly lines: number;
	readonly people: number;
	/** Who says the first line; null where there is none. */
	readonly firstPerson: string | null;
	/** Seconds from the start to the last line. */
	readonly seconds: number;
	readonly skipped: ReadonlyMap<SkipReason, number>;
	/** The first damaged entries, at most `complaintsMax`, with their numbers. */
	readonly complaints: readonly { readonly number: number; readonly detail: string }[];
}

export const complaintsMax = 20;

/** Says in one sentence, made for the person at the terminal, why a recording cannot be used. */
export class RecordingError extends Error {
	override name = "RecordingError";
}

/** Finds out what the file at `path` is, by its first bytes and not by its name. Throws `RecordingError`. */
export async function openRecording(path: string): Promise<Recording> {
	const name = basename(path);
	const found = await stat(path).catch((error: unknown) => {
		throw new RecordingError(`${path} cannot be read: ${reasonOf(error)}.`);
	});
	if (!found.isFile()) throw new RecordingError(`${path} is not a file.`);
	const gzip = await startsWithGzip(path);
	if (!gzip && name.endsWith(".gz")) throw new RecordingError(`${name} is called .gz but is not gzip.`);
	const bytes = () => readBytes(path, gzip);
	const format = formatOf(await firstText(bytes()), name.replace(/\.gz$/, ""));
	if (format === "empty") throw new RecordingError(`${name} is empty.`);
	if (format === "unknown") {
		throw new RecordingError(`${name} is neither JSON lines ({"t", "u", "text"} on each line) nor Bilibili's danmaku XML.`);
	}
	return {
		path,
		format,
		async *entries() {
			try {
				yield* format === "json-lines" ? readJsonLines(bytes()) : readBilibiliXml(bytes());
			} catch (error) {
				if (error instanceof RangeError) throw new RecordingError(`${name} is too large: ${error.message}.`);
				throw error;
			}
		},
	};
}

/** Reads the recording once from end to end: damage is found before the first message is sent, and progress knows where it ends. */
export async function survey(recording: Recording): Promise<Survey> {
	const people = new Set<string>();
	const skipped = new Map<SkipReason, number>();
	const complaints: { number: number; detail: string }[] = [];
	let entries = 0;
	let lines = 0;
	let seconds = 0;
	for await (const entry of recording.entries()) {
		entries++;
		if (entry.kind === "line") {
			lines++;
			people.add(entry.line.person);
			seconds = Math.max(seconds, entry.line.at);
		} else {
			skipped.set(entry.reason, (skipped.get(entry.reason) ?? 0) + 1);
			if (entry.detail && complaints.length < complaintsMax) complaints.push({ number: entry.number, detail: entry.detail });
		}
	}
	const [firstPerson = null] = people;
	return { entries, lines, people: people.size, firstPerson, seconds, skipped, complaints };
}

async function startsWithGzip(path: string): Promise<boolean> {
	const file = await open(path).catch((error: unknown) => {
		throw new RecordingError(`${path} cannot be read: ${reasonOf(error)}.`);
	});
	try {
		const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
		return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
	} finally {
		await file.close();
	}
}

async function* readBytes(path: string, gzip: boolean): AsyncGenerator<Uint8Array> {
	const file = createReadStream(path);
	const stream = gzip ? file.pipe(createGunzip()) : file;
	file.on("error", (error) => stream.destroy(error));
	try {
		for await (const chunk of stream) yield chunk as Uint8Array;
	} catch (error) {
		throw new RecordingError(`${basename(path)} ${gzip ? "is damaged or cut short as gzip" : "cannot be read"}: ${reasonOf(error)}.`);
	} finally {
		file.destroy();
		stream.destroy();
	}
}

/** The first 4 KiB that are not blank, as text. */
async function firstText(bytes: AsyncIterable<Uint8Array>): Promise<string> {
	const decoder = new TextDecoder();
	let text = "";
	for await (const chunk of bytes) {
		text = (text + decoder.decode(chunk, { stream: true })).trimStart();
		if (text.length >= 4_096) break;
	}
	return text.slice(0, 4_096);
}

function formatOf(start: string, name: string): Recording["format"] | "empty" | "unknown" {
	if (start === "") return "empty";
	if (start.startsWith("{")) return "json-lines";
	if (/^<\?xml|^<i[\s>]/.test(start) && /<(?:i|d)[\s>]/.test(start)) return "bilibili-xml";
	// A file whose first line is damaged is still what its name says, and the line is reported by its number.
	return /\.(jsonl|ndjson)$/.test(name) ? "json-lines" : "unknown";
}

function reasonOf(error: unknown): string {
	const code = (error as { code?: unknown }).code;
	if (code === "ENOENT") return "there is no such file";
	if (code === "EACCES" || code === "EPERM") return "permission denied";
	return error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
}
