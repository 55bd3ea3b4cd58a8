import { describe, expect, test } from "bun:test";
import type { Role } from "@hubbub/protocol/fields.ts";
import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import fc from "fast-check";
import { apply } from "./apply.ts";
import type { Command } from "./command.ts";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { initialState, type RoomState } from "./state.ts";

const rate = { burst: 5, perMs: 5_000 };

function makeState(settings: Partial<RoomSettings> = {}): RoomState {
	const state = initialState("lobby", { rate, deliveryBudget: 100 });
	state.settings = { ...state.settings, ...settings };
	return state;
}

const actor = (...roles: Role[]) => ({ id: roles.join("+") || "nobody", name: "n", roles });
const say = (roles: Role[], text = "hi"): Command => ({ type: "say", actor: actor(...roles), key: "k", text });
const at = (monotonicMs: number) => ({ monotonicMs, wallMs: 1_700_000_000_000, id: "m1" });
const word = (decision: Decision) => (decision.verdict === "accept" ? "accept" : decision.code);

const everyRole: Role[][] = [[], ["guest"], ["member"], ["vip"], ["bot"], ["moderator"], ["host"], ["owner"]];
const theirs: MessageEvent = { offset: 1, at: 0, kind: "message", id: "m0", from: { id: "somebody", name: "s", roles: [] }, text: "x" };

describe("who may do what", () => {
	//                                              none  guest  member  vip  bot  moderator  host  owner
	const matrix: [string, Partial<RoomSettings>, (roles: Role[]) => Command, string][] = [
		["say where everyone may", {}, (roles) => say(roles), "y y y y y y y y"],
		["say where members may", { write: "members" }, (roles) => say(roles), "g g y y y y y y"],
		["say where only staff may", { write: "staff" }, (roles) => say(roles), "r r r r y y y y"],
		["say where no guests are let in", { guests: false }, (roles) => say(roles), "g g y y y y y y"],
		["take back another's message", {}, (roles) => ({ type: "delete", actor: actor(...roles), id: "m0" }), "f f f f f y y y"],
		["change settings", {}, (roles) => ({ type: "settings", actor: actor(...roles), settings: { title: "t" } }), "f f f f f y y y"],
	];
	const meaning: Record<string, string> = { y: "accept", g: "guests_not_allowed", r: "read_only", f: "forbidden" };

	for (const [action, settings, command, row] of matrix)
		test.each(everyRole.map((roles, index) => [roles.join() || "no role", meaning[row.split(" ")[index] as string], roles] as const))(
			`[AUTH-4] ${action}, with %s: %s`,
			(_role, expected, roles) => {
				expect(word(decide(makeState(settings), command([...roles]), at(0), { message: theirs }))).toBe(expected as string);
			},
		);

	test("[SAY-5] everyone may take back their own message, once", () => {
		for (const roles of everyRole) {
			const own = { ...theirs, from: actor(...roles) };
			const command: Command = { type: "delete", actor: actor(...roles), id: "m0" };
			expect(decide(makeState({ write: "staff" }), command, at(0), { message: own })).toMatchObject({
				verdict: "accept",
				event: { kind: "delete", target: "m0" },
				redacts: ["m0"],
			});
			for (const message of [{ ...own, deleted: true }, null])
				expect(word(decide(makeState(), command, at(0), { message }))).toBe("message_not_found");
		}
	});

	test("[AUTH-4] of several roles the highest counts, and being a guest beside it takes nothing away", () => {
		expect(word(decide(makeState({ write: "staff" }), say(["guest", "moderator"]), at(0)))).toBe("accept");
		expect(word(decide(makeState({ guests: false }), say(["guest", "vip"]), at(0)))).toBe("accept");
	});

	test("[TEXT-2] a room's title is cleaned like a text, on one line", () => {
		const command: Command = { type: "settings", actor: actor("host"), settings: { title: " 晚上\u202e好\nroom " } };
		expect(decide(makeState(), command, at(0))).toMatchObject({ event: { settings: { title: "晚上好 room" } } });
	});

	test("a change of settings becomes an event that holds what changed, and nothing else", () => {
		const command: Command = {
			type: "settings",
			actor: actor("host"),
			settings: { title: "lobby", slowModeSeconds: 5, guests: undefined },
		};
		const decision = decide(makeState(), command, at(0));
		expect(decision).toMatchObject({ verdict: "accept", event: { kind: "settings", settings: { slowModeSeconds: 5 } } });
		expect((decision as { event: { settings: object } }).event.settings).toEqual({ slowModeSeconds: 5 });
	});
});

