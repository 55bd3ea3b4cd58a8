import { describe, expect, test } from "bun:test";
import { Role } from "../fields.ts";
import type { WriteAccess } from "../kinds/settings.ts";
import { isGuest, isStaff, mayModerate, whyNotWrite } from "./roles.ts";

const everyRole = Role.options;

describe("roles", () => {
	test("[RATE-4] owners, hosts, moderators and bots run the room; a VIP is held to its pace like a member", () => {
		expect(everyRole.filter((role) => isStaff({ roles: [role] }))).toEqual(["owner", "host", "moderator", "bot"]);
		expect(isStaff({ roles: ["vip", "member"] })).toBe(false);
		expect(isStaff({ roles: [] })).toBe(false);
	});

	test("a bot runs the room, but does not act on what others wrote", () => {
		expect(everyRole.filter((role) => mayModerate({ roles: [role] }))).toEqual(["owner", "host", "moderator"]);
	});

	test("whoever has no other role is a guest", () => {
		expect(everyRole.filter((role) => isGuest({ roles: [role] }))).toEqual(["guest"]);
		expect(isGuest({ roles: [] })).toBe(true);
		expect(isGuest({ roles: ["guest", "vip"] })).toBe(false);
	});

	test("[RATE-5] who may write hangs on the room's setting and on whether guests are let in", () => {
		const may = (write: WriteAccess, guests: boolean) =>
			everyRole.filter((role) => whyNotWrite({ write, guests }, { roles: [role] }) === null);
		expect(may("everyone", true)).toEqual([...everyRole]);
		expect(may("everyone", false)).toEqual(everyRole.filter((role) => role !== "guest"));
		expect(may("members", true)).toEqual(everyRole.filter((role) => role !== "guest"));
		expect(may("staff", true)).toEqual(["owner", "host", "moderator", "bot"]);
		expect(whyNotWrite({ write: "staff", guests: true }, { roles: ["vip"] })).toBe("read_only");
		expect(whyNotWrite({ write: "members", guests: true }, { roles: ["guest"] })).toBe("guests_not_allowed");
	});
});
