import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../server/test/client.ts";
import { startServer, type TestServer } from "../../server/test/start-server.ts";
import type * as today from "../src/hubbub.ts";
import type { TransportName } from "../src/transport.ts";
import { FaultyProxy } from "./proxy.ts";

// SDKs as they were built at earlier commits, in pages that were opened then, against today's server.

const data = join(import.meta.dir, "data");
const builds = readdirSync(data).filter((name) => name.startsWith("sdk-"));

let server: TestServer;
const ends: (() => void)[] = [];
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off" });
});
afterAll(async () => {
	for (const end of ends.reverse()) end();
	await server.stop();
});

describe.each(builds)("[DOWN-6] %s", (build) => {
	const load = () => import(join(data, build, "sdk.js")) as Promise<typeof today>;

	for (const transport of ["websocket", "event-stream", "long-poll", "short-poll"] as TransportName[])
		test.concurrent(`joins, reads, says, walks back and resumes by ${transport}`, async () => {
			const { connect } = await load();
			const proxy = new FaultyProxy(server.http, {});
			const id = `${build}-${transport}`;
			const early = connect(server.http, { storage: null, transport: "websocket" });
			const others = early.room(id);
			for (let number = 1; number <= 60; number++) await others.say(`early ${number}`);
			const connection = connect(proxy.url, { storage: null, transport, name: "Ming" });
			ends.push(
				() => early.close(),
				() => connection.close(),
				() => proxy.stop(),
			);
			const room = connection.room(id);
			const seen: string[] = [];
			room.on("message", ({ text }) => seen.push(text));
			// What was acknowledged but not yet flushed when it came in follows its history of 50.
			await until(() => seen.at(-1) === "early 60");
			expect(seen.length).toBeGreaterThanOrEqual(50);
			expect(connection.state).toEqual({ phase: "live", transport });
			expect(connection.user?.name).toStartWith("Ming");
			const older = await room.history();
			expect(older.events).toHaveLength(60 - seen.length);
			expect(older.before).toBeNull();

			const said = await room.say("你好", { style: { mode: 4, color: 255 } });
			expect(said).toMatchObject({ fate: "shown", event: { text: "你好" } });
			await until(() => seen.at(-1) === "你好");

			// Every connection is cut; what is said meanwhile is there afterwards, once.
			proxy.faults = { upgrade: "refused", idleCutMs: 1 };
			if (transport === "websocket" || transport === "event-stream") await until(() => connection.state.phase === "waiting");
			await others.say("while away");
			proxy.faults = {};
			await until(() => seen.at(-1) === "while away");
			expect(seen.filter((text) => text === "你好" || text === "while away")).toEqual(["你好", "while away"]);
			await room.delete(said.id);
			room.like();
			expect((await room.say("back")).event.replyTo).toBeUndefined();
			await until(() => seen.at(-1) === "back");
		}, 300_000);

	test.concurrent("talks in lines through its socket", async () => {
		const { HubbubSocket } = await load();
		const socket = new HubbubSocket(`${server.ws}/rooms/${build}-lines`, [], { storage: null });
		ends.push(() => socket.close());
		const lines: string[] = [];
		socket.onmessage = ({ data: line }) => lines.push(line);
		socket.onopen = () => socket.send("大家好");
		await until(() => lines.some((line) => line.endsWith(": 大家好")));
	});

	test.concurrent("is told why it may not come in, and ends", async () => {
		const { connect } = await load();
		const connection = connect(server.http, { storage: null, token: "not a token of anybody", transport: "websocket" });
		ends.push(() => connection.close());
		await until(() => connection.state.phase === "closed");
		expect(connection.state).toMatchObject({ phase: "closed", code: "unauthorized" });
	});
});
