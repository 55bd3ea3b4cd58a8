import { expect, test } from "bun:test";
import fc from "fast-check";
import { Headcount } from "./headcount.ts";

test("[FAN-11] counts people, whatever connections they come and go by", () => {
	const steps = fc.array(fc.tuple(fc.constantFrom("enter", "leave"), fc.constantFrom("ana", "阿明", "g-1", "")), { maxLength: 60 });
	fc.assert(
		fc.property(steps, (steps) => {
			const headcount = new Headcount();
			const connections: string[] = [];
			for (const [step, person] of steps) {
				if (step === "enter") {
					connections.push(person);
					headcount.enter(person);
				} else if (connections.includes(person)) {
					connections.splice(connections.indexOf(person), 1);
					headcount.leave(person);
				}
				expect(headcount.size).toBe(new Set(connections).size);
			}
		}),
	);
});
