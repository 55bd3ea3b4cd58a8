import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Client, connect, shown, until } from "./client.ts";
import { mountSmallDisk, type SmallDisk } from "./small-disk.ts";
import { makeFolder, type ServerProcess, spawnServer } from "./start-server.ts";

const readyz = (server: ServerProcess) => fetch(`${server.url}/readyz`);

async function untilReady(server: ServerProcess, status: number): Promise<string> {
	for (;;) {
		const response = await readyz(server);
		const body = (await response.json()) as { status: string; detail?: string };
		if (response.status === status) return body.detail ?? body.status;
		await Bun.sleep(10);
	}
}

async function sayOverHttp(server: ServerProcess, text: string): Promise<number> {
	const response = await fetch(`${server.url}/rooms/lobby/messages`, { method: "POST", body: JSON.stringify({ text }) });
	await response.body?.cancel();
	return response.status;
}

/** Metrics are made once a second: asked for until they are as new. A count that went beyond never is. */
async function untilMetric(server: ServerProcess, metric: string, expected: number): Promise<void> {
	for (;;) {
		const text = await (await fetch(`${server.url}/metrics`)).text();
		if (text.includes(`\n${metric} ${expected}\n`)) return;
		await Bun.sleep(50);
	}
}

/** Log lines that are for somebody who is to do something. */
function alarms(server: ServerProcess): { level: string; msg: string; fault?: string }[] {
	return (
		server
			.output()
			.split("\n")
			// Behind the last line there is nothing, or one of which more is still to come.
			.slice(0, -1)
			.filter((line) => line.startsWith("{"))
			.map((line) => JSON.parse(line))
			.filter(({ level }) => level === "error" || level === "warn")
	);
}

/** Lines come by a pipe of their own: they may be read after the answers. */
function untilAlarms(server: ServerProcess, count: number): Promise<void> {
	return until(() => alarms(server).length >= count);
}

async function archive(server: ServerProcess): Promise<string[]> {
	const page = (await (await fetch(`${server.url}/rooms/lobby/messages?limit=200`)).json()) as { events: { text: string }[] };
	return page.events.map(({ text }) => text);
}

describe("a data folder that is lost under the server", () => {
	let folder: ReturnType<typeof makeFolder>;
	let data: string;
	let server: ServerProcess;
	let client: Client;
	beforeEach(async () => {
		folder = makeFolder();
		data = join(folder.path, "data");
		server = await spawnServer({ HUBBUB_DATA: data, HUBBUB_RATE_LIMIT: "off" });
		client = await connect(`${server.ws}/rooms/lobby`);
		expect((await client.say("before")).type).toBe("ack");
	});
	afterEach(async () => {
		await server.end("SIGTERM");
		folder.remove();
	});

	/** In one go: the server writes what it misses in its folder again, and a folder with something in it cannot be removed. */
	function removeData(): void {
		const away = join(folder.path, "away");
		renameSync(data, away);
		rmSync(away, { recursive: true });
	}

	test.each<[string, RegExp, () => void]>([
		["the database is deleted", /hubbub\.db was moved, deleted or replaced/, () => rmSync(join(data, "hubbub.db"))],
		["the folder is moved", /hubbub\.db was moved, deleted or replaced/, () => renameSync(data, join(folder.path, "elsewhere"))],
		["the folder is deleted", /hubbub\.db was moved, deleted or replaced/, () => removeData()],
	])(
		"[OPS-6] %s: `unavailable` on every way, /readyz 503 with the reason, one log line, and the archive is read on",
		async (_what, reason, lose) => {
			lose();
			expect(await client.say("lost")).toMatchObject({ type: "reject", code: "unavailable", message: expect.stringMatching(reason) });
			expect(await sayOverHttp(server, "lost too")).toBe(503);
			expect(await untilReady(server, 503)).toMatch(reason);
			expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
			for (let count = 0; count < 20; count++) expect(await sayOverHttp(server, "lost")).toBe(503);
			expect(await archive(server)).toEqual(["before"]);
			const latecomer = await connect(`${server.ws}/rooms/lobby`);
			expect((await latecomer.next("joined")).events).toHaveLength(1);
			await latecomer.close();
			expect(shown(client)).toEqual(["before"]);
			await untilAlarms(server, 1);
			expect(alarms(server)).toEqual([
				expect.objectContaining({ level: "error", msg: "the store takes nothing in", fault: expect.stringMatching(reason) }),
			]);
			expect(await server.end("SIGTERM")).toBe(0);
		},
	);

	test.skipIf(process.platform !== "linux")(
		"a database that was deleted is saved out of the running process, as docs/operations.md says",
		async () => {
			removeData();
			const handles = `/proc/${server.child.pid}/fd`;
			const saved = join(folder.path, "saved");
			mkdirSync(saved);
			for (const name of ["hubbub.db", "hubbub.db-wal"]) {
				const number = readdirSync(handles).find((each) => readlinkSync(join(handles, each)).endsWith(`/${name} (deleted)`));
				copyFileSync(join(handles, number ?? "none"), join(saved, name));
			}
			const again = await spawnServer({ HUBBUB_DATA: saved });
			expect(await archive(again)).toEqual(["before"]);
			expect(await again.end("SIGTERM")).toBe(0);
		},
	);

	test("[OPS-6] a folder that is put back heals it, and a restart has what was acknowledged, and that alone", async () => {
		renameSync(data, join(folder.path, "elsewhere"));
		expect((await client.say("lost")).type).toBe("reject");
		renameSync(join(folder.path, "elsewhere"), data);
		expect(await untilReady(server, 200)).toBe("ready");
		expect((await client.say("after")).type).toBe("ack");
		await untilAlarms(server, 2);
		expect(alarms(server).map(({ msg }) => msg)).toEqual(["the store takes nothing in", "the store takes things in again"]);
		expect(await server.end("SIGTERM")).toBe(0);
		server = await spawnServer({ HUBBUB_DATA: data });
		expect(await archive(server)).toEqual(["before", "after"]);
	});
});

