import { describe, expect, test } from "bun:test";
import type { BatchSource, Codec, Payload } from "@hubbub/protocol/codec.ts";
import type { RoomEvent } from "@hubbub/protocol/event.ts";
import fc from "fast-check";
import { Window } from "./window.ts";

function source(from: number, to: number, units = 10): BatchSource {
	const events = Array.from({ length: to - from }, (_, index) => {
		const event: RoomEvent = { kind: "delete", offset: from + index + 1, at: 0, target: "m" };
		return { event, json: "x".repeat(units) };
	});
	return { room: "lobby", cursor: `e.${to}`, events, omitted: 0, repeats: [], ambient: null, spreadMs: 0 };
}

/** What the last window was asked to encode. */
const sources: BatchSource[] = [];

function makeWindow(options: { through?: number; batchesMax?: number; unitsMax?: number } = {}) {
	const encoded: [string, Codec][] = [];
	sources.length = 0;
	const window = new Window({
		through: options.through ?? 0,
		batchesMax: options.batchesMax ?? 8,
		unitsMax: options.unitsMax ?? 1_000_000,
		encode(batch, codec): Payload | null {
			const { cursor } = batch;
			sources.push(batch);
			encoded.push([cursor, codec]);
			return codec === "text" ? null : { kind: "text", data: cursor };
		},
	});
	return { window, encoded };
}

