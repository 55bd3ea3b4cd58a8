import { describe, expect, test } from "bun:test";
import type { Role } from "@hubbub/protocol/fields.ts";
import fc from "fast-check";
import type { LoggedEvent } from "./lane.ts";
import { Ranking } from "./rank.ts";

let offset = 0;
function said(id: string, roles: Role[] = ["guest"], replyTo?: string): LoggedEvent {
	const event = { kind: "message" as const, offset: ++offset, at: 0, id: `m${offset}`, from: { id, name: id, roles }, text: "…", replyTo };
	return { event, json: "" };
}
const removed: LoggedEvent = {
	event: { kind: "delete", offset: 0, at: 0, target: "m1" },
	json: "",
};

describe("the top view", () => {
	test("[FAN-8] who runs the room comes first, then answers, then people not heard yet", () => {
		const ranking = new Ranking();
		ranking.choose([said("old")], 8);
		const [old, fresh, answer, moderator, host] = [
			said("old"),
			said("new"),
			said("old", ["guest"], "m1"),
			said("mod", ["moderator"]),
			said("host", ["host"]),
		];
		const moment = [old, fresh, answer, moderator, host];
		expect(ranking.choose(moment, 1).shown).toEqual([host]);
		expect(new Ranking().choose(moment, 2).shown).toEqual([moderator, host]);
		const again = new Ranking();
		again.choose([said("old")], 8);
		expect(again.choose(moment, 3).shown).toEqual([answer, moderator, host]);
	});

	test("[FAN-8] of equals the later one is shown", () => {
		const moment = [said("a"), said("b"), said("c")];
		expect(new Ranking().choose(moment, 1)).toEqual({ shown: [moment[2] as LoggedEvent], omitted: 2 });
	});

	test("[FAN-8] what is not chat is never left out", () => {
		const moment = [removed, ...Array.from({ length: 20 }, () => said("a")), removed];
		const { shown, omitted } = new Ranking().choose(moment, 8);
		expect(shown.filter((entry) => entry === removed)).toHaveLength(2);
		expect(shown).toHaveLength(10);
		expect(omitted).toBe(12);
	});

	test("[FAN-8] for any moment at most the limit is shown, in the order of the log, and the rest is counted", () => {
		const anyone = fc.record({
			id: fc.constantFrom("a", "b", "c"),
			role: fc.constantFrom<Role>("guest", "vip", "host", "moderator", "member"),
			answer: fc.boolean(),
		});
		fc.assert(
			fc.property(fc.array(anyone, { maxLength: 60 }), fc.integer({ min: 0, max: 12 }), (people, limit) => {
				const moment = people.map(({ id, role, answer }) => said(id, [role], answer ? "m0" : undefined));
				const { shown, omitted } = new Ranking().choose(moment, limit);
				expect(shown.length).toBe(Math.min(limit, moment.length));
				expect(omitted).toBe(moment.length - shown.length);
				expect(shown).toEqual(moment.filter((entry) => shown.includes(entry)));
			}),
		);
	});
});
