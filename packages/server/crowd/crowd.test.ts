import { describe, expect, test } from "bun:test";
import { systemClock } from "./clock.ts";
import { type CrowdOptions, crowd } from "./crowd.ts";
import { TurnedAway } from "./run.ts";
import { type Script, type ScriptedServer, startScriptedServer } from "./scripted-server.ts";
import { isWhole } from "./summary.ts";
import { Progress } from "./terminal.ts";

/** 30 viewers who say 40 messages as fast as they are answered. */
async function gather(
	script: Script,
	options: Partial<CrowdOptions> = {},
	during?: (server: ScriptedServer, stop: AbortController) => void,
) {
	const server = startScriptedServer(script);
	const stop = new AbortController();
	const progress = new Progress({ write: () => {} }, systemClock.now);
	during?.(server, stop);
	try {
		const given = {
			url: `${server.url}/ws`,
			room: "lobby",
			viewers: 30,
			rate: 20,
			seed: 1,
			speed: "max" as const,
			entriesMax: 40,
			...options,
		};
		return await crowd({ playMsMax: Number.POSITIVE_INFINITY, ...given }, { clock: systemClock, progress, signal: stop.signal });
	} finally {
		await server.stop();
	}
}

describe("a crowd", () => {
	test("is given every message once, in order, and measures how long each took to each", async () => {
		const summary = await gather({});
		expect(summary).toMatchObject({
			viewers: 30,
			present: 30,
			returns: 0,
			sent: 40,
			acknowledged: { shown: 40 },
			lines: { total: 40, played: 40, balanced: true },
			audit: { deliveries: 1_200, omitted: 0, gaps: 0, missing: 0, doubled: 0, disordered: 0, restarts: 0 },
		});
		expect(isWhole(summary.audit)).toBe(true);
		expect(summary.delayP99Ms).toBeGreaterThanOrEqual(summary.delayP50Ms as number);
		expect(summary.ackP50Ms).toBeGreaterThan(0);
	});

	test("finds out a message that one viewer never got, though it is the last", async () => {
		let victim = "";
		const summary = await gather({
			delivery: (n, reader) => {
				victim ||= reader;
				return reader === victim && (n === 7 || n === 40) ? "never" : "once";
			},
		});
		expect(summary.audit).toMatchObject({ missing: 2, doubled: 0, deliveries: 1_198 });
		expect(isWhole(summary.audit)).toBe(false);
	});

	test("finds out a message that everybody got twice", async () => {
		const summary = await gather({ delivery: (n) => (n === 3 ? "twice" : "once") });
		expect(summary.audit).toMatchObject({ missing: 0, doubled: 30, deliveries: 1_200 });
		expect(isWhole(summary.audit)).toBe(false);
	});

	test("takes the server's word for what it left out and for gaps", async () => {
		const summary = await gather({ delivery: (n) => (n % 4 === 0 ? "omitted" : n % 4 === 1 ? "gap" : "once") });
		expect(summary.audit).toMatchObject({ missing: 0, doubled: 0, omitted: 300, gaps: 300, deliveries: 600 });
		expect(isWhole(summary.audit)).toBe(true);
	});

	test("comes back with its cursor after a lost connection, and has missed nothing", async () => {
		let hangUp = () => {};
		const script: Script = {
			reply: (n) => {
				if (n === 20) hangUp();
				return "ack";
			},
		};
		const summary = await gather(script, { speed: 1, entriesMax: undefined, playMsMax: 2_000, rate: 40 }, (server) => {
			hangUp = () => server.hangUpAll();
		});
		expect(summary.returns).toBeGreaterThan(0);
		expect(summary.lines.balanced).toBe(true);
		expect(summary.audit).toMatchObject({ missing: 0, doubled: 0, disordered: 0, restarts: 0 });
	});

	test("of readers only stays for as long as it is asked to", async () => {
		const summary = await gather({}, { rate: 0, playMsMax: 300 });
		expect(summary).toMatchObject({ sent: 0, present: 30, end: "finished", delayP50Ms: null });
	});

	test("when stopped, tells what it has", async () => {
		let stopNow = () => {};
		const reply: Script["reply"] = (n) => {
			if (n === 10) stopNow();
			return "ack";
		};
		const summary = await gather({ reply }, { entriesMax: undefined, speed: 20 }, (_server, stop) => {
			stopNow = () => stop.abort();
		});
		expect(summary).toMatchObject({ end: "stopped", unanswered: 0, lines: { balanced: true } });
		expect(isWhole(summary.audit)).toBe(true);
	});

	test("that is turned away says so in one sentence, once", async () => {
		const attempt = gather({ entrance: { reject: "guests_not_allowed" } });
		await expect(attempt).rejects.toBeInstanceOf(TurnedAway);
		await expect(attempt).rejects.toThrow(/did not let us into the room "lobby"/);
	});
});
