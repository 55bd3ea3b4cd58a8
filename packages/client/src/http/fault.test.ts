import { expect, test } from "bun:test";
import type { Leg } from "../route.ts";
import { broken } from "../transport.ts";
import { faultOf } from "./fault.ts";

const bye = (code: "draining" | "silent" | "too_slow") => ({ type: "bye", code, message: "" }) as const;
const table: readonly [title: string, leg: Leg, isOnline: boolean, fault: string][] = [
	["was never welcomed", { end: broken(""), bye: null, livedMs: null }, true, "refused"],
	["ended within seconds", { end: broken(""), bye: null, livedMs: 5_000 }, true, "cut"],
	["lasted", { end: broken(""), bye: null, livedMs: 60_000 }, true, "other"],
	["fell silent", { end: broken("", "silent"), bye: null, livedMs: 60_000 }, true, "silent"],
	["was not heard by the server", { end: broken(""), bye: bye("silent"), livedMs: 60_000 }, true, "silent"],
	["was said bye to", { end: broken(""), bye: bye("draining"), livedMs: 1_000 }, true, "other"],
	["was said bye to before its welcome", { end: broken(""), bye: bye("draining"), livedMs: null }, true, "other"],
	["met nobody", { end: broken("", "unreachable"), bye: null, livedMs: null }, true, "unreachable"],
	["ended while the browser has no network", { end: broken("", "silent"), bye: null, livedMs: null }, false, "other"],
];

for (const [title, leg, isOnline, fault] of table)
	test(`a link that ${title} says "${fault}"`, () => {
		expect(faultOf(leg, isOnline)).toBe(fault as never);
	});
