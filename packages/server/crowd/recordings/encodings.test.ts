import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { encodingOf, UnknownEncoding } from "./encoding.ts";
import { encodeAs } from "./foreign-encodings.ts";
import { openRecording, survey } from "./recording.ts";
import { RecordingError } from "./recording-error.ts";

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "hubbub-encodings-"));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;

async function file(content: string | Uint8Array, name = `recording-${++files}`): Promise<string> {
	const path = join(folder, name);
	await writeFile(path, content);
	return path;
}

async function texts(path: string): Promise<string[]> {
	const entries = await Array.fromAsync((await openRecording(path)).entries());
	return entries.map((entry) => (entry.kind === "line" ? entry.line.text : `${entry.number}: ${entry.detail ?? entry.reason}`));
}

const element = (text: string, at: number) => `<d p="${at},1,25,16777215,0,0,a1,${at}" user="小明">${text}</d>`;
const xml = (declared: string | null, ...said: string[]) =>
	`${declared === null ? "" : `<?xml version="1.0" encoding="${declared}"?>\n`}<i>\n${said.map(element).join("\n")}\n</i>\n`;
const json = (...said: string[]) => said.map((text, at) => JSON.stringify({ t: at, u: "小明", text })).join("\n");
const mark = (bytes: readonly number[], text: Uint8Array) => Buffer.concat([Uint8Array.from(bytes), text]);

describe("XML is decoded as it declares", () => {
	test.each([
		["GBK", "gbk", ["主播晚上好", "前排"]],
		["gb2312", "gbk", ["主播晚上好", "前排"]],
		["GB18030", "gb18030", ["主播晚上好", "前排"]],
		["Big5", "big5", ["實況主晚安", "前排"]],
		["Shift_JIS", "shift_jis", ["表示ソ能力", "こんばんは"]],
		["windows-31j", "shift_jis", ["表示", "こんばんは"]],
		["cp932", "shift_jis", ["表示", "こんばんは"]],
		["EUC-JP", "euc-jp", ["こんばんは", "草"]],
		["EUC-KR", "euc-kr", ["안녕하세요", "ㅋㅋㅋ"]],
		["UTF-8", "utf-8", ["晚上好👋", "前排"]],
		["UTF-16", "utf-16le", ["晚上好👋", "前排\u0a0a\u0d0a"]],
		["UTF-16LE", "utf-16le", ["晚上好👋", "前排"]],
		["UTF-16BE", "utf-16be", ["晚上好👋", "前排\u0a0a\u0d0a"]],
	])("%s", async (declared, encoding, said) => {
		const source = xml(declared, ...said).replaceAll("小明", said[1] as string);
		for (const bytes of [encodeAs(encoding, source), encodeAs(encoding, source.replaceAll("\n", "\r\n"))])
			expect(await texts(await file(bytes))).toEqual(said);
	});

	test("what a mark of byte order says goes before what it declares", async () => {
		expect(await texts(await file(mark([0xef, 0xbb, 0xbf], encodeAs("utf-8", xml("GBK", "晚上好")))))).toEqual(["晚上好"]);
		expect(await texts(await file(mark([0xff, 0xfe], encodeAs("utf-16le", xml("UTF-8", "晚上好")))))).toEqual(["晚上好"]);
		expect(await texts(await file(mark([0xfe, 0xff], encodeAs("utf-16be", xml("UTF-16", "晚上好")))))).toEqual(["晚上好"]);
	});

	test("without a declaration it is UTF-8, or UTF-16 where its bytes show it", async () => {
		for (const encoding of ["utf-8", "utf-16le", "utf-16be"])
			expect(await texts(await file(encodeAs(encoding, xml(null, "晚上好"))))).toEqual(["晚上好"]);
	});

	test("a declaration of UTF-16 in letters of one byte is no truth: the file is UTF-8", async () => {
		expect(await texts(await file(encodeAs("utf-8", xml("utf-16", "晚上好"))))).toEqual(["晚上好"]);
	});

	test.each([
		[
			"that is not what it declares",
			encodeAs("gbk", xml("UTF-8", "hello", "主播").replaceAll("小明", "x")),
			/:4: there are bytes that are not UTF-8, .* as it declares\. Nothing of it was played\.$/,
		],
		[
			"that declares nothing and is not UTF-8",
			encodeAs("gbk", xml(null, "hello", "主播").replaceAll("小明", "x")),
			/:3: there are bytes that are not UTF-8, .* since it declares nothing else/,
		],
		[
			"with a letter that is cut at the end of a line",
			mark(
				[],
				Buffer.concat([
					encodeAs("gbk", `<?xml version="1.0" encoding="GBK"?><i>\n`),
					Uint8Array.of(0xd6),
					encodeAs("gbk", `\n${element("主播", 1)}</i>`),
				]),
			),
			/:2: there are bytes that are not GBK/,
		],
		[
			"with half a surrogate pair",
			Buffer.concat([encodeAs("utf-16le", "<i>\n\n"), Uint8Array.of(0x3d, 0xd8, 0x0a, 0x00), encodeAs("utf-16le", "</i>")]),
			/:3: there are bytes that are not UTF-16LE, .* as its zeros say/,
		],
		[
			"whose mark is wrong",
			mark([0xef, 0xbb, 0xbf], encodeAs("gbk", xml("GBK", "主播").replaceAll("小明", "x"))),
			/:3: .* as its first bytes say/,
		],
	])("a file %s is refused, and the line named", async (_what, bytes, words) => {
		const attempt = openRecording(await file(bytes)).then(survey);
		await expect(attempt).rejects.toBeInstanceOf(RecordingError);
		await expect(attempt).rejects.toThrow(words);
	});

	test("a bad byte in a file of one long line is found as well", async () => {
		const long = Buffer.concat([
			encodeAs("utf-8", `<i>${element("好", 1).repeat(20_000)}`),
			Uint8Array.of(0xff),
			encodeAs("utf-8", "</i>"),
		]);
		await expect(openRecording(await file(long)).then(survey)).rejects.toThrow(/:1: there are bytes that are not UTF-8/);
	});

	test.each(["x-klingon", "UTF-32", "cp037"])("an encoding that nobody knows, %s, is refused by name", async (label) => {
		await expect(openRecording(await file(xml(label, "hi")))).rejects.toThrow(
			`is in an encoding that is not known here, ${label}: convert it to UTF-8.`,
		);
	});
});

