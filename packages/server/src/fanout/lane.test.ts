import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Lanes } from "./lane.ts";

function message(offset: number) {
	const from = { id: "u", name: "u", roles: [] };
	return { event: { kind: "message" as const, offset, at: 0, id: `m${offset}`, from, text: "x" }, json: "{}" };
}

describe("what waits for the next flush", () => {
	test("[FAN-3] of figures only the latest of each is kept", () => {
		const lanes = new Lanes(0);
		lanes.offerAmbient({ viewers: 1, likes: 5 });
		lanes.offerAmbient({ viewers: 2 });
		expect(lanes.isEmpty).toBe(false);
		expect(lanes.take()).toEqual({ events: [], omitted: 0, repeats: [], ambient: { viewers: 2, likes: 5 }, through: 0 });
		expect(lanes.isEmpty).toBe(true);
	});

	test("events are taken in the order of the log, and every one is shown, counted or repeated", () => {
		const fates = fc.array(fc.constantFrom("shown", "omitted", "repeat", "flush"), { maxLength: 60 });
		fc.assert(
			fc.property(fates, (list) => {
				const lanes = new Lanes(10);
				let offset = 10;
				const shown: number[] = [];
				let counted = 0;
				const check = () => {
					const load = lanes.take();
					expect(load.through).toBe(offset);
					shown.push(...load.events.map(({ event }) => event.offset));
					counted += load.events.length + load.omitted + load.repeats.reduce((sum, { count }) => sum + count, 0);
					expect(lanes.isEmpty).toBe(true);
				};
				for (const fate of list) {
					if (fate === "flush") check();
					else {
						offset++;
						if (fate === "shown") lanes.offer(message(offset));
						else if (fate === "omitted") lanes.omit(offset);
						else lanes.repeat(`m${offset % 3}`, offset);
						expect(lanes.isEmpty).toBe(false);
					}
				}
				check();
				expect(shown).toEqual([...shown].sort((one, other) => one - other));
				expect(counted).toBe(offset - 10);
			}),
		);
	});
});
