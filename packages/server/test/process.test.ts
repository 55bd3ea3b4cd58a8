import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { connect, shown, until } from "./client.ts";
import { RawSocket } from "./raw-socket.ts";
import { makeFolder, runMain, spawnServer } from "./start-server.ts";

const folder = makeFolder();
afterAll(() => folder.remove());
const place = (name: string) => join(folder.path, name);

async function expectOneLine(ended: Promise<{ code: number; out: string; err: string }>, words: RegExp): Promise<void> {
	const { code, out, err } = await ended;
	expect(err).toMatch(/^hubbub: [^\n]+\n$/);
	expect(err).toMatch(words);
	expect(err).not.toMatch(/\bat .+:\d+:\d+|Error:/);
	expect([
		code,
		out
			.split("\n")
			.filter((line) => !line.startsWith("{"))
			.join(""),
	]).toEqual([1, ""]);
}

describe("a server that cannot start says why in one line and ends with 1", () => {
	let taken: Server;
	beforeAll(async () => {
		taken = createServer();
		await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
	});
	afterAll(() => taken.close());

	test("[OPS-5] a port that is in use", async () => {
		const { port } = taken.address() as { port: number };
		await expectOneLine(runMain({ HUBBUB_DATA: "memory", HUBBUB_PORT: String(port) }), new RegExp(`Port ${port} is in use`));
		await expectOneLine(runMain({ HUBBUB_DATA: place("busy"), HUBBUB_PORT: String(port), HUBBUB_HOST: "127.0.0.1" }), /in use/);
	});

	test("[OPS-5] a folder that cannot be made or written", async () => {
		writeFileSync(place("file"), "");
		await expectOneLine(runMain({ HUBBUB_DATA: place("file/data") }), /file\/data/);
		await expectOneLine(runMain({ HUBBUB_DATA: place("file") }), /not a folder/);
	});

	test("[OPS-5] a database that is damaged, or is none", async () => {
		mkdirSync(place("none"));
		writeFileSync(place("none/hubbub.db"), "not a database at all, but a text of some length".repeat(100));
		await expectOneLine(runMain({ HUBBUB_DATA: place("none") }), /hubbub\.db/);

		const server = await spawnServer({ HUBBUB_DATA: place("damaged") });
		const client = await connect(`${server.ws}/rooms/lobby`);
		await client.say("kept");
		await client.close();
		expect(await server.end("SIGTERM")).toBe(0);
		truncateSync(place("damaged/hubbub.db"), statSync(place("damaged/hubbub.db")).size - 4_096);
		await expectOneLine(runMain({ HUBBUB_DATA: place("damaged") }), /hubbub\.db/);
	});

	test("[OPS-5] a folder that another server has", async () => {
		const server = await spawnServer({ HUBBUB_DATA: place("shared") });
		await expectOneLine(runMain({ HUBBUB_DATA: place("shared") }), /shared/);
		expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
		expect(await server.end("SIGTERM")).toBe(0);
	});

	test("[OPS-1] a wrong or unknown setting, wherever it comes from", async () => {
		await expectOneLine(runMain({ HUBBUB_PORT: "many" }), /HUBBUB_PORT must be/);
		await expectOneLine(runMain({}, ["--nothing"]), /--nothing/);
		await expectOneLine(runMain({ HUBBUB_NOTHING: "1" }), /HUBBUB_NOTHING/);
	});

	test("[WS-9] a certificate that is none", async () => {
		writeFileSync(place("cert.pem"), "no certificate");
		const variables = { HUBBUB_DATA: "memory", HUBBUB_TLS_CERT: place("cert.pem"), HUBBUB_TLS_KEY: place("cert.pem") };
		await expectOneLine(runMain(variables), /certificate/);
		await expectOneLine(runMain({ ...variables, HUBBUB_TLS_KEY: place("nowhere.pem") }), /certificate/);
	});

	test("--help explains and ends with 0", async () => {
		const { code, out, err } = await runMain({}, ["--help"]);
		expect([code, err]).toEqual([0, ""]);
		expect(out).toContain("HUBBUB_RATE_LIMIT");
	});
});

