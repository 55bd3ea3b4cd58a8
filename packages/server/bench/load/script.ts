import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** One message to be said: microseconds from the start, who of the senders, and the text as it stands between quotes in JSON. */
export interface Line {
	readonly atUs: number;
	readonly sender: number;
	readonly text: string;
}

/** The generator puts a marker of about this many bytes in front of each text. */
const markerBytes = 16;

/** `rate` messages a second for `seconds`, one by one at even distances, by `senders` in turn; 128 to 160 bytes each with the marker. */
export function steady(options: { rate: number; seconds: number; senders: number; texts?: readonly string[] }): Line[] {
	const { rate, seconds, senders, texts } = options;
	return Array.from({ length: Math.max(1, Math.round(rate * seconds)) }, (_, index) => ({
		atUs: Math.round((index * 1e6) / rate),
		sender: index % senders,
		text: texts ? (texts[index % texts.length] as string) : filler(128 - markerBytes + ((index * 7) % 33)),
	}));
}

const words = "the stream is live and everybody talks at once while the host draws a line from here to there so look at the blue one ";

function filler(bytes: number): string {
	return words.repeat(2).slice(bytes % 16, (bytes % 16) + bytes);
}

/** Writes a script for the generator. */
export async function writeScript(path: string, lines: readonly Line[]): Promise<void> {
	await Bun.write(path, lines.map(({ atUs, sender, text }) => `${atUs} ${sender} ${text}\n`).join(""));
}

/** A recorded chat: what was said when, in seconds, and by whom, counted from 0. */
export interface Recording {
	readonly name: string;
	readonly lines: readonly { readonly at: number; readonly person: number; readonly text: string }[];
}

/** Reads the recordings of a folder (`{t, u, text, kind}` in JSON lines, gzip). None where the folder is not there. */
export function readRecordings(folder: string): Recording[] {
	let names: string[];
	try {
		names = readdirSync(folder).filter((name) => name.endsWith(".jsonl.gz"));
	} catch {
		return [];
	}
	return names.sort().map((name) => readRecording(name.replace(".jsonl.gz", ""), gunzipSync(readFileSync(join(folder, name))).toString()));
}

function readRecording(name: string, content: string): Recording {
	const people = new Map<string, number>();
	const lines = content.split("\n").flatMap((line) => {
		if (line === "") return [];
		const { t, u, text, kind } = JSON.parse(line) as { t: number; u: string; text?: string; kind?: string };
		if (kind === "gift" || !text?.trim()) return [];
		if (!people.has(u)) people.set(u, people.size);
		return [{ at: t, person: people.get(u) as number, text: asText(text) }];
	});
	return { name, lines };
}

/** As it stands in JSON, without what would be taken for a marker, and no longer than a room lets anybody write. */
function asText(text: string): string {
	return JSON.stringify([...text.replaceAll("~", "-")].slice(0, 400).join("").toWellFormed()).slice(1, -1);
}

/** The `seconds` of a recording in which most was said, as a script: `speed` times as fast, by at most `senders` people. */
export function busiest(recording: Recording, options: { seconds: number; speed: number; senders: number }): Line[] {
	const { seconds, speed, senders } = options;
	const { lines } = recording;
	const span = seconds * speed;
	let start = 0;
	let best = { start: 0, count: 0 };
	for (let end = 0; end < lines.length; end++) {
		while ((lines[end]?.at ?? 0) - (lines[start]?.at ?? 0) > span) start++;
		if (end - start + 1 > best.count) best = { start, count: end - start + 1 };
	}
	const from = lines[best.start]?.at ?? 0;
	return spread(lines.slice(best.start, best.start + best.count)).map(({ at, person, text }) => ({
		atUs: Math.round(((at - from) * 1e6) / speed),
		sender: person % senders,
		text,
	}));
}

/** Some recordings know whole seconds only: what was said within one is spread evenly over it. */
function spread(lines: Recording["lines"]): Recording["lines"] {
	const counts = new Map<number, number>();
	for (const { at } of lines) counts.set(at, (counts.get(at) ?? 0) + 1);
	const seen = new Map<number, number>();
	return lines.map((line) => {
		if (!Number.isInteger(line.at)) return line;
		const place = seen.get(line.at) ?? 0;
		seen.set(line.at, place + 1);
		return { ...line, at: line.at + place / (counts.get(line.at) as number) };
	});
}
