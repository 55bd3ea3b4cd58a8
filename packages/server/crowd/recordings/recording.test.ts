import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { lineBytesMax, readJsonLines } from "./jsonl.ts";
import type { Entry } from "./line.ts";
import { linesNamedMax, openRecording, survey } from "./recording.ts";
import { RecordingError } from "./recording-error.ts";

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "hubbub-recording-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
	const path = join(folder, name);
	await writeFile(path, content);
	return path;
}

async function all(entries: AsyncIterable<Entry>): Promise<Entry[]> {
	return await Array.fromAsync(entries);
}

const hello = '{"t":0,"u":"u1","text":"你好","kind":"chat","mode":4,"color":255}';
const later = '{"t":1.5,"u":"u2","text":"hi"}';

describe("a recording of JSON lines", () => {
	test("is read line by line, gzip or not, whatever its name", async () => {
		const expected = [
			{ kind: "line", number: 1, line: { at: 0, person: "u1", text: "你好", style: { mode: 4, color: 255 } } },
			{ kind: "line", number: 2, line: { at: 1.5, person: "u2", text: "hi", style: { mode: 1, color: 0xffffff } } },
		];
		for (const path of [
			await file("plain.jsonl", `${hello}\n${later}\n`),
			await file("packed.jsonl.gz", gzipSync(`${hello}\r\n${later}`)),
			await file("packed-without-a-name", gzipSync(`\ufeff${hello}\n${later}\n\n`)),
		]) {
			const entries = await all((await openRecording(path)).entries());
			expect(entries as unknown[]).toEqual(expected);
		}
	});

	test("skips bad lines with their number and the reason, and plays on", async () => {
		const lines = [hello, "{oops", "[1]", '{"t":-1,"u":"a","text":"x"}', '{"t":"1","u":"a","text":"x"}', '{"t":1,"text":"x"}', later];
		const entries = await all((await openRecording(await file("bad.jsonl", lines.join("\n")))).entries());
		expect(entries.filter((entry) => entry.kind === "skipped")).toEqual([
			{ kind: "skipped", number: 2, reason: "bad", detail: "not JSON" },
			{ kind: "skipped", number: 3, reason: "bad", detail: "not a JSON object" },
			{ kind: "skipped", number: 4, reason: "bad", detail: "t is not a number of seconds from 0" },
			{ kind: "skipped", number: 5, reason: "bad", detail: "t is not a number of seconds from 0" },
			{ kind: "skipped", number: 6, reason: "bad", detail: "no sender (u)" },
		]);
		expect(entries.filter((entry) => entry.kind === "line").map((entry) => entry.number)).toEqual([1, 7]);
	});

	test("skips gifts, which are nobody's words, but plays what came with money and was written", async () => {
		const lines = [
			'{"t":0,"u":"a","text":"铃铛 x1","kind":"gift"}',
			'{"t":1,"u":"a","text":"好看！","kind":"superchat","value":50}',
			'{"t":2,"u":"a","text":"舰长","kind":"member"}',
			'{"t":3,"u":"a","text":"  ","kind":"chat"}',
		];
		const found = await survey(await openRecording(await file("gifts.jsonl", lines.join("\n"))));
		expect(found).toMatchObject({ entries: 4, lines: 2, people: 1, firstPerson: "a", seconds: 2 });
		expect([...found.skipped]).toEqual([
			["gift", { count: 1, lines: [1], isFault: false }],
			["no text", { count: 1, lines: [4], isFault: false }],
		]);
	});

	test("lets go a line of a megabyte and one that is not UTF-8", async () => {
		const huge = `{"t":0,"u":"a","text":"${"x".repeat(lineBytesMax)}"}\n`;
		const path = await file(
			"huge.jsonl",
			Buffer.concat([Buffer.from(`${hello}\n${huge}`), Buffer.from([0x7b, 0xff, 0x7d, 0x0a]), Buffer.from(later)]),
		);
		const { skipped, lines } = await survey(await openRecording(path));
		expect(lines).toBe(2);
		expect([...skipped]).toEqual([
			["longer than a line may be", { count: 1, lines: [2], isFault: true }],
			["not valid UTF-8", { count: 1, lines: [3], isFault: true }],
		]);
	});

	test("counts what cannot be played by reason, and names the first lines of each", async () => {
		const lines = Array.from({ length: 30 }, (_, at) => (at % 3 === 0 ? "{" : at % 3 === 1 ? `{"t":${at},"text":"x"}` : hello));
		const { skipped } = await survey(await openRecording(await file("reasons.jsonl", lines.join("\n"))));
		expect([...skipped]).toEqual([
			["not JSON", { count: 10, lines: [1, 4, 7, 10, 13], isFault: true }],
			["no sender (u)", { count: 10, lines: [2, 5, 8, 11, 14], isFault: true }],
		]);
		expect(skipped.get("not JSON")?.lines).toHaveLength(linesNamedMax);
	});

	test("comes out the same however the bytes are cut", async () => {
		const bytes = Buffer.from(`${hello}\n{bad\n${later}\n`);
		const whole = await all(readJsonLines(pieces(bytes, [])));
		await fc.assert(
			fc.asyncProperty(fc.array(fc.integer({ min: 0, max: bytes.length })), async (cuts) => {
				expect(await all(readJsonLines(pieces(bytes, cuts)))).toEqual(whole);
			}),
		);
	});
});

describe("a file that is no recording", () => {
	test.each<[string, string | Uint8Array, RegExp]>([
		["empty.jsonl", "", /empty\.jsonl is empty\./],
		["blank.jsonl", "\n \n", /blank\.jsonl is empty\./],
		["picture.png", "\x89PNG\r\n", /neither JSON lines .* nor Bilibili's danmaku XML/],
		["page.html", "<!doctype html><html></html>", /neither JSON lines/],
		["not.jsonl.gz", hello, /is called \.gz but is not gzip\./],
		["cut.jsonl.gz", gzipSync(hello.repeat(500)).subarray(0, 60), /damaged or cut short as gzip/],
	])("%s is refused with one sentence", async (name, content, words) => {
		const path = await file(name, content);
		const attempt = openRecording(path).then(survey);
		await expect(attempt).rejects.toBeInstanceOf(RecordingError);
		await expect(attempt).rejects.toThrow(words);
	});

	test("a path that leads nowhere, or to a folder, is refused with one sentence", async () => {
		await expect(openRecording(join(folder, "nowhere.jsonl"))).rejects.toThrow(/cannot be read: there is no such file\./);
		await expect(openRecording(folder)).rejects.toThrow(/is not a file\./);
	});
});

const recordings = process.env.HUBBUB_RECORDINGS ?? resolve(import.meta.dir, "../../../../../shared/data");
const present = existsSync(recordings);
if (!present) console.warn(`skipped: no recorded chats at ${recordings} (set HUBBUB_RECORDINGS)`);

test.skipIf(!present)("every recorded chat is read whole, without one bad line", async () => {
	const names = (await readdir(recordings)).filter((name) => name.endsWith(".jsonl.gz"));
	expect(names.length).toBeGreaterThan(0);
	for (const name of names) {
		const { entries, lines, skipped } = await survey(await openRecording(join(recordings, name)));
		expect({ name, faults: [...skipped].filter(([, { isFault }]) => isFault) }).toEqual({ name, faults: [] });
		expect([...skipped.values()].reduce((sum, { count }) => sum + count, lines)).toBe(entries);
		expect(lines).toBeGreaterThan(1_000);
	}
});

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
	const edges = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
	for (let index = 1; index < edges.length; index++) yield bytes.subarray(edges[index - 1], edges[index]);
}
