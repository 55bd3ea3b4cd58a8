import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readBilibiliXml } from "./bilibili-xml.ts";
import { type Entry, reasonOf } from "./line.ts";

const xml = `<?xml version="1.0" encoding="UTF-8"?>
<i>
<chatserver>chat.bilibili.com</chatserver><chatid>1</chatid><source>k-v</source>
<d p="12.5,1,25,16777215,1607777777,0,a1b2c3,4001">第二条</d>
<d p="3.25,4,25,255,1607777778,0,d4e5f6,4002">1 &lt; 2 &amp;&#38; &#x597d;</d>
<d p="1,5,25,0,1607777779,0,aa,4003" user="小明">顶</d>
<gift ts="2" user="x" giftname="辣条" giftcount="9"/>
<sc ts="8.5" user="大方" price="30">辛苦了</sc>
<d p="oops">坏</d>
</i>
`;

async function read(source: string, cuts: readonly number[] = []): Promise<Entry[]> {
	const bytes = Buffer.from(source);
	const edges = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
	async function* pieces() {
		for (let index = 1; index < edges.length; index++) yield bytes.subarray(edges[index - 1], edges[index]);
	}
	return await Array.fromAsync(readBilibiliXml(pieces()));
}

function textOf(entry: Entry): string | null {
	return entry.kind === "line" ? entry.line.text : null;
}

test("Bilibili's XML comes out in order of time, with names, modes, colours and references resolved", async () => {
	expect((await read(xml)).filter((entry) => entry.kind === "line")).toEqual([
		{ kind: "line", number: 6, line: { at: 1, person: "小明", text: "顶", style: { mode: 5, color: 0 } } },
		{ kind: "line", number: 5, line: { at: 3.25, person: "d4e5f6", text: "1 < 2 && 好", style: { mode: 4, color: 255 } } },
		{ kind: "line", number: 8, line: { at: 8.5, person: "大方", text: "辛苦了", style: { mode: 1, color: 0xffffff } } },
		{ kind: "line", number: 4, line: { at: 12.5, person: "a1b2c3", text: "第二条", style: { mode: 1, color: 0xffffff } } },
	]);
});

test("gifts and damaged danmaku are skipped with the line they stand in", async () => {
	expect((await read(xml)).filter((entry) => entry.kind === "skipped")).toEqual([
		{ kind: "skipped", number: 7, reason: "gift" },
		{ kind: "skipped", number: 9, reason: "bad", detail: "the first field is not a number of seconds from 0" },
	]);
});

test("however the bytes are cut, in the middle of a letter or a tag, the same comes out", async () => {
	const whole = await read(xml);
	const length = Buffer.byteLength(xml);
	await fc.assert(
		fc.asyncProperty(fc.array(fc.integer({ min: 0, max: length })), async (cuts) => expect(await read(xml, cuts)).toEqual(whole)),
	);
});

async function onlyEntry(element: string): Promise<Entry> {
	const entries = await read(`<i>${element}</i>`);
	expect(entries).toHaveLength(1);
	return entries[0] as Entry;
}

async function texts(source: string): Promise<(string | null)[]> {
	return (await read(source)).map(textOf);
}

const danmaku = (text: string, at = 1) => `<d p="${at},1,25,0,0,0,a,1">${text}</d>`;

describe("a damaged danmaku costs itself, not its neighbours:", () => {
	test.each([
		["not closed before the next", '<d p="1,1,25,0,0,0,a,1">one'],
		["with a quote too many", '<d p="3,1,25,0,0,0,c,3" "></d>'],
		["with a quote too few", '<d p="3,1,25,0,0,0,c,3>x</d>'],
		["without quotes", "<d p=3>x</d>"],
		["with an attribute twice", '<d p="1,1,25,0,0,0,a,1" p="2">x</d>'],
		["with an attribute of no value", '<d p="1,1,25,0,0,0,a,1" user>x</d>'],
		["with a tag in its tag", '<d p="1,1,25,0,0,0,<b>,1">x</d>'],
		["without a sender", '<d p="1,1,25,0,0,0,,1">x</d>'],
		["without a time", '<d p="x,1">x</d>'],
	])("%s", async (_how, broken) => {
		const entries = await read(`<i>\n${danmaku("first", 1)}\n${broken}\n${danmaku("last", 9)}\n</i>`);
		expect(entries.map(textOf).filter(Boolean)).toEqual(["first", "last"]);
		expect(entries.flatMap((entry) => (entry.kind === "skipped" ? [[entry.number, entry.reason]] : []))).toEqual([[3, "bad"]]);
		// Nor need they stand in lines of their own.
		const inOneLine = await read(`<i>${danmaku("first", 1)}${broken}${danmaku("last", 9)}</i>`);
		expect(inOneLine.map(textOf).filter(Boolean)).toEqual(["first", "last"]);
		expect(inOneLine).toHaveLength(3);
	});

	test("cut off by the end of the file, wherever that is", async () => {
		const source = `<i>\n${danmaku("one", 1)}\n${danmaku("two", 2)}\n</i>`;
		const whole = source.indexOf("\n", 5);
		for (let length = whole; length < source.length; length++) {
			const entries = await read(source.slice(0, length));
			expect(textOf(entries.find((entry) => entry.kind === "line") as Entry)).toBe("one");
			expect(entries.length).toBeLessThanOrEqual(2);
		}
	});
});

