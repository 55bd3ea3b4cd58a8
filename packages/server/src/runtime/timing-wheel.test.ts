import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Due, TimingWheel } from "./timing-wheel.ts";

const slotMs = 1_000;

/** A wheel of names: what bears them is made as it is met. */
function wheelOf<Name>(options: ConstructorParameters<typeof TimingWheel>[0]) {
	const bearers = new Map<Name, Due & { readonly name: Name }>();
	const wheel = new TimingWheel<Due & { readonly name: Name }>(options);
	function bearerOf(name: Name): Due & { readonly name: Name } {
		const bearer = bearers.get(name) ?? { name };
		bearers.set(name, bearer);
		return bearer;
	}
	return {
		schedule: (name: Name, atMs: number) => wheel.schedule(bearerOf(name), atMs),
		cancel: (name: Name) => wheel.cancel(bearerOf(name)),
		turn: (nowMs: number, visit: (name: Name) => void) => wheel.turn(nowMs, ({ name }) => visit(name)),
		get size() {
			return wheel.size;
		},
	};
}

function turned<Name>(wheel: ReturnType<typeof wheelOf<Name>>, nowMs: number): Name[] {
	const visited: Name[] = [];
	wheel.turn(nowMs, (item) => visited.push(item));
	return visited;
}

describe("the timing wheel", () => {
	test("visits what is due, to the slot, and only once", () => {
		const wheel = wheelOf<string>({ slots: 8, slotMs, nowMs: 0 });
		wheel.schedule("a", 2_500);
		expect(turned(wheel, 2_999)).toEqual([]);
		expect(turned(wheel, 3_000)).toEqual(["a"]);
		expect(turned(wheel, 9_000)).toEqual([]);
		expect(wheel.size).toBe(0);
	});

	test("a second deadline takes the place of the first", () => {
		const wheel = wheelOf<string>({ slots: 8, slotMs, nowMs: 0 });
		wheel.schedule("a", 1_000);
		wheel.schedule("a", 4_000);
		expect(wheel.size).toBe(1);
		expect(turned(wheel, 3_000)).toEqual([]);
		expect(turned(wheel, 4_000)).toEqual(["a"]);
	});

	test("what lies beyond the horizon is visited at the horizon", () => {
		const wheel = wheelOf<string>({ slots: 8, slotMs, nowMs: 0 });
		wheel.schedule("a", 1e9);
		wheel.schedule("b", Number.POSITIVE_INFINITY);
		expect(turned(wheel, 6_000)).toEqual([]);
		expect(turned(wheel, 7_000)).toEqual(["a", "b"]);
	});

	test("after a long pause everything is visited once, even what is scheduled again on its visit", () => {
		const wheel = wheelOf<string>({ slots: 8, slotMs, nowMs: 0 });
		for (let index = 0; index < 7; index++) wheel.schedule(`item ${index}`, index * slotMs);
		const visits: string[] = [];
		const nowMs = 3_600_000;
		wheel.turn(nowMs, (item) => {
			visits.push(item);
			wheel.schedule(item, nowMs + 3 * slotMs);
		});
		expect(visits.sort()).toEqual(Array.from({ length: 7 }, (_, index) => `item ${index}`));
		expect(turned(wheel, nowMs + 2 * slotMs)).toEqual([]);
		expect(turned(wheel, nowMs + 3 * slotMs)).toHaveLength(7);
	});

	test("what is taken out or moved on another's visit is not visited any more in this turn", () => {
		const wheel = wheelOf<string>({ slots: 8, slotMs, nowMs: 0 });
		for (const item of ["a", "b", "c"]) wheel.schedule(item, 1_000);
		const visits: string[] = [];
		wheel.turn(1_000, (item) => {
			visits.push(item);
			wheel.cancel("b");
			wheel.schedule("c", 3_000);
		});
		expect(visits).toEqual(["a"]);
		expect(turned(wheel, 3_000)).toEqual(["c"]);
	});

	test("visits exactly what a plain list of deadlines would, pauses and all", () => {
		const slots = 16;
		const step = fc.oneof(
			fc.record({ do: fc.constant("schedule" as const), item: fc.nat(9), inMs: fc.integer({ min: -5_000, max: 14_000 }) }),
			fc.record({ do: fc.constant("cancel" as const), item: fc.nat(9) }),
			fc.record({ do: fc.constant("turn" as const), byMs: fc.oneof(fc.nat(3_000), fc.nat(500_000)) }),
		);
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), fc.nat(100_000), (steps, startMs) => {
				let nowMs = startMs;
				let turnedTo = Math.floor(nowMs / slotMs);
				const wheel = wheelOf<number>({ slots, slotMs, nowMs });
				const dueTicks = new Map<number, number>();
				for (const each of steps) {
					if (each.do === "schedule") {
						wheel.schedule(each.item, nowMs + each.inMs);
						dueTicks.set(each.item, Math.max(turnedTo + 1, Math.ceil((nowMs + each.inMs) / slotMs)));
					} else if (each.do === "cancel") {
						wheel.cancel(each.item);
						dueTicks.delete(each.item);
					} else {
						nowMs += each.byMs;
						turnedTo = Math.floor(nowMs / slotMs);
						const due = [...dueTicks].filter(([, tick]) => tick <= turnedTo).map(([item]) => item);
						for (const item of due) dueTicks.delete(item);
						expect(turned(wheel, nowMs).sort()).toEqual(due.sort());
					}
					expect(wheel.size).toBe(dueTicks.size);
				}
			}),
		);
	});
});
