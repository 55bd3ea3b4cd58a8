import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "./clock.ts";
import { type ReplayOptions, replay } from "./replay.ts";
import { TurnedAway } from "./run.ts";
import { type Script, type ScriptedServer, startScriptedServer } from "./scripted-server.ts";
import { Progress } from "./terminal.ts";

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "hubbub-replay-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A recording of `count` lines by `people` people, one every `everySeconds`. */
async function record(name: string, count: number, people: number, everySeconds = 0.01): Promise<string> {
	const lines = Array.from({ length: count }, (_, index) =>
		JSON.stringify({ t: index * everySeconds, u: `u${index % people}`, text: `line ${index}`, kind: index % 10 === 9 ? "gift" : "chat" }),
	);
	const path = join(folder, name);
	await writeFile(path, lines.join("\n"));
	return path;
}

async function withServer<T>(script: Script, run: (server: ScriptedServer) => Promise<T>): Promise<T> {
	const server = startScriptedServer(script);
	try {
		return await run(server);
	} finally {
		await server.stop();
	}
}

function play(server: ScriptedServer, file: string, options: Partial<ReplayOptions> = {}, signal = new AbortController().signal) {
	const progress = new Progress({ write: () => {} }, systemClock.now);
	const url = `${server.url}/ws`;
	return replay({ file, url, room: "lobby", speed: "max", clientsMax: 1_000, ...options }, { clock: systemClock, progress, signal });
}

describe("a replay", () => {
	test("says every line of every person through a connection of their own, and accounts for all of them", async () => {
		const file = await record("all.jsonl", 200, 7);
		await withServer({}, async (server) => {
			const summary = await play(server, file);
			expect(summary).toMatchObject({
				sent: 180,
				acknowledged: { shown: 180 },
				rejected: {},
				unanswered: 0,
				people: 7,
				connectionsMax: 7,
				skipped: { gift: 20 },
				lines: { total: 200, played: 180, skipped: 20, balanced: true },
				end: "finished",
			});
			for (let person = 0; person < 7; person++) {
				const own = Array.from({ length: 200 }, (_, index) => index).filter((index) => index % 7 === person && index % 10 !== 9);
				expect(server.said.filter(({ name }) => name === `u${person}`).map(({ text }) => text)).toEqual(
					own.map((index) => `line ${index}`),
				);
			}
		});
	});

	test("takes turns on few connections, and whoever comes back brings the token they were given", async () => {
		const file = await record("turns.jsonl", 100, 9);
		await withServer({}, async (server) => {
			const summary = await play(server, file, { clientsMax: 3 });
			expect(summary).toMatchObject({ people: 9, lines: { balanced: true } });
			expect(summary.connectionsMax).toBeLessThanOrEqual(3);
			expect(server.connectionsMax).toBeLessThanOrEqual(3);
			const seen = new Set<string>();
			for (const { name = "", token } of server.hellos) {
				expect(token).toBe(seen.has(name) ? `token of ${name}` : undefined);
				seen.add(name);
			}
		});
	});

	test("counts every answer for what it is", async () => {
		const file = await record("answers.jsonl", 100, 5);
		const reply: Script["reply"] = (n) => (n % 4 === 0 ? { reject: "rate_limited" } : n % 4 === 1 ? "sampled" : "ack");
		const summary = await withServer({ reply }, (server) => play(server, file));
		expect(summary).toMatchObject({ sent: 90, lines: { balanced: true }, unanswered: 0 });
		expect(summary.rejected).toEqual({ rate_limited: 22 });
		expect(summary.acknowledged).toEqual({ sampled: 23, shown: 45 });
	});

	test("goes on through connections that are lost: what was under way is unanswered, the next line connects again", async () => {
		const file = await record("lost.jsonl", 100, 3, 0.005);
		const summary = await withServer({ reply: (n) => (n % 10 === 0 ? "hang up" : "ack") }, (server) => play(server, file, { speed: 1 }));
		expect(summary.lines).toMatchObject({ total: 100, balanced: true });
		expect(summary.unanswered).toBeGreaterThanOrEqual(8);
		expect(summary.unanswered + (summary.acknowledged.shown ?? 0)).toBe(summary.sent);
	});

	test("stops at a limit of lines, and counts the rest as not reached", async () => {
		const file = await record("limit.jsonl", 100, 3);
		const summary = await withServer({}, (server) => play(server, file, { entriesMax: 25 }));
		expect(summary).toMatchObject({ end: "limit", sent: 23, skipped: { gift: 2, "not reached": 75 }, lines: { balanced: true } });
	});

	test("when stopped, sends nothing more and still tells what it has", async () => {
		const file = await record("stopped.jsonl", 1_000, 3, 10);
		const stop = new AbortController();
		const reply: Script["reply"] = (n) => {
			if (n === 5) stop.abort();
			return "ack";
		};
		await withServer({ reply }, async (server) => {
			const summary = await play(server, file, { speed: 5_000 }, stop.signal);
			expect(summary).toMatchObject({ end: "stopped", lines: { total: 1_000, balanced: true } });
			expect(summary.sent).toBe(server.said.length);
			expect(summary.skipped["not reached"]).toBeGreaterThan(900);
		});
	});

	test("when stopped while the server is silent, it waits no longer than two seconds and says what has no answer", async () => {
		const file = await record("silent.jsonl", 10, 2, 100);
		const stop = new AbortController();
		const reply: Script["reply"] = () => {
			stop.abort();
			return "silence";
		};
		const summary = await withServer({ reply }, (server) => play(server, file, {}, stop.signal));
		expect(summary.unanswered).toBe(summary.sent);
		expect(summary.lines.balanced).toBe(true);
	});
});

describe("a server that does not let anybody in", () => {
	test.each<[string, Script, RegExp]>([
		[
			"refuses the room",
			{ entrance: { reject: "guests_not_allowed" } },
			/did not let us into the room "lobby": Not today\. \(guests_not_allowed\)/,
		],
		["refuses the token", { entrance: { reject: "unauthorized" } }, /\(unauthorized\)/],
		["speaks something else", { subprotocol: "other.chat" }, /No Hubbub server answers at ws:/],
	])("that %s is told in one sentence", async (_what, script, words) => {
		const file = await record("refused.jsonl", 10, 2);
		const attempt = withServer(script, (server) => play(server, file));
		await expect(attempt).rejects.toBeInstanceOf(TurnedAway);
		await expect(attempt).rejects.toThrow(words);
	});

	test("that is not there is told in one sentence", async () => {
		const file = await record("nobody.jsonl", 10, 2);
		const server = startScriptedServer();
		await server.stop();
		await expect(play(server, file)).rejects.toThrow(/No Hubbub server answers at ws:.* Is it running \(npm start\)\?/);
	});
});
