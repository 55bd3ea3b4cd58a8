import { expect, test } from "bun:test";
import { FakeClock } from "../../test/fake-clock.ts";
import { SessionTable, type Tracked } from "./session-table.ts";

function makeTable(sessions: number, checkMs: number) {
	const clock = new FakeClock();
	const seen = { collections: 0 };
	const table = new SessionTable(clock, () => seen.collections++);
	const checked: number[] = [];
	const kept = Array.from({ length: sessions }, (_, index): Tracked => {
		return {
			address: "127.0.0.1",
			check() {
				checked.push(index);
				clock.spend(checkMs);
			},
			bye() {},
			pardon() {},
		};
	});
	for (const session of kept) {
		table.add(session);
		table.checkIn(session, 1_000);
	}
	return { clock, table, checked, kept, seen };
}

test("[FAN-10] a crowd that is due in one second is looked at in slices, each of them once", async () => {
	const { clock, table, checked } = makeTable(40, 0.5);
	await clock.advance(2_000);
	table.tick();
	expect(checked).toHaveLength(4);
	await clock.advance(20);
	expect(checked.length).toBeLessThan(40);
	await clock.advance(1_000);
	expect(checked.sort((one, other) => one - other)).toEqual(Array.from({ length: 40 }, (_, index) => index));
});

test("who leaves or is to be looked at later is not looked at in a slice to come", async () => {
	const { clock, table, checked, kept } = makeTable(10, 1);
	await clock.advance(2_000);
	table.tick();
	const [gone, later] = [kept[8] as Tracked, kept[9] as Tracked];
	table.remove(gone);
	table.checkIn(later, 30_000);
	await clock.advance(1_000);
	expect(checked).toHaveLength(8);
	expect(checked).not.toContain(8);
	expect(checked).not.toContain(9);
});

test("[FAN-4] when a crowd has come and gone, its memory is given back", () => {
	const { table, kept, seen } = makeTable(600, 0);
	table.tick();
	for (const session of kept) table.remove(session);
	table.tick();
	expect(seen.collections).toBe(0);
	table.tick();
	expect(seen.collections).toBe(1);
});
