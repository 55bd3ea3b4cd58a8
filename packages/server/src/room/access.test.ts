import { describe, expect, test } from "bun:test";
import type { Role } from "@hubbub/protocol/fields.ts";
import { barredFromReading, barredFromWriting } from "./access.ts";
import { touchesAccess } from "./apply.ts";
import { initialState } from "./state.ts";

const actor = (...roles: Role[]) => ({ id: "u", name: "u", roles });
const state = (settings: object) => {
	const made = initialState("lobby", { rate: null, deliveryBudget: 0 });
	return { ...made, settings: { ...made.settings, ...settings } };
};
const settingsEvent = (settings: object) => ({ offset: 1, at: 0, kind: "settings" as const, settings, by: actor("owner") });

describe("who may be in a room", () => {
	test("[ROOM-4] everybody, until it lets no guests in; whoever has any role but guest stays", () => {
		const roles: Role[] = ["guest", "member", "vip", "bot", "moderator", "host", "owner"];
		for (const role of roles) expect(barredFromReading(state({}), actor(role))).toBeNull();
		expect(roles.filter((role) => barredFromReading(state({ guests: false }), actor(role)) !== null)).toEqual(["guest"]);
		expect(barredFromReading(state({ guests: false }), actor())).toEqual({ code: "guests_not_allowed" });
	});

	test("[ROOM-4] is asked again after what changes it, and after nothing else", () => {
		const open = state({});
		expect(touchesAccess(open, settingsEvent({ guests: false }))).toBe(true);
		expect(touchesAccess(open, settingsEvent({ ...open.settings, title: "Another", write: "staff" }))).toBe(false);
		expect(touchesAccess(open, settingsEvent({ title: "Another" }))).toBe(false);
		expect(touchesAccess(state({ guests: false }), settingsEvent({ guests: false }))).toBe(false);
		expect(touchesAccess(open, { offset: 1, at: 0, kind: "message", id: "m", from: actor("guest"), text: "hi" })).toBe(false);
	});
});

test("[AUTH-4] who may read and not write is told whether signing in would help", () => {
	expect(barredFromWriting(state({ write: "members" }), actor("guest"))).toEqual({
		code: "guests_not_allowed",
		detail: "Only people who are signed in may write in this room.",
	});
	expect(barredFromWriting(state({ guests: false }), actor("guest"))).toEqual({ code: "guests_not_allowed" });
	expect(barredFromWriting(state({ write: "staff" }), actor("member"))).toEqual({ code: "read_only" });
	expect(barredFromWriting(state({ write: "staff" }), actor("bot"))).toBeNull();
});
