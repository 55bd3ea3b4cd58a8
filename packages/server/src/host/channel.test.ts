import { expect, test } from "bun:test";
import { FakeClock } from "../../test/fake-clock.ts";
import { CpuShare } from "../fanout/cpu-share.ts";
import { createMetrics } from "../runtime/metrics.ts";
import { Channel } from "./channel.ts";
import type { Reader } from "./reader.ts";

test("[FAN-2] turns stay of one size while viewers come and go", async () => {
	const clock = new FakeClock();
	const cursorAt = (offset: number) => `e.${offset}`;
	const share = new CpuShare(0.6);
	const channel = new Channel({ room: "lobby", view: "all", through: 0, cursorAt, clock, metrics: createMetrics(), share });
	let woken = 0;
	const readers: Reader[] = [];
	const come = () => {
		const reader: Reader = {
			codec: "json",
			actor: { id: "", name: "", roles: [] },
			evict() {},
			wake() {
				woken++;
				clock.spend(0.006);
			},
		};
		readers.push(reader);
		channel.admit(reader);
	};
	const go = (index: number) => expect(channel.release(readers.splice(index, 1)[0] as Reader)).toBe(true);
	for (let count = 0; count < 3_970; count++) come();
	// Everybody is replaced twice, by a number of viewers that hardly changes.
	for (let count = 0; count < 8_000; count++) {
		go((count * 7_919) % readers.length);
		come();
	}
	expect(channel.readers).toBe(3_970);

	let offset = 0;
	const turns: number[] = [];
	for (let count = 0; count < 100; count++) {
		woken = 0;
		channel.offer({ event: { kind: "delete", offset: ++offset, at: 0, target: "m" }, json: "{}" }, { verdict: "shown" });
		channel.arrived();
		await clock.advance(10);
		if (woken > 0) turns.push(woken);
	}
	expect(Math.max(...turns.slice(20))).toBeLessThan(1_500);
	for (const reader of [...readers]) expect(channel.release(reader)).toBe(true);
	expect(channel.readers).toBe(0);
});
