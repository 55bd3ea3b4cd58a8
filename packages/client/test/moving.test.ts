import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { openRecording } from "../../server/crowd/recordings/recording.ts";
import { startServer } from "../../server/test/start-server.ts";
import type { TransportName } from "../src/transport.ts";
import { fakeStorage } from "./fake-environment.ts";
import { enter, inside } from "./person.ts";
import { Weather } from "./weather.ts";

const recordings = process.env.HUBBUB_RECORDINGS ?? resolve(import.meta.dir, "../../../../shared/data");
/** How much is said while each way is travelled. */
const stayLines = 60;
const linesMax = 600;

/** What is said: the first lines of a real chat where there is one, else made up. */
async function linesToSay(): Promise<string[]> {
	const path = join(recordings, "yt-ja-small-20230418.jsonl.gz");
	if (!existsSync(path)) return Array.from({ length: linesMax }, (_, index) => `第 ${index + 1} 句`);
	const lines: string[] = [];
	for await (const entry of (await openRecording(path)).entries()) {
		if (lines.length === linesMax) break;
		if (entry.kind === "line") lines.push(entry.line.text);
	}
	return lines;
}

test("[LOG-6] who moves from way to way while others talk sees every message exactly once, in order, and loses nothing said", async () => {
	const server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off" });
	const weather = new Weather();
	const storage = fakeStorage();
	const speakers = await Promise.all([1, 2, 3].map(() => inside(enter(server.http, "lobby"))));
	const traveller = await inside(enter(server.http, "lobby", { storage, environment: weather.environment }));
	const travelled: TransportName[] = ["websocket"];
	const resets: unknown[] = [];
	traveller.connection.on("transport", (name) => travelled.push(name));
	traveller.room.on("reset", () => resets.push(1));
	traveller.room.on("gap", (gap) => resets.push(gap));

	let talking = true;
	const answers: Promise<{ id: string; event: { offset: number } }>[] = [];
	const talk = async () => {
		const lines = await linesToSay();
		for (let index = 0; talking; index++) {
			answers.push((speakers[index % speakers.length] as typeof traveller).room.say(lines[index % lines.length] ?? "…"));
			// The traveller talks too, whatever carries it.
			if (index % 10 === 0) answers.push(traveller.room.say(`路上 ${index}`));
			await Bun.sleep(25);
		}
	};
	const talked = talk();
	const onTo = async (name: TransportName) => {
		await traveller.until(
			() => traveller.connection.state.phase === "live" && travelled.at(-1) === name && traveller.room.phase === "joined",
		);
		const before = answers.length;
		while (answers.length < before + stayLines) await Bun.sleep(25);
	};
	weather.block("websocket");
	await onTo("event-stream");
	weather.block("event-stream");
	await onTo("long-poll");
	expect(JSON.parse(storage.items.get(`hubbub.transport.${new URL(server.http).host}`) ?? "").transport).toBe("long-poll");
	weather.block("long-poll");
	await onTo("short-poll");
	weather.clear();
	await onTo("websocket");
	talking = false;
	await talked;

	const said = await Promise.all(answers);
	expect(said.length).toBeGreaterThan(200);
	expect(new Set(said.map(({ id }) => id)).size).toBe(said.length);
	await traveller.until(() => traveller.messages.length >= said.length);
	const inOrder = said.map(({ event }) => event).sort((a, b) => a.offset - b.offset);
	expect(traveller.messages).toEqual(inOrder as never);
	expect(travelled).toEqual(["websocket", "event-stream", "long-poll", "short-poll", "websocket"]);
	expect(resets).toEqual([]);
	// The best way needs no remembering.
	expect([...storage.items.keys()].filter((key) => key.startsWith("hubbub.transport"))).toEqual([]);
	for (const { connection } of [...speakers, traveller]) connection.close();
	await server.stop();
});
