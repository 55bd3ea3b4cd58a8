import { describe, expect, test } from "bun:test";
import { growth, growthMax, growthOf } from "../test/growth.ts";
import { decodeUpstream } from "./codec.ts";
import { cleanName, cleanText } from "./text.ts";
import { countGraphemes } from "./wire/graphemes.ts";
import * as limits from "./wire/limits.ts";
import { worstTexts } from "./worst-texts.ts";

describe("[SEC-2] what a text costs grows no faster than the text", () => {
	test.each(worstTexts.map(({ name, textOf }) => [name, textOf] as const))("of %s", (_name, textOf) => {
		const [short, long] = [textOf(limits.textUnitsMax / 4), textOf((limits.textUnitsMax / 4) * growth)];
		expect(growthOf(cleanText, short, long)).toBeLessThan(growthMax);
		expect(growthOf(countGraphemes, short, long)).toBeLessThan(growthMax);
	});
});

describe("[SEC-2] what a name costs is bounded, however long it is", () => {
	test.each(worstTexts.map(({ name, textOf }) => [name, textOf] as const))("of %s", (_name, textOf) => {
		const [bounded, longer] = [textOf(limits.nameUnitsSentMax), textOf(limits.nameUnitsSentMax * 64)];
		expect(growthOf(cleanName, bounded, longer)).toBeLessThan(growthMax);
		expect(cleanName(longer).length).toBeLessThanOrEqual(limits.nameUnitsMax);
	});
});

describe("[UP-2] a frame with more values than any needs is refused unparsed", () => {
	const many = (part: (index: number) => string, between = ",") =>
		Array.from({ length: limits.frameValuesMax + 1 }, (_, index) => part(index)).join(between);

	test.each([
		["fields nobody knows", `{"type":"ping",${many((index) => `"k${index}":1`)}}`],
		["numbers", `{"type":"ping","x":[${many(String)}]}`],
		["empty lists", `{"type":"ping","x":[${many(() => "[]")}]}`],
		["rooms", `{"type":"hello","rooms":[${many(() => '{"room":"a"}')}]}`],
		["commas between nothing", `{"type":"ping"${",".repeat(limits.frameValuesMax + 1)}}`],
	])("%s", (_what, frame) => {
		expect(decodeUpstream(frame)).toMatchObject({ ok: false, code: "bad_frame", detail: expect.stringContaining("1024 values") });
	});

	test("and one with as many commas in a text is like any other", () => {
		const frame = { type: "say", room: "a", key: "k", text: '[,{"'.repeat(5_000) };
		expect(decodeUpstream(JSON.stringify(frame))).toEqual({ ok: true, frame: frame as never });
	});
});

test("[TEXT-5] counting stops where a text is too long already", () => {
	const family = "👨‍👩‍👧‍👦";
	expect(countGraphemes(family.repeat(500), 500)).toBe(500);
	expect(countGraphemes(family.repeat(600), 500)).toBe(501);
});
