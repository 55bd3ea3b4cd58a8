import { describe, expect, test } from "bun:test";
import type { Role } from "@hubbub/protocol/fields.ts";
import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import type { PinEvent } from "@hubbub/protocol/kinds/pin.ts";
import { apply, shownState } from "../apply.ts";
import type { Command } from "../command.ts";
import { decide } from "../decide.ts";
import { initialState, type RoomState } from "../state.ts";

const wallMs = 1_700_000_000_000;
const moment = { monotonicMs: 0, wallMs, id: "p1" };
const actor = (...roles: Role[]) => ({ id: "a", name: "A", roles });
const author = { id: "ming", name: "Ming", roles: ["guest" as const] };
const message: MessageEvent = { offset: 1, at: 0, kind: "message", id: "m1", from: author, text: "the address" };
const fresh = () => initialState("lobby", { rate: null, deliveryBudget: 100 });
const pin = (what: Partial<Command & { type: "pin" }>, ...roles: Role[]): Command => ({
	type: "pin",
	actor: actor(...(roles.length > 0 ? roles : ["host" as const])),
	...what,
});

function decided(state: RoomState, command: Command, found: MessageEvent | null = null) {
	const decision = decide(state, command, moment, { message: found });
	return decision.verdict === "accept" ? decision : decision.code;
}

/** The state after these happened. */
function after(...events: PinEvent[]): RoomState {
	const state = fresh();
	for (const event of events) apply(state, event);
	return state;
}

const pinned: PinEvent = { offset: 2, at: 0, kind: "pin", id: "p0", target: "m1", from: author, text: "the address" };

describe("pinning", () => {
	test("[PIN-1] a moderator pins a message as it is, by its author, or a line of their own on one line", () => {
		expect(decided(fresh(), pin({ id: "m1" }), message)).toEqual({
			verdict: "accept",
			event: { kind: "pin", at: wallMs, id: "p1", target: "m1", from: author, text: "the address" },
			redacts: [],
			record: {},
		});
		expect(decided(fresh(), pin({ text: " back in\n5 min\u202e " }))).toMatchObject({
			event: { id: "p1", from: { id: "a" }, text: "back in 5 min" },
		});
		expect(decided(fresh(), pin({ text: "x", until: wallMs + 1 }))).toMatchObject({ event: { until: wallMs + 1 } });
		expect(decided(fresh(), pin({ id: null, until: wallMs + 1 }))).toEqual({
			verdict: "accept",
			event: { kind: "pin", at: wallMs, id: "p1", text: "" },
			redacts: [],
			record: {},
		});
	});

	test.each<[Role, string]>([
		["guest", "forbidden"],
		["member", "forbidden"],
		["vip", "forbidden"],
		["bot", "forbidden"],
		["moderator", "yes"],
		["host", "yes"],
		["owner", "yes"],
	])("[PIN-1] whether a %s may: %s", (role, expected) => {
		for (const what of [{ id: "m1" }, { text: "x" }, { id: null }]) {
			const answer = decided(fresh(), pin(what, role), message);
			expect(typeof answer === "string" ? answer : "yes").toBe(expected);
		}
	});

	test("[PIN-1] what cannot be pinned is refused, and why", () => {
		expect(decided(fresh(), pin({}))).toBe("bad_frame");
		expect(decided(fresh(), pin({ id: "m1", text: "x" }), message)).toBe("bad_frame");
		expect(decided(fresh(), pin({ id: null, text: "x" }))).toBe("bad_frame");
		expect(decided(fresh(), pin({ text: "x", until: wallMs }))).toBe("bad_frame");
		expect(decided(fresh(), pin({ id: "m1" }), null)).toBe("message_not_found");
		expect(decided(fresh(), pin({ id: "m1" }), { ...message, text: "", deleted: true })).toBe("message_not_found");
		expect(decided(fresh(), pin({ text: "\u200b" }))).toBe("text_empty");
		expect(decided(fresh(), pin({ text: "x".repeat(501) }))).toBe("text_too_long");
		expect(decided(fresh(), pin({ text: " ".repeat(8_001) }))).toBe("text_too_long");
	});

	test("[PIN-4] a copy of a message loses its text with the pin that takes its place; a line of a moderator's own keeps it", () => {
		for (const what of [{ text: "x" }, { id: null }, { id: "m1" }])
			expect(decided(after(pinned), pin(what), message)).toMatchObject({ redacts: ["p0"] });
		const { target: _, ...own } = pinned;
		expect(decided(after(own), pin({ text: "x" }))).toMatchObject({ redacts: [] });
	});

	test("[PIN-4] taking the message back takes the text out of its pin as well", () => {
		const state = after(pinned);
		expect(decided(state, { type: "delete", actor: actor("host"), id: "m1" }, message)).toMatchObject({ redacts: ["m1", "p0"] });
		apply(state, { offset: 3, at: 0, kind: "delete", target: "m1" });
		expect(shownState(state, wallMs)).not.toHaveProperty("pin");
		expect(JSON.stringify([...state.latest])).not.toContain("the address");
		expect(decided(after(pinned), { type: "delete", actor: actor("host"), id: "m2" }, { ...message, id: "m2" })).toMatchObject({
			redacts: ["m2"],
		});
	});

	test("[PIN-2] [PIN-3] the state shows what was pinned last, until it is unpinned or its time is over", () => {
		expect(shownState(fresh(), wallMs)).not.toHaveProperty("pin");
		const later: PinEvent = { ...pinned, offset: 3, id: "p2", until: wallMs };
		expect(shownState(after(pinned, later), wallMs - 1)).toMatchObject({ pin: later });
		expect(shownState(after(pinned, later), wallMs)).not.toHaveProperty("pin");
		expect(shownState(after(pinned, { offset: 3, at: 0, kind: "pin", id: "p3", text: "" }), wallMs)).not.toHaveProperty("pin");
	});
});
