import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import * as v from "valibot";
import { decodeUpstream, encodeBatchJson, encodeJoinedJson, jsonWith } from "./codec.ts";
import { Downstream } from "./downstream.ts";
import type { RoomEvent } from "./event.ts";
import type { Role } from "./fields.ts";
import { upstreamTypes } from "./upstream.ts";
import * as limits from "./wire/limits.ts";

const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const frameWith = (field: string) => `{"type":"ping","ref":7,"extra":${field}}`;

describe("good frames", () => {
	test.each([
		[{ type: "hello" }],
		[{ type: "hello", token: "t", name: "小明", rooms: [{ room: "lobby", after: "abc.1f", view: "top" }], accept: ["deflate", "brotli"] }],
		[{ type: "join", ref: "j", room: "a-b_c9", after: "abc.1", view: "all" }],
		[{ type: "join", room: "lobby" }],
		[{ type: "leave", ref: 3, room: "lobby" }],
		[{ type: "say", ref: 1, room: "lobby", key: "k", text: "" }],
		[{ type: "say", ref: 1, room: "lobby", key: "k", text: "hi", replyTo: "m1", style: { mode: 4, color: 0xff0000 } }],
		[{ type: "like", room: "lobby", count: 100 }],
		[{ type: "delete", ref: 1, room: "lobby", id: "m1" }],
		[{ type: "settings", room: "lobby", settings: { slowModeSeconds: 300, write: "staff", guests: false } }],
		[{ type: "pin", ref: 1, room: "lobby", key: "k", id: "m1", until: 1_700_000_000_000 }],
		[{ type: "pin", room: "lobby", text: "be kind", until: null }],
		[{ type: "pin", room: "lobby", id: null }],
		[{ type: "ping", ref: -9007199254740991 }],
		[{ type: "ping" }],
	])("[UP-1] %j is what it says", (frame) => {
		expect(decodeUpstream(JSON.stringify(frame))).toEqual({ ok: true, frame: frame as never });
	});

	test("[UP-1] unknown fields are ignored, whatever they are called", () => {
		const data = '{"type":"say","ref":1,"room":"lobby","key":"k","text":"x","__proto__":{"admin":true},"constructor":1,"future":[{}]}';
		const decoded = decodeUpstream(data);
		expect(decoded).toEqual({ ok: true, frame: { type: "say", ref: 1, room: "lobby", key: "k", text: "x" } });
		expect(({} as { admin?: boolean }).admin).toBeUndefined();
	});

	test("[SAY-1] a style without mode or colour scrolls in white", () => {
		const decoded = decodeUpstream('{"type":"say","room":"lobby","key":"k","text":"x","style":{}}');
		expect(decoded).toMatchObject({ frame: { style: { mode: 1, color: 0xffffff } } });
	});

	test("[UP-2] brackets inside strings do not nest, escaped quotes and all", () => {
		const text = `\\"${"[{".repeat(100)}\\\\`;
		expect(decodeUpstream(`{"type":"say","room":"lobby","key":"k","text":"${text}"}`).ok).toBe(true);
	});

	test(`[UP-2] a frame may nest ${limits.nestingDepthMax} deep`, () => {
		expect(decodeUpstream(frameWith(nested(limits.nestingDepthMax - 1))).ok).toBe(true);
		expect(decodeUpstream(frameWith(nested(limits.nestingDepthMax)))).toMatchObject({ ok: false, code: "bad_frame" });
	});
});