test("programs among the danmaku (modes 8 and 9) are never run; of a positioned one (mode 7) the text is kept", async () => {
	expect(await onlyEntry('<d p="1,8,25,0,0,0,a,1">$.alert(1)</d>')).toEqual({ kind: "skipped", number: 1, reason: "scripted" });
	expect(await onlyEntry('<d p="1,9,25,0,0,0,a,1">def text</d>')).toMatchObject({ reason: "scripted" });
	expect(textOf(await onlyEntry('<d p="1,7,25,0,0,0,a,1">[0,0,"1-1",4.5,"飞过",0,0]</d>'))).toBe("飞过");
	expect(await onlyEntry('<d p="1,7,25,0,0,0,a,1">[0,0]</d>')).toMatchObject({ kind: "skipped", reason: "bad" });
});

test("character data is taken as it stands, and a reference that means nothing stays", async () => {
	expect(await texts(`<i>${danmaku("<![CDATA[<b>&amp;]]>&nbsp;&#xd800;")}</i>`)).toEqual(["<b>&amp;&nbsp;&#xd800;"]);
	expect(await texts(`<i>${danmaku("a &#x1f600; &#20013; &lt;&gt;&quot;&apos;")}</i>`)).toEqual(["a 😀 中 <>\"'"]);
});

test("what programs forget to write as XML wants it is read as it was meant", async () => {
	expect(await texts(`<i>${danmaku("a & b &c; &&amp; <3 a<=b 1 < 2 <好")}</i>`)).toEqual(["a & b &c; && <3 a<=b 1 < 2 <好"]);
	expect(await texts(`<i>${danmaku("bell\u0007 and null\u0000 and \uffff")}</i>`)).toEqual(["bell and null and "]);
	expect(await texts(`<i>${danmaku("<![CDATA[a & b <3]]>")}${danmaku("]]>", 2)}</i>`)).toEqual(["a & b <3", "]]>"]);
});

test("comments, instructions, foreign elements and another head are no danmaku, and text inside a danmaku's own elements is its text", async () => {
	const source = `<?xml-stylesheet href="x"?><!DOCTYPE i><list xmlns:x="urn:x"><!-- ${danmaku("commented")} --><x:d p="1,1,25,0,0,0,a,1">foreign</x:d>
		<dd p="1,1,25,0,0,0,a,1">other</dd><metadata><d/></metadata>${danmaku("a<b>c<u/></b>d")}</list><d p="2,1,25,0,0,0,b,2" />`;
	const entries = await read(source);
	expect(entries.map(textOf).filter(Boolean)).toEqual(["acd"]);
	expect(entries.flatMap((entry) => (entry.kind === "skipped" ? [entry.reason] : []))).toEqual(["bad", "no text"]);
});

describe("what is made to exhaust a reader does not:", () => {
	test("entities that a file defines are never filled in, however often they are used", async () => {
		const bomb = `<?xml version="1.0"?><!DOCTYPE i [<!ENTITY a "lol"><!ENTITY b "${"&a;".repeat(100)}"><!ENTITY c SYSTEM "file:///etc/passwd">]>
			<i>${danmaku("&b;")}${danmaku("&c;", 2)}${danmaku("plain", 3)}</i>`;
		const entries = await read(bomb);
		expect(entries.map(textOf).filter(Boolean)).toEqual(["plain"]);
		expect(entries.flatMap((entry) => (entry.kind === "skipped" ? [reasonOf(entry)] : []))).toEqual([
			"it refers to what the file itself defines, which is never filled in",
			"it refers to what the file itself defines, which is never filled in",
		]);
	});

	test("a text, a tag, a comment or a head without end is refused before it fills the memory", async () => {
		const megabyte = "x".repeat(1024 * 1024);
		for (const endless of ['<d p="1,1,25,0,0,0,a,1">', '<d p="', "<!-- ", "<!DOCTYPE i [ ", "<![CDATA[", ""])
			await expect(read(`<i>${danmaku("one")}\n${endless}${megabyte}`)).rejects.toBeInstanceOf(RangeError);
	});

	test("elements in elements without end are refused", async () => {
		await expect(read("<i>".repeat(5_000))).rejects.toThrow(/nests deeper than 100/);
	});

	test("a hundred thousand danmaku in one line are read in one pass", async () => {
		const many = Array.from({ length: 100_000 }, (_, at) => danmaku(`好${at}`, at)).join("");
		expect((await read(`<i>${many}</i>`)).filter((entry) => entry.kind === "line")).toHaveLength(100_000);
	});
});

test("whatever stands in a file, reading it ends, and counts each danmaku at most once", async () => {
	const part = fc.constantFrom(
		...["<d ", 'p="', "1,1,25,0,0,0,a,1", '"', "'", ">", "/>", "</d>", "<sc ", "ts=", "&#x;", "&", "[", "7", ",", "文"],
		...["<![CDATA[", "]]>", "<!--", "-->", "\n", "</i>", "<i>", "<?x", "?>", "<!DOCTYPE", "<"],
	);
	await fc.assert(
		fc.asyncProperty(fc.array(part, { maxLength: 40 }), async (parts) => {
			const source = `<i><d ${parts.join("")}${danmaku("end", 5)}`;
			const entries = await read(source);
			expect(entries.length).toBeLessThanOrEqual(source.split(/<(?:d|sc)\b/).length);
		}),
		{ numRuns: 2_000 },
	);
});
