import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import { cleanText } from "@hubbub/protocol/text.ts";
import { systemClock } from "./clock.ts";
import { crowd } from "./crowd.ts";
import type { Line } from "./recordings/line.ts";
import { openRecording } from "./recordings/recording.ts";
import { replay } from "./replay.ts";
import { Progress } from "./terminal.ts";

const recordings = process.env.HUBBUB_RECORDINGS ?? resolve(import.meta.dir, "../../../../shared/data");
const recording = join(recordings, "yt-ja-small-20230418.jsonl.gz");
const present = existsSync(recording);
if (!present) console.warn(`skipped: no recorded chat at ${recording} (set HUBBUB_RECORDINGS)`);

const surroundings = {
	clock: systemClock,
	progress: new Progress({ write: () => {} }, systemClock.now),
	signal: new AbortController().signal,
};

/** The server itself, as a process of its own, without a rate limit. */
async function withServer(run: (host: string) => Promise<void>): Promise<void> {
	const data = await mkdtemp(join(tmpdir(), "hubbub-real-room-"));
	// Where recordings lie is no setting of the server's.
	const { HUBBUB_RECORDINGS: _, ...environment } = process.env;
	const server = Bun.spawn([process.execPath, resolve(import.meta.dir, "../src/main.ts")], {
		env: { ...environment, HUBBUB_DATA: data, HUBBUB_PORT: "0", HUBBUB_RATE_LIMIT: "off" },
		stdout: "pipe",
		stderr: "inherit",
	});
	try {
		await run(await hostOf(server.stdout));
	} finally {
		server.kill("SIGKILL");
		await server.exited;
		await rm(data, { recursive: true });
	}
}

/** The address that the server prints, read until it is there. */
async function hostOf(output: ReadableStream<Uint8Array>): Promise<string> {
	let text = "";
	for await (const chunk of output) {
		text += new TextDecoder().decode(chunk);
		const host = /http:\/\/(localhost:\d+)\//.exec(text)?.[1];
		if (host) return host;
	}
	throw new Error(`The server said no address: ${text}`);
}

/** Every message of the room's archive, oldest first. */
async function archive(host: string, room: string): Promise<MessageEvent[]> {
	const events: MessageEvent[] = [];
	for (let before: string | null = ""; before !== null; ) {
		const answer = await fetch(`http://${host}/rooms/${room}/messages?limit=200&before=${before}`);
		const page = (await answer.json()) as { events: MessageEvent[]; before: string | null };
		events.unshift(...page.events);
		before = page.before;
	}
	return events;
}

/** Texts by person, each in the order they were said. */
function byPerson(lines: readonly { person: string; text: string }[]): Map<string, string[]> {
	const texts = new Map<string, string[]>();
	for (const { person, text } of lines) texts.set(person, [...(texts.get(person) ?? []), text]);
	return texts;
}

test.skipIf(!present)(
	"a recorded chat played into the real server is acknowledged to the last line and stands in the archive, each person's words in order",
	async () => {
		await withServer(async (host) => {
			const options = { file: recording, url: `ws://${host}/ws`, room: "recorded", speed: "max" as const, clientsMax: 50 };
			const summary = await replay(options, surroundings);
			expect(summary).toMatchObject({ sent: 1_074, unanswered: 0, rejected: {}, lines: { total: 1_074, balanced: true } });
			const { shown = 0, sampled = 0 } = summary.acknowledged;
			expect(shown + sampled).toBe(1_074);

			const said: Line[] = [];
			for await (const entry of (await openRecording(recording)).entries()) if (entry.kind === "line") said.push(entry.line);
			const kept = await archive(host, "recorded");
			expect(kept.map(({ offset }) => offset)).toEqual(Array.from({ length: 1_074 }, (_, index) => index + 1));
			expect(byPerson(kept.map(({ from, text }) => ({ person: from.name, text })))).toEqual(
				byPerson(said.map(({ person, text }) => ({ person, text: cleanText(text) }))),
			);
		});
	},
	300_000,
);

test("a crowd in the real server is given everything once and in order, or told what was left out", async () => {
	await withServer(async (host) => {
		const options = { url: `ws://${host}/ws`, room: "crowded", viewers: 40, rate: 50, seed: 3, speed: "max" as const, entriesMax: 600 };
		const summary = await crowd({ ...options, playMsMax: Number.POSITIVE_INFINITY }, surroundings);
		expect(summary).toMatchObject({
			present: 40,
			sent: 600,
			unanswered: 0,
			lines: { balanced: true },
			audit: { missing: 0, doubled: 0, disordered: 0, restarts: 0 },
		});
		const { deliveries, omitted, repeated, gaps } = summary.audit;
		expect(deliveries + omitted + repeated + gaps).toBe(40 * 600);
	});
});
