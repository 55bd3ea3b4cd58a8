import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { ForeignBytes, readBilibiliXml } from "./bilibili-xml.ts";
import { compressionOf, readUnpacked, wordsOf } from "./compression.ts";
import { type Encoding, encodingOf, UnknownEncoding } from "./encoding.ts";
import { readJsonLines } from "./jsonl.ts";
import { type Entry, reasonOf } from "./line.ts";
import { RecordingError } from "./recording-error.ts";

/** A recorded chat on disk. It is read afresh, as a stream, each time `entries` is called. */
export interface Recording {
	readonly path: string;
	readonly format: "json-lines" | "bilibili-xml";
	readonly encoding: Encoding;
	/** Every entry in the order it is to be played. Throws `RecordingError` where the file breaks off or is damaged. */
	entries(): AsyncGenerator<Entry>;
}

/** Entries that are not played for one reason. */
export interface Skipped {
	readonly count: number;
	/** The lines of the first ones, at most `linesNamedMax`. */
	readonly lines: readonly number[];
	/** Whether something is wrong with them; gifts and empty texts are as they should be. */
	readonly isFault: boolean;
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
	/** By reason, in words. */
	readonly skipped: ReadonlyMap<string, Skipped>;
}

export const linesNamedMax = 5;
/** What is looked at to tell what a file is. */
const startBytesMax = 64 * 1024;

/** Finds out what the file at `path` is, by its first bytes and not by its name. Throws `RecordingError`. */
export async function openRecording(path: string): Promise<Recording> {
	const name = basename(path);
	const found = await stat(path).catch((error: unknown) => {
		throw new RecordingError(`${path} cannot be read: ${wordsOf(error)}.`);
	});
	if (!found.isFile()) throw new RecordingError(`${path} is not a file.`);
	const compression = compressionOf(await startOf(path));
	if (compression === "none" && name.endsWith(".gz")) throw new RecordingError(`${name} is called .gz but is not gzip.`);
	const start = await firstBytes(readUnpacked(path, compression));
	const encoding = encodingIn(start, name);
	const format = formatOf(start, encoding, name.replace(/\.gz$/, ""));
	if (format === "empty") throw new RecordingError(`${name} is empty.`);
	if (format === "unknown") {
		throw new RecordingError(`${name} is neither JSON lines ({"t", "u", "text"} on each line) nor Bilibili's danmaku XML.`);
	}
	return {
		path,
		format,
		encoding,
		async *entries() {
			const text = withoutMark(readUnpacked(path, compression), encoding);
			try {
				yield* format === "json-lines" ? readJsonLines(text, encoding) : readBilibiliXml(text, encoding);
			} catch (error) {
				if (error instanceof RangeError) throw new RecordingError(`${name} is too large: ${error.message}.`);
				if (error instanceof ForeignBytes) throw new RecordingError(foreignWords(name, error.line, encoding));
				throw error;
			}
		},
	};
}

/** Reads the recording once from end to end: damage is found before the first message is sent, and progress knows where it ends. */
export async function survey(recording: Recording): Promise<Survey> {
	const people = new Set<string>();
	const skipped = new Map<string, { count: number; lines: number[]; isFault: boolean }>();
	let entries = 0;
	let lines = 0;
	let seconds = 0;
	for await (const entry of recording.entries()) {
		entries++;
		if (entry.kind === "line") {
			lines++;
			people.add(entry.line.person);
			seconds = Math.max(seconds, entry.line.at);
			continue;
		}
		const reason = reasonOf(entry);
		const known = skipped.get(reason) ?? { count: 0, lines: [], isFault: entry.reason === "bad" };
		skipped.set(reason, known);
		known.count++;
		if (known.lines.length < linesNamedMax) known.lines.push(entry.number);
	}
	const [firstPerson = null] = people;
	return { entries, lines, people: people.size, firstPerson, seconds, skipped };
}

async function startOf(path: string): Promise<Uint8Array> {
	const file = await open(path).catch((error: unknown) => {
		throw new RecordingError(`${path} cannot be read: ${wordsOf(error)}.`);
	});
	try {
		const { bytesRead, buffer } = await file.read(Buffer.alloc(startBytesMax), 0, startBytesMax, 0);
		return buffer.subarray(0, bytesRead);
	} finally {
		await file.close();
	}
}

async function firstBytes(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
	let start: Uint8Array = new Uint8Array(0);
	for await (const chunk of bytes) {
		start = Buffer.concat([start, chunk]);
		if (start.length >= startBytesMax) break;
	}
	return start.subarray(0, startBytesMax);
}

function encodingIn(start: Uint8Array, name: string): Encoding {
	try {
		return encodingOf(start);
	} catch (error) {
		if (!(error instanceof UnknownEncoding)) throw error;
		throw new RecordingError(`${name} is in an encoding that is not known here, ${error.label}: convert it to UTF-8.`);
	}
}

async function* withoutMark(bytes: AsyncIterable<Uint8Array>, { markBytes }: Encoding): AsyncGenerator<Uint8Array> {
	let left = markBytes;
	for await (const chunk of bytes) {
		const cut = Math.min(left, chunk.length);
		left -= cut;
		if (cut < chunk.length) yield chunk.subarray(cut);
	}
}

function formatOf(start: Uint8Array, { name: encoding, markBytes }: Encoding, name: string): Recording["format"] | "empty" | "unknown" {
	const text = new TextDecoder(encoding).decode(start.subarray(markBytes)).trimStart();
	if (text === "") return "empty";
	if (text.startsWith("{")) return "json-lines";
	if (/^<(?:\?xml|!|i[\s>])/.test(text) && /<(?:i|d)[\s>]/.test(text)) return "bilibili-xml";
	// A file whose first line is damaged is still what its name says, and the line is reported by its number.
	return /\.(jsonl|ndjson)$/.test(name) ? "json-lines" : "unknown";
}

function foreignWords(name: string, line: number, { name: encoding, by }: Encoding): string {
	const claim = {
		mark: "as its first bytes say",
		declaration: "as it declares",
		pattern: "as its zeros say",
		default: "since it declares nothing else",
	}[by];
	return `${name}:${line}: there are bytes that are not ${encoding.toUpperCase()}, which the file should be, ${claim}. Nothing of it was played.`;
}
