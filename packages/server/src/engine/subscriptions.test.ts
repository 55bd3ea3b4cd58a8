import { describe, expect, test } from "bun:test";
import { FakeClock } from "../../test/fake-clock.ts";
import { type Entry, LogUnavailable } from "./log.ts";
import { Subscriptions } from "./subscriptions.ts";

function entries(from: number, to: number): Entry[] {
	return Array.from({ length: to - from + 1 }, (_, index) => ({ offset: from + index, id: `m${from + index}`, json: "{}" }));
}

/** A log that holds `stored`, whose reads can fail or wait. */
function make() {
	const clock = new FakeClock();
	const faults: string[] = [];
	const log = { stored: [] as Entry[], reads: 0, mode: "work" as "work" | "fail", gate: null as Promise<void> | null };
	const subscriptions = new Subscriptions({
		clock,
		onFault: (words) => faults.push(words),
		async read(_room, { after = 0, limit }) {
			log.reads++;
			if (log.gate) await log.gate;
			if (log.mode === "fail") throw new LogUnavailable("The disk does not answer.");
			return log.stored.filter(({ offset }) => offset > after).slice(0, limit);
		},
	});
	const heard: number[] = [];
	const listen = (after: number, head: number) =>
		subscriptions.add("lobby", "public", { after, head }, (told) => heard.push(...told.map(({ offset }) => offset)));
	const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
	return { clock, faults, log, subscriptions, heard, listen, upTo };
}

describe("those who hear a log", () => {
	test("[LOG-3] are told without a read what follows on what they heard", () => {
		const { log, subscriptions, heard, listen, upTo } = make();
		listen(0, 0);
		subscriptions.tell("lobby", "public", entries(1, 3));
		subscriptions.tell("lobby", "public", entries(2, 5));
		subscriptions.tell("lobby", "public", entries(1, 4));
		expect([heard, log.reads]).toEqual([upTo(5), 0]);
	});

	test("[LOG-1] read what they were not told, in order, each once", async () => {
		const { clock, log, subscriptions, heard, listen, upTo } = make();
		listen(0, 0);
		subscriptions.tell("lobby", "public", entries(1, 1));
		log.stored = entries(1, 5);
		subscriptions.tell("lobby", "public", entries(5, 5));
		await clock.settle();
		subscriptions.tell("lobby", "public", entries(6, 6));
		expect(heard).toEqual(upTo(6));
	});

	test("[LOG-1] read on where more is committed during a read, however late that read looked", async () => {
		const { clock, log, subscriptions, heard, listen, upTo } = make();
		log.stored = entries(1, 3);
		const gate = Promise.withResolvers<void>();
		log.gate = gate.promise;
		listen(0, 3);
		subscriptions.tell("lobby", "public", entries(4, 4));
		log.gate = null;
		gate.resolve();
		await clock.settle();
		expect(heard).toEqual(upTo(3));
		log.stored = entries(1, 5);
		subscriptions.tell("lobby", "public", entries(5, 5));
		await clock.settle();
		expect(heard).toEqual(upTo(5));
	});

	test("[LOG-1] try again where a read failed, and miss nothing", async () => {
		const { clock, faults, log, subscriptions, heard, listen, upTo } = make();
		listen(0, 0);
		log.stored = entries(1, 3);
		log.mode = "fail";
		subscriptions.tell("lobby", "public", entries(3, 3));
		await clock.settle();
		expect([heard, faults.length]).toEqual([[], 1]);
		log.mode = "work";
		await clock.advance(1_000);
		expect(heard).toEqual(upTo(3));
	});

	test("hear nothing once they stopped, whatever was being read, and nobody reads for them any more", async () => {
		const { clock, log, subscriptions, heard, listen } = make();
		log.stored = entries(1, 3);
		const gate = Promise.withResolvers<void>();
		log.gate = gate.promise;
		const stop = listen(0, 3);
		listen(0, 3);
		stop();
		subscriptions.close();
		gate.resolve();
		await clock.advance(5_000);
		subscriptions.tell("lobby", "public", entries(1, 4));
		expect([heard, log.reads]).toEqual([[], 2]);
	});

	test("are told although another one failed", () => {
		const { faults, subscriptions, heard, listen } = make();
		subscriptions.add("lobby", "public", { after: 0, head: 0 }, () => {
			throw new Error("a bug");
		});
		listen(0, 0);
		subscriptions.tell("lobby", "public", entries(1, 1));
		expect([heard, faults]).toEqual([[1], ["A listener of a log failed: a bug"]]);
	});
});