describe("JSON lines", () => {
	test.each([
		["UTF-8", (text: string) => encodeAs("utf-8", text)],
		["UTF-8 with a mark", (text: string) => mark([0xef, 0xbb, 0xbf], encodeAs("utf-8", text))],
		["UTF-16LE with a mark", (text: string) => mark([0xff, 0xfe], encodeAs("utf-16le", text))],
		["UTF-16BE with a mark", (text: string) => mark([0xfe, 0xff], encodeAs("utf-16be", text))],
		["UTF-16LE", (text: string) => encodeAs("utf-16le", text)],
		["UTF-16BE", (text: string) => encodeAs("utf-16be", text)],
	])("are read in %s, with line feeds of any kind", async (_encoding, encode) => {
		const said = ["晚上好👋", "前排\u0a0a\u0d0a", "a"];
		for (const source of [json(...said), `${json(...said)}\n`, json(...said).replaceAll("\n", "\r\n"), `\n\n${json(...said)}`])
			expect(await texts(await file(encode(source), `lines-${++files}.jsonl`))).toEqual(said);
	});

	test("in another encoding lose the lines that are not ASCII, and those are named", async () => {
		expect(await texts(await file(encodeAs("gbk", json("hi", "主播").replaceAll("小明", "x"))))).toEqual(["hi", "2: not valid UTF-8"]);
	});

	test("of UTF-16 name a line that is cut", async () => {
		const bytes = mark(
			[0xff, 0xfe],
			Buffer.concat([encodeAs("utf-16le", `${json("a")}\n`), Uint8Array.of(0x3d, 0xd8, 0x0a, 0x00), encodeAs("utf-16le", json("b"))]),
		);
		expect(await texts(await file(bytes))).toEqual(["a", "2: not valid UTF-16LE", "b"]);
	});
});

describe("a recording may be packed", () => {
	test.each([
		["by gzip", (bytes: Uint8Array) => gzipSync(bytes)],
		["by gzip, in several members", (bytes: Uint8Array) => Buffer.concat([gzipSync(bytes.subarray(0, 40)), gzipSync(bytes.subarray(40))])],
		["as raw deflate, as Bilibili serves it", (bytes: Uint8Array) => deflateRawSync(bytes)],
		["as raw deflate that is stored", (bytes: Uint8Array) => deflateRawSync(bytes, { level: 0 })],
		["as zlib", (bytes: Uint8Array) => deflateSync(bytes)],
		["as zlib, at its best", (bytes: Uint8Array) => deflateSync(bytes, { level: 9 })],
	])("%s", async (_how, pack) => {
		const said = ["晚上好", "前排"];
		for (const bytes of [
			encodeAs("gbk", xml("GBK", ...said)),
			encodeAs("utf-16le", xml("UTF-16", ...said)),
			encodeAs("utf-8", json(...said)),
		])
			expect(await texts(await file(pack(bytes)))).toEqual(said);
		const many = Array.from({ length: 5_000 }, (_, at) => `第 ${at} 条`);
		expect(await texts(await file(pack(encodeAs("utf-8", xml("UTF-8", ...many)))))).toEqual(many);
	});

	test.each([
		["gzip", gzipSync],
		["deflate", deflateRawSync],
		["zlib", deflateSync],
	])("and is refused where %s is cut short", async (name, pack) => {
		const packed = pack(encodeAs("utf-8", xml("UTF-8", ...Array.from({ length: 2_000 }, (_, at) => `${at * 7919}`))));
		await expect(openRecording(await file(packed.subarray(0, packed.length - 100))).then(survey)).rejects.toThrow(
			`is damaged or cut short as ${name}`,
		);
	});
});

test("the first bytes tell the encoding", () => {
	const of = (...bytes: (number | string)[]) =>
		encodingOf(Buffer.concat(bytes.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.of(part)))));
	expect(of("")).toEqual({ name: "utf-8", by: "default", markBytes: 0 });
	expect(of("\n <?xml version='1.0' encoding='gbk' ?>")).toEqual({ name: "gbk", by: "declaration", markBytes: 0 });
	expect(of('{"text":"<?xml encoding=\\"gbk\\"?>"}')).toMatchObject({ name: "utf-8", by: "default" });
	expect(of("<?xml version='1.0'?><i encoding='gbk'>")).toMatchObject({ by: "default" });
	expect(() => of(0xff, 0xfe, 0, 0)).toThrow(UnknownEncoding);
	expect(() => of(0, 0, 0xfe, 0xff)).toThrow(UnknownEncoding);
});