describe("bad frames", () => {
	test.each([
		["empty", ""],
		["not JSON", "hello"],
		["half of JSON", '{"type":"ping"'],
		["JSON and more", '{"type":"ping"} {}'],
		["NaN", "NaN"],
		["null", "null"],
		["a number", "42"],
		["a string", '"ping"'],
		["an array", '[{"type":"ping"}]'],
		["an object without a type", "{}"],
		["a type that is no string", '{"type":1}'],
		["a type in the wrong field", '{"Type":"ping"}'],
	])("[UP-2] a frame that is %s is bad", (_what, data) => {
		expect(decodeUpstream(data)).toMatchObject({ ok: false, code: "bad_frame" });
	});

	test.each([
		["say without a key", { type: "say", room: "lobby", text: "x" }],
		["say with an empty key", { type: "say", room: "lobby", key: "", text: "x" }],
		["say with a key of 65", { type: "say", room: "lobby", key: "k".repeat(65), text: "x" }],
		["say with a text that is no string", { type: "say", room: "lobby", key: "k", text: { toString: "x" } }],
		["say with a room in capitals", { type: "say", room: "Lobby", key: "k", text: "x" }],
		["say with mode 7", { type: "say", room: "lobby", key: "k", text: "x", style: { mode: 7 } }],
		["say with a colour too far", { type: "say", room: "lobby", key: "k", text: "x", style: { color: 0x1000000 } }],
		["say with half a colour", { type: "say", room: "lobby", key: "k", text: "x", style: { color: 0.5 } }],
		["join of a path", { type: "join", room: "../etc" }],
		["join of nothing", { type: "join", room: "" }],
		["join of 65 letters", { type: "join", room: "a".repeat(65) }],
		["join after a number", { type: "join", room: "lobby", after: 5 }],
		["join after a very long cursor", { type: "join", room: "lobby", after: "a".repeat(129) }],
		["join of an unknown view", { type: "join", room: "lobby", view: "some" }],
		["like of none", { type: "like", room: "lobby", count: 0 }],
		["like of 101", { type: "like", room: "lobby", count: 101 }],
		["like of a half", { type: "like", room: "lobby", count: 1.5 }],
		["delete of nothing", { type: "delete", room: "lobby", id: "" }],
		["pin of nothing", { type: "pin", room: "lobby", id: "" }],
		["pin until tomorrow", { type: "pin", room: "lobby", id: "m1", until: "tomorrow" }],
		["slow mode of an hour", { type: "settings", room: "lobby", settings: { slowModeSeconds: 3_600 } }],
		["slow mode below none", { type: "settings", room: "lobby", settings: { slowModeSeconds: -1 } }],
		["a stream that is a script", { type: "settings", room: "lobby", settings: { streamUrl: "javascript:alert(1)" } }],
		["a stream of data", { type: "settings", room: "lobby", settings: { streamUrl: "data:text/html,x" } }],
		["texts of no length", { type: "settings", room: "lobby", settings: { textGraphemesMax: 0 } }],
		["hello with a number for a name", { type: "hello", name: 5 }],
		["hello into 33 rooms", { type: "hello", rooms: Array.from({ length: 33 }, (_, index) => ({ room: `r${index}` })) }],
		["hello with rooms as words", { type: "hello", rooms: ["lobby"] }],
		["ping with an object for a ref", { type: "ping", ref: {} }],
		["ping with half a ref", { type: "ping", ref: 0.5 }],
	])("[UP-2] %s is bad, and the answer names the field", (_what, frame) => {
		const decoded = decodeUpstream(JSON.stringify(frame));
		expect(decoded).toMatchObject({ ok: false, code: "bad_frame" });
		expect((decoded as { detail: string }).detail).toMatch(/^The field [a-zA-Z.0-9]+ of [a-z]+ is missing or wrong\.$/);
	});

	test("[UP-2] the answer carries the frame's ref where it has one that can be answered", () => {
		expect(decodeUpstream('{"type":"say","ref":"abc"}')).toMatchObject({ ref: "abc" });
		expect(decodeUpstream('{"ref":5}')).toMatchObject({ ref: 5 });
		for (const ref of ['"'.concat("x".repeat(65), '"'), "{}", "null", "[1]", "true", "1e999"])
			expect(decodeUpstream(`{"type":"say","ref":${ref}}`)).not.toHaveProperty("ref");
	});

	test.each([["signal"], ["welcome"], ["toString"], ["__proto__"], [""], ["PING"], ["x".repeat(10_000)]])(
		"[UP-3] the type %p is not known, and the ref comes back",
		(type) => {
			expect(decodeUpstream(JSON.stringify({ type, ref: 9 }))).toMatchObject({ ok: false, code: "unknown_type", ref: 9 });
		},
	);

	test.each([
		["arrays", nested(5_000)],
		["objects", `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`],
		["a field", frameWith(nested(5_000))],
		["brackets that are never closed", "[".repeat(60_000)],
		["brackets behind closing ones", `${"]".repeat(100)}${"[".repeat(5_000)}`],
	])("[UP-2] %s nested 5,000 deep are bad, and never parsed", (_what, data) => {
		expect(decodeUpstream(data)).toMatchObject({ ok: false, code: "bad_frame" });
	});

	test("[UP-2] decoding never throws, whatever the string", () => {
		const almost = fc
			.record({
				type: fc.constantFrom(...upstreamTypes),
				ref: fc.anything(),
				room: fc.anything(),
				key: fc.anything(),
				rooms: fc.anything(),
			})
			.map((frame) => JSON.stringify(frame, (_key, value) => (typeof value === "bigint" ? String(value) : value)));
		fc.assert(
			fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json(), almost), (data) => {
				const decoded = decodeUpstream(data);
				if (decoded.ok) expect(upstreamTypes.has(decoded.frame.type)).toBe(true);
				else expect(["bad_frame", "unknown_type"]).toContain(decoded.code);
			}),
			{ numRuns: 2_000 },
		);
	});

	test("[SEC-2] no answer repeats what was sent", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), (suffix) => {
				const word = `No Room ${suffix}`;
				const decoded = decodeUpstream(JSON.stringify({ type: "say", room: word, text: word, key: [word] }));
				expect(decoded).toMatchObject({ ok: false, detail: "The field room of say is missing or wrong." });
			}),
		);
	});
});

