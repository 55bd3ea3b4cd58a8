import { expect, test } from "bun:test";
import { FakeClock } from "../../test/fake-clock.ts";
import { makeRooms } from "../../test/live-room.ts";
import { LocalQuotas } from "../room/quotas.ts";
import { AddressLimits } from "./address-limits.ts";
import type { Principal } from "./authenticate.ts";
import { RoomAdmission } from "./room-admission.ts";

const rate = { burst: 5, perMs: 5_000 };
const address = "203.0.113.7";

/** How many of `tries` are let through at once. */
function passed(limits: AddressLimits, act: Parameters<AddressLimits["take"]>[0], from: string, tries: number): number {
	return Array.from({ length: tries }, () => limits.take(act, from)).filter((waitMs) => waitMs === 0).length;
}

test("[RATE-6] the guests of one address write as much as ten people, however many names they take", async () => {
	const clock = new FakeClock();
	const limits = new AddressLimits(clock, rate);
	expect(passed(limits, "say", address, 200)).toBe(50);
	expect(passed(limits, "say", "203.0.113.8", 200)).toBe(50);
	await clock.advance(1_000);
	expect(passed(limits, "say", address, 200)).toBe(10);
});

test("[RATE-6] an address becomes two hundred guests a minute, and applauds in a hundred frames", () => {
	const limits = new AddressLimits(new FakeClock(), rate);
	expect(passed(limits, "become-guest", address, 1_000)).toBe(200);
	expect(passed(limits, "like", address, 1_000)).toBe(100);
});

test("[RATE-6] this machine's own addresses are exempt, and everybody where the rate limit is off", () => {
	expect(passed(new AddressLimits(new FakeClock(), rate), "say", "127.0.0.1", 500)).toBe(500);
	expect(passed(new AddressLimits(new FakeClock(), null), "say", address, 500)).toBe(500);
});

test("[ROOM-3] thirty rooms a minute are made for one address, this machine's too", () => {
	const limits = new AddressLimits(new FakeClock(), null);
	expect(passed(limits, "make-room", address, 100)).toBe(30);
	expect(passed(limits, "make-room", "::1", 100)).toBe(30);
});

test("[SEC-4] addresses that did nothing lately are forgotten", async () => {
	const clock = new FakeClock();
	const quotas = new LocalQuotas();
	const limits = new AddressLimits(clock, rate, quotas);
	for (let round = 0; round < 5; round++) {
		for (let index = 0; index < 10_000; index++) limits.take("say", `2001:db8:${round}:${index.toString(16)}::/64`);
		await clock.advance(60_000);
	}
	expect(quotas.size).toBeLessThanOrEqual(20_000);
});

test("[ROOM-3] a crowd that comes to a new room at once makes one room", async () => {
	const { rooms, clock } = makeRooms();
	const admission = new RoomAdmission({ rooms, addressLimits: new AddressLimits(clock, null), autoCreate: true });
	const guest: Principal = { id: "g-1", name: "guest-1", kind: "guest", roles: ["guest"], rolesByRoom: {}, expiresAtMs: null };
	const entered = await Promise.all(Array.from({ length: 100 }, () => admission.enter("opening", guest, address)));
	expect(entered.filter(({ ok }) => ok)).toHaveLength(100);
	const others = await Promise.all(Array.from({ length: 40 }, (_, index) => admission.enter(`room-${index}`, guest, address)));
	expect(others.filter(({ ok }) => ok)).toHaveLength(29);
});