/** Room for the files of the pages, which stand in the data folder too, and some for what is said. */
const diskMebibytes = 12;
const probe = mountSmallDisk(diskMebibytes);
const refusal = typeof probe === "string" ? probe : null;
if (typeof probe !== "string") probe.remove();

describe.skipIf(refusal !== null)(refusal === null ? "a full disk" : `a full disk (skipped: ${refusal})`, () => {
	let disk: SmallDisk;
	let server: ServerProcess;
	beforeEach(async () => {
		disk = mountSmallDisk(diskMebibytes) as SmallDisk;
		server = await spawnServer({ HUBBUB_DATA: join(disk.path, "data"), HUBBUB_RATE_LIMIT: "off" });
	});
	afterEach(async () => {
		await server.end("SIGTERM");
		disk.remove();
	});

	test("[OPS-6] says so at /readyz and in one log line, counts each refusal once, is read on, and heals by itself with one line more", async () => {
		const client = await connect(`${server.ws}/rooms/lobby`);
		expect((await client.say("before")).type).toBe("ack");
		const long = "x".repeat(490);
		let refused = 0;
		for (let round = 1; round <= 2; round++) {
			disk.fill();
			while (refused < round * 100 - 50) if ((await sayOverHttp(server, long)) === 503) refused++;
			for (let count = 0; count < 50; count++) if ((await client.say(long)).type === "reject") refused++;
			expect(await untilReady(server, 503)).toBe("The disk is full.");
			await untilMetric(server, "hubbub_store_ready", 0);
			expect(await archive(server)).toContain("before");
			disk.clear();
			await untilReady(server, 200);
			expect((await client.say("after")).type).toBe("ack");
			await untilMetric(server, 'hubbub_rejects_total{code="unavailable"}', refused);
			await untilMetric(server, "hubbub_store_ready", 1);
			const lines = ["the store takes nothing in", "the store takes things in again"];
			// The small disk has no room for the pages' files either, which is another's affair.
			const told = () => alarms(server).flatMap(({ msg }) => (/pages' files/.test(msg) ? [] : msg));
			await until(() => told().length >= 2 * round);
			expect(told()).toEqual(Array.from({ length: round }, () => lines).flat());
		}
		await client.close();
	});
});
