import { expect, test } from "bun:test";
import { decodeCursor } from "@hubbub/protocol/wire/cursor.ts";
import { makeRooms, person, say } from "../../test/live-room.ts";
import { serverLimits } from "../runtime/limits.ts";

const sizeOf = (texts: readonly { readonly length: number }[]) => texts.reduce((sum, text) => sum + text.length, 0);

test("[SEC-4] pages of very long messages are cut to one frame's size, and all of them are read in the end", async () => {
	const { clock, room } = makeRooms();
	const live = await room();
	await live.submit({ type: "settings", actor: person("host", "host"), settings: { textGraphemesMax: 2_000 } });
	for (let count = 0; count < 300; count++) await say(live, "a", "直".repeat(2_000));
	await clock.advance(1_000);

	const { through } = live.channel("all").window;
	const placed = await live.place(decodeCursor(live.cursorAt(0)), through);
	expect(placed.recovered).toBe(true);
	expect(sizeOf(placed.events.map(({ json }) => json))).toBeLessThanOrEqual(serverLimits.pageUnitsMax);
	let seen = placed.events.length;
	for (let reached = placed.through; reached < through; ) {
		const page = await live.backlog(reached, through);
		const payload = page?.payload("json");
		if (!page || payload?.kind !== "text") throw new Error(`Nothing is said to come after ${reached}.`);
		expect(payload.data.length).toBeLessThanOrEqual(serverLimits.pageUnitsMax + 256);
		seen += page.to - reached;
		reached = page.to;
	}
	expect(seen).toBe(301);

	const fresh = await live.place(null, through);
	expect(sizeOf(fresh.events.map(({ json }) => json))).toBeLessThanOrEqual(serverLimits.pageUnitsMax);
	expect(fresh.events.at(-1)?.event.offset).toBe(through);

	let archived = 0;
	for (let before: string | null = live.cursorAt(through + 1); before !== null; ) {
		const page = await live.history(decodeCursor(before), 200);
		expect(sizeOf(page.events)).toBeLessThanOrEqual(serverLimits.pageUnitsMax);
		archived += page.events.length;
		before = page.before;
	}
	expect(archived).toBe(301);
});