const user = fc.record({ id: fc.string(), name: fc.string({ unit: "binary" }), roles: fc.constant<Role[]>(["guest"]) });
const message = fc.record({
	kind: fc.constant("message" as const),
	at: fc.nat(),
	id: fc.string(),
	from: user,
	text: fc.string({ unit: "binary" }),
});
const events = fc
	.array(message, { maxLength: 5 })
	.map((drafts): RoomEvent[] => drafts.map((draft, index) => ({ offset: index + 1, ...draft })));
const logged = (event: RoomEvent) => ({ event, json: JSON.stringify(event) });
const room = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,63}$/);

describe("frames put together from events that are JSON already", () => {
	test("[DOWN-1] a batch is what JSON.stringify makes of it", () => {
		const ambients = fc.option(fc.record({ viewers: fc.nat(), likes: fc.nat() }));
		const repeated = fc.array(fc.record({ id: fc.string(), count: fc.nat() }), { maxLength: 2 });
		fc.assert(
			fc.property(room, events, fc.nat(3), repeated, fc.nat(1), ambients, (name, list, omitted, repeats, spreadMs, ambient) => {
				const json = encodeBatchJson({ room: name, cursor: "abc.1", events: list.map(logged), omitted, repeats, spreadMs, ambient });
				const frame = {
					type: "batch",
					room: name,
					cursor: "abc.1",
					events: list,
					...(omitted > 0 && { omitted }),
					...(repeats.length > 0 && { repeats }),
					...(spreadMs > 0 && list.length > 1 && { spreadMs }),
					...(ambient && { ambient }),
				};
				expect(json).toBe(JSON.stringify(frame));
				expect(v.is(Downstream, JSON.parse(json))).toBe(true);
			}),
		);
	});

	test("[DOWN-1] so is a joined frame", () => {
		const settings = {
			title: "“t”",
			streamUrl: "",
			slowModeSeconds: 0,
			write: "everyone" as const,
			guests: true,
			textGraphemesMax: 500,
			deliveryBudget: 100,
		};
		fc.assert(
			fc.property(room, events, fc.boolean(), (name, list, recovered) => {
				const head = {
					type: "joined" as const,
					ref: "r",
					room: name,
					cursor: "abc.0",
					recovered,
					state: { settings, viewers: 1, likes: 0 },
				};
				const json = encodeJoinedJson(head, JSON.stringify(list));
				expect(json).toBe(JSON.stringify({ ...head, events: list }));
				expect(v.is(Downstream, JSON.parse(json))).toBe(true);
			}),
		);
	});
});

test("JSON that is put into a frame stands in it as it is, whatever it and the fields hold", () => {
	fc.assert(
		fc.property(fc.jsonValue(), fc.string(), fc.string({ minLength: 1 }), (value, text, name) => {
			const frame = JSON.parse(jsonWith({ type: "x", text }, { [`_${name}`]: JSON.stringify(value) }));
			expect(frame).toEqual(JSON.parse(JSON.stringify({ type: "x", text, [`_${name}`]: value })));
		}),
	);
});
