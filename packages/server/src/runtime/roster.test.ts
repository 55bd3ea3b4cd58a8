import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Roster, type Rostered } from "./roster.ts";

interface Member extends Rostered {
	readonly name: number;
}

const makeMembers = (count: number): Member[] => Array.from({ length: count }, (_, name) => ({ name }));

function named(roster: Roster<Member>): number[] {
	const names: number[] = [];
	roster.visit(({ name }) => names.push(name));
	return names.sort((one, other) => one - other);
}

describe("a roster", () => {
	test("holds what a set holds, whatever is added and taken out", () => {
		const steps = fc.array(fc.record({ do: fc.constantFrom("add", "delete"), who: fc.nat(9) }), { maxLength: 100 });
		fc.assert(
			fc.property(steps, (walk) => {
				const members = makeMembers(10);
				const roster = new Roster<Member>();
				const model = new Set<number>();
				for (const step of walk) {
					const member = members[step.who] as Member;
					if (step.do === "delete") expect(roster.delete(member)).toBe(model.delete(step.who));
					else {
						roster.add(member);
						model.add(step.who);
					}
					expect(roster.has(member)).toBe(model.has(step.who));
					expect(roster.size).toBe(model.size);
				}
				expect(named(roster)).toEqual([...model].sort((one, other) => one - other));
			}),
		);
	});

	test("visits everybody who stays, though some go and others come on the way", () => {
		fc.assert(
			fc.property(fc.array(fc.record({ at: fc.nat(9), takes: fc.nat(9) }), { maxLength: 10 }), (changes) => {
				const members = makeMembers(10);
				const roster = new Roster<Member>();
				for (const member of members) roster.add(member);
				const visited = new Set<number>();
				const gone = new Set<number>();
				roster.visit((member) => {
					visited.add(member.name);
					for (const { takes } of changes.filter(({ at }) => at === member.name)) {
						if (roster.delete(members[takes] as Member)) gone.add(takes);
						roster.add({ name: 100 });
					}
				});
				for (const { name } of members) expect(visited.has(name) || gone.has(name)).toBe(true);
				expect(visited.has(100)).toBe(false);
			}),
		);
	});

	test("a member of one roster is not taken for a member of another with as many", () => {
		const [one, other] = makeMembers(2) as [Member, Member];
		const [first, second] = [new Roster<Member>(), new Roster<Member>()];
		first.add(one);
		second.add(other);
		expect([first.has(other), second.delete(one), first.delete(one)]).toEqual([false, false, true]);
	});

	test("gives everybody away at once, and takes them in again", () => {
		const members = makeMembers(3);
		const roster = new Roster<Member>();
		for (const member of members) roster.add(member);
		expect(roster.empty()).toEqual(members);
		expect(members.some((member) => roster.has(member))).toBe(false);
		for (const member of members) roster.add(member);
		expect(named(roster)).toEqual([0, 1, 2]);
	});
});
