import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { decodeUpstream } from "./codec.ts";
import { SettingsChange } from "./kinds/settings.ts";
import { isStreamAddress } from "./stream-address.ts";

const good = {
	title: "Maths",
	streamUrl: "https://a.example/live.m3u8",
	slowModeSeconds: 5,
	write: "members",
	guests: false,
	textGraphemesMax: 100,
	deliveryBudget: 0,
} as const;

describe("a change of settings", () => {
	test("[SET-1] may hold any of the settings, or none", () => {
		expect(v.parse(SettingsChange, good)).toEqual(good);
		expect(v.parse(SettingsChange, {})).toEqual({});
		for (const [name, value] of Object.entries(good)) expect(v.parse(SettingsChange, { [name]: value })).toEqual({ [name]: value });
	});

	test.each<[string, string, string]>([
		["an array", "[]", "The field settings of settings is missing or wrong."],
		["an array of settings", '[{"title":"x"}]', "The field settings of settings is missing or wrong."],
		["null", "null", "The field settings of settings is missing or wrong."],
		["a text", '"title"', "The field settings of settings is missing or wrong."],
		["an unknown name", '{"unknown":1}', "There is no field settings.unknown of settings."],
		["a mistyped name", '{"slowmodeSeconds":5}', "There is no field settings.slowmodeSeconds of settings."],
		["an unknown name beside a good one", '{"title":"x","colour":"red"}', "There is no field settings.colour of settings."],
		["a name of the language", '{"constructor":1}', "There is no field settings.constructor of settings."],
		["another", '{"__proto__":{"title":"x"}}', "There is no field settings.__proto__ of settings."],
		["a number as text", '{"slowModeSeconds":"5"}', "The field settings.slowModeSeconds of settings is missing or wrong."],
		["a fraction", '{"slowModeSeconds":1.5}', "The field settings.slowModeSeconds of settings is missing or wrong."],
		["infinity", '{"deliveryBudget":1e999}', "The field settings.deliveryBudget of settings is missing or wrong."],
		["a truth as text", '{"guests":"false"}', "The field settings.guests of settings is missing or wrong."],
		["a truth as a number", '{"guests":0}', "The field settings.guests of settings is missing or wrong."],
		["null for nothing", '{"title":null}', "The field settings.title of settings is missing or wrong."],
		["an array for a text", '{"title":["x"]}', "The field settings.title of settings is missing or wrong."],
		["a role that may not be", '{"write":"owner"}', "The field settings.write of settings is missing or wrong."],
		["another host's address", '{"streamUrl":"//evil.example/x"}', "The field settings.streamUrl of settings is missing or wrong."],
	])("[SET-1] that is %s is refused, and the field named", (_what, settings, detail) => {
		const decoded = decodeUpstream(`{"type":"settings","ref":1,"room":"lobby","settings":${settings},"of":"no interest"}`);
		expect(decoded).toEqual({ ok: false, code: "bad_frame", ref: 1, detail });
	});

	test("[SET-1] is told a name that nobody could read in short", () => {
		const decoded = decodeUpstream(JSON.stringify({ type: "settings", room: "lobby", settings: { ["x".repeat(10_000)]: 1 } }));
		expect((decoded as { detail: string }).detail.length).toBeLessThan(120);
	});

	test("[UP-1] fields of a frame that there are not are ignored all the same, and those of a style", () => {
		const frame = { type: "settings", room: "lobby", settings: { title: "x" }, later: true };
		expect(decodeUpstream(JSON.stringify(frame))).toMatchObject({ ok: true, frame: { settings: { title: "x" } } });
		const say = { type: "say", room: "lobby", key: "k", text: "x", style: { mode: 4, glow: true } };
		expect(decodeUpstream(JSON.stringify(say))).toMatchObject({ ok: true, frame: { style: { mode: 4, color: 0xffffff } } });
		expect(decodeUpstream(JSON.stringify({ ...say, style: [] }))).toMatchObject({ ok: false, code: "bad_frame" });
	});
});

describe("the address of a stream", () => {
	test.each([
		["https://a.example/live.m3u8"],
		["HTTP://A.example"],
		["https://a.example:8443/x?y=//z#w"],
		["http://[2001:db8::1]:8080/x"],
		["https://me:secret@a.example/x"],
		["https://直播.example/流.m3u8"],
		["/live.m3u8"],
		["/a//b"],
		["/../x"],
	])("[SET-1] may be %s", (address) => {
		expect(isStreamAddress(address)).toBe(true);
	});

	test.each([
		["//evil.example/x"],
		["///evil.example/x"],
		["/\\evil.example/x"],
		["/\t/evil.example/x"],
		["/\n/evil.example/x"],
		[" //evil.example"],
		["\\\\evil.example"],
		["javascript:alert(1)"],
		["java\nscript:alert(1)"],
		["data:video/mp4,x"],
		["blob:https://a.example/1"],
		["rtmp://a.example/live"],
		["live.m3u8"],
		["https:evil.example"],
		["https://"],
		["https:///x"],
		["https://:80/x"],
		["https://\\evil.example"],
		["https://a b.example"],
		["https://a.example:port/x"],
		["https://[::1/x"],
		["https://a.example/x y"],
	])("[SET-1] may not be %j", (address) => {
		expect(isStreamAddress(address)).toBe(false);
	});
});