describe("a server that runs", () => {
	test("[OPS-2] listens on this machine alone, over IPv4 and IPv6, and prints its address and the set-up token", async () => {
		const server = await spawnServer({ HUBBUB_DATA: "memory" });
		const { port } = new URL(server.url);
		for (const host of ["127.0.0.1", "[::1]", "localhost"]) expect((await fetch(`http://${host}:${port}/healthz`)).status).toBe(200);
		expect(server.output()).toMatch(/\/setup#[a-z0-9]{24}\n/);
		expect(await server.end("SIGINT")).toBe(0);
	});

	test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
		"[OPS-3] on %s tells everyone, ends with 0, and has everything acknowledged on disk",
		async (signal) => {
			const data = place(`leaving-${signal}`);
			const server = await spawnServer({ HUBBUB_DATA: data, HUBBUB_RATE_LIMIT: "off" });
			const clients = await Promise.all(Array.from({ length: 5 }, () => connect(`${server.ws}/rooms/lobby`)));
			const stuck = await RawSocket.upgrade(Number(new URL(server.url).port), "/rooms/lobby");
			stuck.send({ type: "hello" });
			await stuck.nextOf("joined");
			stuck.pause();
			const acknowledged: string[] = [];
			const talking = clients.map(async (client, index) => {
				for (let count = 0; ; count++) {
					const text = `${index}-${count}`;
					const answer = await client.say(text, { key: text }).catch(() => null);
					if (answer?.type !== "ack") return;
					acknowledged.push(text);
				}
			});
			await until(() => acknowledged.length > 100);
			expect(await server.end(signal)).toBe(0);
			for (const client of clients) {
				expect((await client.closed).code).toBe(4100);
				expect(client.frames.at(-1)).toMatchObject({ type: "bye", code: "draining", reconnectAfterMs: expect.any(Number) });
			}
			await Promise.all(talking);
			stuck.destroy();

			const again = await spawnServer({ HUBBUB_DATA: data });
			const kept: string[] = [];
			for (let before: string | null = ""; before !== null; ) {
				const page: { events: { text: string }[]; before: string | null } = await (
					await fetch(`${again.url}/rooms/lobby/messages?limit=200&before=${before}`)
				).json();
				kept.unshift(...page.events.map(({ text }) => text));
				before = page.before;
			}
			expect(acknowledged.filter((text) => !kept.includes(text))).toEqual([]);
			expect(new Set(kept).size).toBe(kept.length);
			expect(await again.end("SIGTERM")).toBe(0);
		},
	);

	test.skipIf(process.platform !== "linux")(
		"[OPS-3] a SIGHUP that whoever started it told it to ignore, as nohup does, is none",
		async () => {
			const server = await spawnServer({ HUBBUB_DATA: "memory" }, [], { through: ["nohup"] });
			const client = await connect(`${server.ws}/rooms/lobby`);
			server.child.kill("SIGHUP");
			expect((await client.say("still here")).type).toBe("ack");
			expect(await server.end("SIGTERM")).toBe(0);
			expect((await client.closed).code).toBe(4100);
			expect(client.frames.at(-1)).toMatchObject({ type: "bye", code: "draining" });
		},
	);

	test("[OPS-4] its logs are JSON lines that hold no text, no name and no token", async () => {
		const server = await spawnServer({
			HUBBUB_DATA: place("logs"),
			HUBBUB_LOG_LEVEL: "debug",
			HUBBUB_ADMIN_KEY: "a-secret-operators-key",
			HUBBUB_JWT_SECRET: "another-secret-of-more-than-32-signs",
		});
		const client = await connect(`${server.ws}/rooms/lobby`, { name: "Secretname" });
		const operator = await connect(`${server.ws}/rooms/lobby`, { token: "a-secret-operators-key" });
		const refused = await connect(`${server.ws}/rooms/lobby`, { token: "secrettoken" });
		await refused.closed;
		await client.say("secrettext");
		operator.send({ type: "settings", ref: 1, room: "lobby", settings: { title: "secrettitle" } });
		await operator.next("ack");
		client.socket.send('{"secretjunk');
		await client.next("reject");
		await fetch(`${server.url}/rooms/lobby/messages`, {
			method: "POST",
			headers: { authorization: "Bearer secretbearer" },
			body: '{"text":"secrettext"}',
		});
		await fetch(`${server.url}/rooms/secret%zz/messages?token=secretquery`);
		await until(() => shown(operator).length === 1);
		const token = client.frames.find((frame) => frame.type === "welcome")?.token as string;
		expect(await server.end("SIGTERM")).toBe(0);
		const lines = server
			.output()
			.split("\n")
			.filter((line) => line.startsWith("{"));
		expect(lines.length).toBeGreaterThan(3);
		for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), time: expect.any(String) });
		expect(server.output()).not.toMatch(/secret(?!-)/i);
		expect(server.output()).not.toContain(token.slice(10, 40));
	});

	test("[OPS-1] starts where Kubernetes has set its variables for a Service of the same name, and says which it passed over", async () => {
		const server = await spawnServer({ HUBBUB_DATA: "memory", HUBBUB_SERVICE_HOST: "10.0.0.9", HUBBUB_SERVICE_PORT_HTTP: "80" }, [
			"--port",
			"0",
		]);
		expect(await server.end("SIGTERM")).toBe(0);
		const words = server.output().match(/^.*passed over.*$/gm);
		expect(words).toHaveLength(1);
		expect(JSON.parse(words?.[0] ?? "")).toMatchObject({ level: "warn", variables: "HUBBUB_SERVICE_HOST, HUBBUB_SERVICE_PORT_HTTP" });
	});

	test("[SEC-5] the operator's key is nowhere in what it keeps", async () => {
		const data = place("private");
		const server = await spawnServer({ HUBBUB_DATA: data, HUBBUB_ADMIN_KEY: "a-secret-operators-key" });
		expect(await server.end("SIGTERM")).toBe(0);
		const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
		expect(files.length).toBeGreaterThan(1);
		for (const { parentPath, name } of files) expect(readFileSync(join(parentPath, name)).includes("a-secret-operators-key")).toBe(false);
	});
});
