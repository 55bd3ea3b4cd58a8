import { expect, test } from "bun:test";
import fc from "fast-check";
import { readBilibiliXml, readElement } from "./bilibili-xml.ts";
import type { Entry } from "./line.ts";

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

test("an unclosed danmaku costs itself, not its neighbours", async () => {
	const entries = await read('<i><d p="1,1,25,0,0,0,a,1">one<d p="2,1,25,0,0,0,b,2">two</d><d p="3,1,25,0,0,0,c,3" "></d><d p="4,1');
	expect(entries.map(textOf).filter(Boolean)).toEqual(["two"]);
	expect(entries.filter((entry) => entry.kind === "skipped").map((entry) => entry.reason)).toEqual(["bad", "bad", "bad"]);
});

test("programs among the danmaku (modes 8 and 9) are never run; of a positioned one (mode 7) the text is kept", () => {
	expect(readElement('<d p="1,8,25,0,0,0,a,1">$.alert(1)</d>', 1)).toEqual({ kind: "skipped", number: 1, reason: "scripted" });
	expect(readElement('<d p="1,9,25,0,0,0,a,1">def text</d>', 1)).toMatchObject({ reason: "scripted" });
	expect(textOf(readElement('<d p="1,7,25,0,0,0,a,1">[0,0,"1-1",4.5,"飞过",0,0]</d>', 1))).toBe("飞过");
	expect(readElement('<d p="1,7,25,0,0,0,a,1">[0,0]</d>', 1)).toMatchObject({ kind: "skipped", reason: "bad" });
});

test("character data is taken as it stands, and a reference that means nothing stays", () => {
	expect(textOf(readElement('<d p="1,1,25,0,0,0,a,1"><![CDATA[<b>&amp;]]>&nbsp;&#xd800;</d>', 1))).toBe("<b>&amp;&nbsp;&#xd800;");
});

test("whatever stands in an element, reading it never throws", () => {
	const part = fc.constantFrom(
		"<d ",
		'p="',
		"1,1,",
		'"',
		"'",
		">",
		"/>",
		"</d>",
		"<sc ",
		"ts=",
		"&#x;",
		"&",
		"[",
		"7",
		",",
		"文",
		"<![CDATA[",
		"]]>",
	);
	fc.assert(
		fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
			expect(["line", "skipped"]).toContain(readElement(`<d ${parts.join("")}`, 1).kind);
		}),
	);
});