describe("the order of the rules", () => {
	const long = "x".repeat(501);

	test("[SAY-4] the first rule that refuses is named: who, longer than any, slow mode, the rate, and only then what stands in it", () => {
		const state = makeState({ write: "members", slowModeSeconds: 10 });
		const longest = "x".repeat(limits.textUnitsMax + 1);
		expect(word(decide(state, say(["guest"], longest), at(0)))).toBe("guests_not_allowed");
		expect(word(decide(state, say(["member"]), at(0)))).toBe("accept");
		expect(word(decide(state, say(["member"], longest), at(1)))).toBe("text_too_long");
		for (const text of [" \u200b", long, "hi"]) expect(word(decide(state, say(["member"], text), at(1)))).toBe("slow_mode");
		state.settings = { ...state.settings, slowModeSeconds: 0 };
		expect(word(decide(state, say(["member"], " \u200b"), at(1)))).toBe("text_empty");
		expect(word(decide(state, say(["member"], long), at(1)))).toBe("text_too_long");
		for (let count = 0; count < 2; count++) expect(word(decide(state, say(["member"]), at(1)))).toBe("accept");
		for (const text of [" \u200b", long, "hi"])
			expect(decide(state, say(["member"], text), at(1))).toEqual({
				verdict: "reject",
				code: "rate_limited",
				detail: undefined,
				retryAfterMs: 999,
			});
	});

	test("[SAY-4] a text that is refused takes a place of the rate, so that nobody has more read than they may write, and begins no slow mode", () => {
		const state = makeState();
		for (const text of ["", long, " ", "\u200b", "\u0301"]) expect(word(decide(state, say(["guest"], text), at(0)))).toMatch(/^text_/);
		expect(word(decide(state, say(["guest"]), at(0)))).toBe("rate_limited");
		state.settings = { ...state.settings, slowModeSeconds: 30 };
		expect(word(decide(state, say(["guest"]), at(1_000)))).toBe("accept");
		expect(word(decide(state, say(["guest"]), at(2_000)))).toBe("slow_mode");
	});

	test("[SAY-4] a text longer than any may be takes no place: nothing of it was read", () => {
		const state = makeState();
		for (let count = 0; count < 50; count++) decide(state, say(["member"], "x".repeat(limits.textUnitsMax + 1)), at(0));
		for (let count = 0; count < 5; count++) expect(word(decide(state, say(["member"]), at(0)))).toBe("accept");
	});

	test("[SEC-2] [RATE-1] whose turn it is not, has nothing read: not one letter of what they send is looked at", () => {
		const unreadable = (length: number) =>
			new Proxy<Record<never, never>>(
				{},
				{
					get(_text, property) {
						if (property === "length") return length;
						throw new Error(`The text was asked for ${String(property)}.`);
					},
				},
			) as unknown as string;
		const limited = makeState();
		for (let count = 0; count < 5; count++) decide(limited, say(["guest"]), at(0));
		expect(word(decide(limited, say(["guest"], unreadable(8_000)), at(0)))).toBe("rate_limited");
		const slow = makeState({ slowModeSeconds: 9 });
		decide(slow, say(["guest"]), at(0));
		expect(word(decide(slow, say(["guest"], unreadable(8_000)), at(0)))).toBe("slow_mode");
		expect(word(decide(makeState({ write: "staff" }), say(["guest"], unreadable(8_000)), at(0)))).toBe("read_only");
		expect(word(decide(makeState(), say(["owner"], unreadable(8_001)), at(0)))).toBe("text_too_long");
	});

	test("[RATE-3] slow mode lets one message through in its time and says how long to wait", () => {
		const state = makeState({ slowModeSeconds: 30 });
		expect(word(decide(state, say(["member"]), at(1_000)))).toBe("accept");
		expect(decide(state, say(["member"]), at(11_000))).toMatchObject({ code: "slow_mode", retryAfterMs: 20_000 });
		expect(word(decide(state, say(["vip"]), at(11_000)))).toBe("accept");
		expect(word(decide(state, say(["member"]), at(31_000)))).toBe("accept");
	});

	test("[RATE-4] those who run the room are held to neither rate nor slow mode", () => {
		for (const role of ["owner", "host", "moderator", "bot"] as const) {
			const state = makeState({ slowModeSeconds: 300 });
			for (let count = 0; count < 100; count++) expect(word(decide(state, say([role]), at(0)))).toBe("accept");
		}
	});

	test("[RATE-1] [RATE-2] no stretch of time lets through more than the burst and what was refilled, for anyone", () => {
		const sayings = fc.array(fc.record({ who: fc.constantFrom<Role>("guest", "member", "vip"), after: fc.nat(2_000) }), { maxLength: 80 });
		fc.assert(
			fc.property(sayings, (list) => {
				const state = makeState();
				const accepted = new Map<Role, number[]>();
				let nowMs = 0;
				for (const { who, after } of list) {
					nowMs += after;
					if (decide(state, say([who]), at(nowMs)).verdict === "accept") accepted.set(who, [...(accepted.get(who) ?? []), nowMs]);
				}
				for (const times of accepted.values())
					for (const [first, from] of times.entries())
						for (let last = first; last < times.length; last++)
							expect(last - first + 1).toBeLessThanOrEqual(5 + ((times[last] as number) - from) / 1_000 + 1e-3);
			}),
		);
	});
});

