import { expect, test } from "bun:test";
import { encodeCursor } from "@hubbub/protocol/wire/cursor.ts";
import fc from "fast-check";
import { Audit, emptySum, FrameReader, type Reading } from "./audit.ts";

const at = (offset: number, epoch = "e") => encodeCursor({ epoch, offset });

function batch(offset: number, offsets: readonly number[], omitted = 0, epoch = "e", repeated = 0): Reading {
	return { kind: "batch", epoch, offset, offsets, omitted, repeated };
}

function viewer(offset: number) {
	const sum = emptySum();
	const audit = new Audit(sum);
	audit.join(at(offset), false, []);
	return { sum, audit };
}

test("exactly once and in order is nothing but deliveries", () => {
	const { sum, audit } = viewer(10);
	expect(audit.read(batch(12, [11, 12]))).toEqual([11, 12]);
	audit.read(batch(12, []));
	audit.read(batch(13, [13]));
	audit.close(13);
	expect(sum).toEqual({ ...emptySum(), deliveries: 3 });
});

test("what the server says it left out is omitted, what it does not say is missing", () => {
	const { sum, audit } = viewer(0);
	audit.read(batch(5, [2, 5], 3));
	expect(sum).toMatchObject({ deliveries: 2, omitted: 3, missing: 0 });
	audit.read(batch(10, [7, 10], 1));
	expect(sum).toMatchObject({ deliveries: 4, omitted: 4, missing: 2 });
});

test("messages counted on one that says the same are repeated, not missing", () => {
	const { sum, audit } = viewer(0);
	audit.read(batch(6, [1], 2, "e", 2));
	expect(sum).toMatchObject({ deliveries: 1, omitted: 2, repeated: 2, missing: 1 });
});

test("a batch given twice is doubled, event by event", () => {
	const { sum, audit } = viewer(0);
	audit.read(batch(2, [1, 2]));
	expect(audit.read(batch(2, [1, 2]))).toEqual([]);
	expect(sum).toMatchObject({ deliveries: 2, doubled: 2, missing: 0 });
});

test("an event that comes late is told from one that comes twice", () => {
	const { sum, audit } = viewer(0);
	audit.read(batch(3, [1, 3]));
	expect(audit.read(batch(3, [2]))).toEqual([2]);
	audit.read(batch(3, [2]));
	expect(sum).toMatchObject({ deliveries: 3, missing: 1, disordered: 1, doubled: 1 });
});

test("events out of order within one batch are out of order, not missing", () => {
	const { sum, audit } = viewer(0);
	audit.read(batch(3, [1, 3, 2]));
	expect(sum).toMatchObject({ deliveries: 3, missing: 0, disordered: 1 });
});

test("a gap is what it says, and no more", () => {
	const { sum, audit } = viewer(5);
	audit.read({ kind: "gap", epoch: "e", from: 5, to: 9 });
	audit.read(batch(10, [10]));
	expect(sum).toMatchObject({ gaps: 4, missing: 0, deliveries: 1 });
	audit.read({ kind: "gap", epoch: "e", from: 12, to: 14 });
	expect(sum).toMatchObject({ gaps: 6, missing: 2 });
});

test("who comes back with their cursor has missed nothing, or it shows", () => {
	const { sum, audit } = viewer(5);
	audit.join(at(8), true, [6, 7, 8]);
	expect(sum).toEqual({ ...emptySum(), deliveries: 3 });
	audit.join(at(10), true, [10]);
	expect(sum).toMatchObject({ missing: 1, restarts: 0 });
	audit.join(at(20), false, [19, 20]);
	expect(sum).toMatchObject({ missing: 1, restarts: 1 });
	expect(audit.position).toEqual({ epoch: "e", offset: 20 });
});

test("another epoch starts the viewer over", () => {
	const { sum, audit } = viewer(5);
	audit.read(batch(2, [1, 2], 0, "f"));
	expect(sum).toMatchObject({ restarts: 1, missing: 0, doubled: 0, deliveries: 2 });
});

test("the end that never came is missing", () => {
	const { sum, audit } = viewer(5);
	audit.read(batch(6, [6]));
	audit.close(9);
	expect(sum.missing).toBe(3);
});

test("whatever is dropped, omitted or doubled by a server, every position is counted once", () => {
	const fate = fc.constantFrom("once", "never", "omitted", "twice");
	fc.assert(
		fc.property(fc.array(fc.array(fate, { maxLength: 8 }), { maxLength: 30 }), (batches) => {
			const { sum, audit } = viewer(0);
			const count = { once: 0, never: 0, omitted: 0, twice: 0 };
			let offset = 0;
			for (const fates of batches) {
				const offsets: number[] = [];
				let omitted = 0;
				for (const what of fates) {
					offset++;
					count[what as keyof typeof count]++;
					if (what === "once") offsets.push(offset);
					else if (what === "twice") offsets.push(offset, offset);
					else if (what === "omitted") omitted++;
				}
				audit.read(batch(offset, offsets, omitted));
			}
			expect(sum).toMatchObject({
				deliveries: count.once + count.twice,
				missing: count.never,
				omitted: count.omitted,
				doubled: count.twice,
				disordered: 0,
			});
		}),
	);
});

test("frames are read for many viewers at once, and what is none is left alone", () => {
	const reader = new FrameReader();
	const frame = JSON.stringify({ type: "batch", room: "r", cursor: at(4), events: [{ offset: 4 }], omitted: 1 });
	expect(reader.read(frame)).toEqual(batch(4, [4], 1));
	const repeats = [
		{ id: "a", count: 2 },
		{ id: "b", count: 3 },
	];
	expect(reader.read(JSON.stringify({ type: "batch", room: "r", cursor: at(9), events: [], repeats }))).toEqual(batch(9, [], 0, "e", 5));
	expect(reader.read(frame)).toBe(reader.read(frame));
	expect(reader.read(JSON.stringify({ type: "gap", room: "r", from: at(1), to: at(3) }))).toEqual({
		kind: "gap",
		epoch: "e",
		from: 1,
		to: 3,
	});
	for (const junk of ["", "null", "{}", '{"type":"batch","cursor":"!","events":[]}', '{"type":"batch","cursor":"e.4"}', '{"type":"gap"}']) {
		expect(reader.read(junk)).toBeNull();
	}
});
