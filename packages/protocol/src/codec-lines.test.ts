import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { encodeBatchText } from "./codec.ts";
import type { RoomEvent } from "./event.ts";
import type { MessageEvent } from "./kinds/message.ts";
import type { RoomSettings } from "./kinds/settings.ts";
import { cleanName, cleanText } from "./text.ts";
import { eventLine, greetingLines, serverLine } from "./wire/lines.ts";

const by = { id: "u", name: "Ming", roles: [] };

function message(name: string, text: string): MessageEvent {
	return { offset: 1, at: 0, kind: "message", id: "m", from: { ...by, name }, text };
}

/** Everything that a terminal, a browser or `splitlines` takes for the end of a line. */
const lineBreak = /[\n\v\f\r\x1c-\x1e\u0085\u2028\u2029]/;

const trick = fc
	.array(
		fc.oneof(
			fc.string({ unit: "binary", maxLength: 5 }),
			fc.constantFrom("* ", "*", "\n", "\r", "\v", "\f", "\x1d", "\u2028", "\u0085", ": ", ":", "\u200d", "\u0301", " ", "Not sent"),
		),
		{ maxLength: 12 },
	)
	.map((parts) => parts.join(""));

describe("lines for people", () => {
	test.each([
		["Ming", "hello", "Ming: hello"],
		["小明", "你好", "小明: 你好"],
		["a: b", "c: d", "a\ua789 b: c: d"],
		["Ming", "one\ntwo", "Ming: one two"],
		["Ming", "* not the server", "Ming: * not the server"],
		["* server", "x", "＊ server: x"],
		["Ming", "<b>x</b>", "Ming: <b>x</b>"],
	])("[TXT-3] what %p says, %p, is the line %p", (name, text, line) => {
		expect(eventLine(message(name, text))).toBe(line);
	});

	test("[TXT-4] no name and no text, clean or not, make a second line or a line of the server's", () => {
		fc.assert(
			fc.property(trick, trick, fc.boolean(), (name, text, clean) => {
				const event = clean ? message(cleanName(name) || "guest", cleanText(text)) : message(name, text);
				const line = eventLine(event) as string;
				expect(line).not.toMatch(lineBreak);
				expect(line.startsWith("*")).toBe(false);
				if (clean) expect(line.replace(/[\p{M}\p{Cf}]/gu, "").startsWith("*")).toBe(false);
			}),
			{ numRuns: 2_000 },
		);
	});

	test("[TXT-4] the first `: ` of a line ends the name", () => {
		fc.assert(
			fc.property(trick, trick, (rawName, rawText) => {
				const name = cleanName(rawName) || "guest";
				const text = cleanText(rawText);
				const line = eventLine(message(name, text)) as string;
				const end = line.indexOf(": ");
				expect(line.slice(0, end)).toBe(name.replaceAll(":", "\ua789"));
				expect(line.slice(end + 2)).toBe(text.replaceAll(/\n+/g, " "));
			}),
			{ numRuns: 1_000 },
		);
	});

	test("[TXT-4] the server's own words are one line that starts with `* `", () => {
		fc.assert(
			fc.property(trick, (words) => {
				const line = serverLine(words);
				expect(line.startsWith("* ")).toBe(true);
				expect(line).not.toMatch(lineBreak);
			}),
		);
	});

	test("[TXT-3] [PIN-2] what is pinned is a line of the server's, and who comes in is told it first", () => {
		const pin = { offset: 3, at: 0, kind: "pin" as const, id: "p", from: by, text: "be\nkind" };
		expect(eventLine(pin)).toBe("* pinned: Ming: be kind");
		expect(eventLine({ ...pin, text: "", deleted: true })).toBeNull();
		expect(eventLine({ offset: 4, at: 0, kind: "pin", id: "q", text: "" })).toBe("* unpinned");
		const settings = { title: "Maths" } as RoomSettings;
		expect(greetingLines({ settings, viewers: 1, likes: 0 })).toEqual(["* Maths. You are the first here. Write, and it is sent."]);
		expect(greetingLines({ settings, viewers: 2, likes: 0, pin })).toEqual([
			"* pinned: Ming: be kind",
			"* Maths. 2 are here. Write, and it is sent.",
		]);
	});

	test("[TXT-3] a flush has a line for each message, in order, and says what was left out", () => {
		const events: RoomEvent[] = [
			message("a", "one"),
			{ offset: 2, at: 0, kind: "delete", target: "m" },
			{ ...message("b", ""), deleted: true },
			{ offset: 4, at: 0, kind: "settings", settings: { slowModeSeconds: 5, title: "T\n* x" } },
			{ offset: 5, at: 0, kind: "settings", settings: { guests: false } },
			message("c", "two"),
		];
		const batch = {
			room: "lobby",
			cursor: "e.6",
			events: events.map((event) => ({ event, json: "" })),
			omitted: 3,
			repeats: [],
			ambient: null,
			spreadMs: 0,
		};
		expect(encodeBatchText(batch)?.split("\n")).toEqual([
			"a: one",
			"* the title is now “T * x”; slow mode: one message every 5 s",
			"c: two",
			"* 3 more were written in this moment",
		]);
	});

	const nothing = { room: "lobby", cursor: "e.1", events: [], omitted: 0, repeats: [], ambient: null, spreadMs: 0 };

	test("[TXT-3] a flush without anything to read is none", () => {
		expect(encodeBatchText({ ...nothing, ambient: { viewers: 3 } })).toBeNull();
	});
});
