import { expect, test } from "bun:test";
import { presenceContract } from "./contract/presence.contract.ts";
import { LocalPresence } from "./local-presence.ts";

presenceContract("of one node", () => new LocalPresence());

test("rooms that nobody is in are forgotten", () => {
	const presence = new LocalPresence();
	for (let room = 0; room < 1_000; room++) presence.announce(`room-${room}`, 1);
	for (let room = 0; room < 1_000; room++) presence.announce(`room-${room}`, 0);
	expect(presence.size).toBe(0);
});
