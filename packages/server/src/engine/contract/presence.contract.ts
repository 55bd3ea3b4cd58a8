import { describe, expect, test } from "bun:test";
import type { Presence } from "../presence.ts";

/** Every promise of `presence.ts` that one node can be held to. `make` answers a fresh one. */
export function presenceContract(name: string, make: () => Presence): void {
	describe(`presence ${name}`, () => {
		test("[FAN-11] is the number announced last, room by room", () => {
			const presence = make();
			expect(presence.people("lobby")).toBe(0);
			presence.announce("lobby", 3);
			presence.announce("stage", 1);
			presence.announce("lobby", 2);
			expect([presence.people("lobby"), presence.people("stage"), presence.people("backstage")]).toEqual([2, 1, 0]);
		});

		test("[FAN-11] is nobody once the last has left, and whoever comes then is counted", () => {
			const presence = make();
			presence.announce("lobby", 1);
			presence.announce("lobby", 0);
			expect(presence.people("lobby")).toBe(0);
			presence.announce("lobby", 1);
			expect(presence.people("lobby")).toBe(1);
		});
	});
}
