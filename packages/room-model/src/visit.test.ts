import { describe, expect, test } from "bun:test";
import type { Connection, HistoryOptions, HistoryPage, Room } from "@hubbub/client";
import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import { FakeClock } from "../test/fake-clock.ts";
import { Visit, type VisitListener } from "./visit.ts";

const message = (offset: number): MessageEvent => ({
	kind: "message",
	offset,
	at: 0,
	id: `m${offset}`,
	from: { id: "a", name: "A", roles: [] },
	text: `text ${offset}`,
});

/** What the SDK gives a page, played by hand: `emit` tells the room's listeners, `pages` are the archive's answers in turn. */
function stay(pages: HistoryPage[]) {
	const listeners = new Map<string, ((value: never) => void)[]>();
	const on = (type: string, listener: (value: never) => void) => {
		listeners.set(type, [...(listeners.get(type) ?? []), listener]);
		return () => {};
	};
	const asked: HistoryOptions[] = [];
	const room = {
		phase: "joined",
		cursor: "as a later server writes it",
		viewers: 1,
		likes: 0,
		on,
		history: async (options: HistoryOptions) => {
			asked.push(options);
			return pages.shift() as HistoryPage;
		},
	} as unknown as Room;
	const connection = { state: { phase: "live", transport: "websocket" }, clockSkewMs: 0, on, room: () => room } as unknown as Connection;
	const listener = new Proxy({} as VisitListener, { get: () => () => {} });
	const visit = new Visit("lobby", { token: null, name: null } as never, () => connection, new FakeClock(), listener);
	const emit = (type: string, value: object) => {
		for (const hear of listeners.get(type) ?? []) hear(value as never);
	};
	return { visit, asked, emit };
}

describe("older messages", () => {
	test("[LOG-4] are asked for by the oldest event shown, whatever cursors look like", async () => {
		const { visit, asked, emit } = stay([
			{ events: [{ ...message(6), deleted: true, text: "" }], before: "opaque" },
			{ events: [message(4), message(5)], before: "more of it" },
		]);
		emit("events", { events: [message(8), message(9)], source: "history", omitted: 0, spreadMs: 0 });
		await visit.loadOlder();
		// A page with nothing to show is passed over by the cursor that came with it.
		expect(asked.map(({ before }) => before)).toEqual([8, "opaque"]);
		expect(visit.discussion.rows.map((row) => row.kind === "message" && row.text)).toEqual(["text 4", "text 5", "text 8", "text 9"]);
		expect(visit.older).toBe("idle");
	});
});