describe("a message that is said", () => {
	test.each([
		[500, "accept"],
		[501, "text_too_long"],
		[7_000, "text_too_long"],
		[60_000, "text_too_long"],
	])("[TEXT-5] of %p letters: %s", (letters, expected) => {
		expect(word(decide(makeState(), say(["guest"], "好".repeat(letters)), at(0)))).toBe(expected);
	});

	test("[TEXT-5] length is counted in graphemes, within what one grapheme may hide", () => {
		expect(word(decide(makeState(), say(["guest"], "👨‍👩‍👧‍👦".repeat(500)), at(0)))).toBe("accept");
		expect(word(decide(makeState(), say(["guest"], "👨‍👩‍👧‍👦".repeat(501)), at(0)))).toBe("text_too_long");
		expect(word(decide(makeState(), say(["guest"], `a${"\u200c\u200d".repeat(4_001)}b`), at(0)))).toBe("text_too_long");
		expect(decide(makeState({ textGraphemesMax: 3 }), say(["guest"], "abcd"), at(0))).toMatchObject({ detail: "At most 3 characters." });
	});

	test("[SAY-2] becomes an event with the server's id and time, the sender as they are here, and its text cleaned", () => {
		const style = { mode: 4 as const, color: 0 };
		const command: Command = {
			type: "say",
			actor: actor("vip"),
			key: "k",
			text: " <b>\u202ehi</b>\r\n ",
			replyTo: "m0",
			style,
		};
		expect(decide(makeState(), command, at(7))).toEqual({
			verdict: "accept",
			event: {
				kind: "message",
				at: 1_700_000_000_000,
				id: "m1",
				from: { id: "vip", name: "n", roles: ["vip"] },
				text: "<b>hi</b>",
				replyTo: "m0",
				style,
			},
			redacts: [],
			record: {},
		});
	});
});

describe("the state of a room", () => {
	test("is folded from settings events, the later over the earlier, and from nothing else", () => {
		const state = makeState();
		const before = state.settings;
		apply(state, { kind: "message", offset: 1, at: 0, id: "m", from: actor("host"), text: "x" });
		apply(state, { kind: "delete", offset: 2, at: 0, target: "m" });
		expect(state.settings).toBe(before);
		apply(state, { kind: "settings", offset: 3, at: 0, settings: { title: "a", slowModeSeconds: 5 } });
		apply(state, { kind: "settings", offset: 4, at: 0, settings: { title: "b" } });
		expect(state.settings).toEqual({ ...before, title: "b", slowModeSeconds: 5 });
	});
});