describe("the window of a room", () => {
	test("[FAN-4] a batch is encoded when the first reader of a codec comes, and never again", () => {
		const { window, encoded } = makeWindow();
		const batch = window.append(source(0, 3), 3);
		expect(encoded).toEqual([]);
		for (let reader = 0; reader < 100; reader++) {
			expect(batch.payload("json")).toEqual({ kind: "text", data: "e.3" });
			expect(batch.payload("text")).toBeNull();
		}
		expect(encoded).toEqual([
			["e.3", "json"],
			["e.3", "text"],
		]);
	});

	test("[FAN-4] it holds at most as many batches and characters as it may, and always the newest", () => {
		fc.assert(
			fc.property(
				fc.array(fc.record({ events: fc.nat(5), units: fc.nat(400) }), { maxLength: 60 }),
				fc.integer({ min: 1, max: 8 }),
				fc.integer({ min: 64, max: 3_000 }),
				(loads, batchesMax, unitsMax) => {
					const { window } = makeWindow({ batchesMax, unitsMax });
					let to = 0;
					for (const { events, units } of loads) {
						window.append(source(to, to + events, units), to + events);
						to += events;
						const held = window.next - window.oldest;
						expect(held).toBeLessThanOrEqual(batchesMax);
						if (held > 1) expect(window.units).toBeLessThanOrEqual(unitsMax);
						expect(window.at(window.next - 1)?.to).toBe(to);
						expect(window.at(window.oldest - 1)).toBeUndefined();
						expect(window.at(window.next)).toBeUndefined();
					}
				},
			),
		);
	});

	test("[LOG-6] from any place a reader gets each later event once and in order, or is told that the place has left", () => {
		fc.assert(
			fc.property(
				fc.array(fc.nat(4), { minLength: 1, maxLength: 30 }),
				fc.nat(20),
				fc.integer({ min: 1, max: 6 }),
				fc.nat(200),
				(counts, through, batchesMax, at) => {
					const { window } = makeWindow({ through, batchesMax });
					let to = through;
					const edges = new Set([through]);
					for (const count of counts) {
						window.append(source(to, to + count), to + count);
						to += count;
						edges.add(to);
					}
					const offset = at % (to + 5);
					const start = window.sequenceAfter(offset);
					const kept = window.at(window.oldest) as { from: number };
					if (offset < to && (offset < kept.from || !edges.has(offset))) return expect(start).toBeNull();
					const seen: number[] = [];
					for (let sequence = start as number; sequence < window.next; sequence++)
						seen.push(...(window.at(sequence)?.source.events ?? []).map(({ event }) => event.offset));
					expect(seen).toEqual(Array.from({ length: Math.max(0, to - offset) }, (_, index) => offset + index + 1));
				},
			),
			{ numRuns: 500 },
		);
	});

	test("[FAN-5] a reader that walks at its own pace sees every event once and in order, or finds its batch gone", () => {
		const steps = fc.array(fc.oneof(fc.record({ append: fc.nat(4) }), fc.record({ read: fc.nat(5) })), { maxLength: 80 });
		fc.assert(
			fc.property(steps, fc.integer({ min: 1, max: 6 }), (walk, batchesMax) => {
				const { window } = makeWindow({ batchesMax });
				let to = 0;
				let sequence = 0;
				let offset = 0;
				for (const step of walk) {
					if ("append" in step) {
						window.append(source(to, to + step.append), to + step.append);
						to += step.append;
						continue;
					}
					for (let count = 0; count < step.read; count++) {
						const batch = window.at(sequence);
						if (!batch) {
							expect(sequence === window.next || sequence < window.oldest).toBe(true);
							if (sequence < window.oldest) [sequence, offset] = [window.next, window.through];
							break;
						}
						expect(batch.from).toBe(offset);
						[sequence, offset] = [sequence + 1, batch.to];
					}
				}
			}),
		);
	});

	test("[FAN-4] who is woken every few flushes is written one frame with all of them, encoded once however many they are", () => {
		const { window, encoded } = makeWindow();
		window.append({ ...source(0, 2), omitted: 1, repeats: [{ id: "m", count: 2 }], ambient: { viewers: 4, likes: 1 }, spreadMs: 40 }, 3);
		window.append({ ...source(3, 4), repeats: [{ id: "m", count: 1 }], ambient: { viewers: 5 }, spreadMs: 50 }, 4);
		window.append({ ...source(4, 5), omitted: 2, spreadMs: 60 }, 7);
		for (let reader = 0; reader < 100; reader++) {
			const stretch = window.after(0);
			expect(stretch).toMatchObject({ next: 3, to: 7 });
			expect(stretch?.payload("json")).toEqual({ kind: "text", data: "e.5" });
		}
		expect(encoded).toEqual([["e.5", "json"]]);
		expect(sources.at(-1)).toEqual({
			...{ room: "lobby", cursor: "e.5", omitted: 3, repeats: [{ id: "m", count: 3 }], ambient: { viewers: 5, likes: 1 }, spreadMs: 60 },
			events: [...source(0, 2).events, ...source(3, 5).events],
		});
		expect([window.after(2), window.after(3)]).toEqual([window.at(2), undefined]);
	});

	test("[FAN-4] readers at however many places cost a few encodings a flush and codec, and each sees every event once and in order", () => {
		const steps = fc.array(fc.oneof(fc.record({ append: fc.nat(4) }), fc.record({ wake: fc.nat(9) })), { maxLength: 120 });
		fc.assert(
			fc.property(steps, (walk) => {
				const { window, encoded } = makeWindow({ batchesMax: 40 });
				const readers = Array.from({ length: 10 }, () => ({ sequence: 0, offset: 0 }));
				let to = 0;
				let batches = 0;
				for (const step of walk) {
					if ("append" in step) {
						window.append(source(to, to + step.append), to + step.append);
						to += step.append;
						batches++;
						continue;
					}
					const reader = readers[step.wake] as { sequence: number; offset: number };
					for (let stretch = window.after(reader.sequence); stretch; stretch = window.after(reader.sequence)) {
						const batch = window.at(reader.sequence);
						if (batch) expect(batch.from).toBe(reader.offset);
						expect(stretch.payload("json")).not.toBeNull();
						Object.assign(reader, { sequence: stretch.next, offset: stretch.to });
					}
					if (reader.sequence < window.oldest) Object.assign(reader, { sequence: window.next, offset: window.through });
					expect(reader).toEqual({ sequence: window.next, offset: to });
				}
				expect(encoded.length).toBeLessThanOrEqual(batches * 17);
			}),
		);
	});

	test("[SAY-5] a text that was taken back is in no frame that is put together afterwards", () => {
		const { window } = makeWindow();
		const event: RoomEvent = { kind: "message", offset: 1, at: 0, id: "m1", from: { id: "u", name: "u", roles: [] }, text: "secret" };
		window.append({ ...source(0, 0), events: [{ event, json: JSON.stringify(event) }] }, 1);
		window.append(source(1, 2), 2);
		window.after(0)?.payload("json");
		expect(JSON.stringify(sources.at(-1))).toContain("secret");
		window.redact("m1");
		window.after(0)?.payload("json");
		expect(JSON.stringify(sources.at(-1))).not.toContain("secret");
	});

	test("an empty window has a place only for who is up to date", () => {
		const { window } = makeWindow({ through: 7 });
		expect([window.sequenceAfter(6), window.sequenceAfter(7), window.sequenceAfter(8)]).toEqual([null, 0, 0]);
	});
});
