import { afterEach, beforeEach, expect, test } from "bun:test";
import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { connect, until } from "./client.ts";
import { mountSmallDisk } from "./small-disk.ts";
import { makeFolder, printedUrl, startMain } from "./start-server.ts";

/** A server whose standard output is collected by the test, as long as it likes. */
interface Collected {
	readonly url: string;
	readonly child: ReturnType<typeof startMain>;
}

let folder: ReturnType<typeof makeFolder>;
let data: string;
let server: Collected;
beforeEach(() => {
	folder = makeFolder();
	data = join(folder.path, "data");
});
afterEach(async () => {
	server.child.kill("SIGKILL");
	await server.child.exited;
	folder.remove();
});

/** Starts a server that writes to this descriptor, and waits for its address in what `read` has so far. */
async function startInto(descriptor: number, read: () => string, start: typeof startMain | typeof launch = startMain): Promise<Collected> {
	const child = start({ HUBBUB_DATA: data, HUBBUB_LOG_LEVEL: "debug" }, [], descriptor);
	closeSync(descriptor);
	for (;;) {
		const url = printedUrl(read());
		if (url) return { url, child };
		if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}: ${read()}`);
		await Bun.sleep(5);
	}
}

/** The same by the launcher that npm runs. */
function launch(variables: Record<string, string>, args: readonly string[], stdout: number) {
	return Bun.spawn([Bun.which("node") ?? "node", "scripts/run.mjs", "start", ...args], {
		cwd: join(import.meta.dir, "../../.."),
		env: { PATH: process.env.PATH ?? "", HUBBUB_PORT: "0", ...variables },
		stdin: "ignore",
		stdout,
		stderr: "pipe",
	});
}

/** A pipe with a name, and what has come out of it. */
function makePipe(): { writeEnd: number; readEnd: number; read(): string; fill(): void } {
	const path = join(folder.path, "pipe");
	expect(Bun.spawnSync(["mkfifo", path]).success).toBe(true);
	const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
	let text = "";
	return {
		readEnd,
		writeEnd: openSync(path, constants.O_WRONLY),
		read() {
			const chunk = Buffer.alloc(65_536);
			try {
				for (let size = readSync(readEnd, chunk); size > 0; size = readSync(readEnd, chunk)) text += chunk.toString("utf8", 0, size);
			} catch (fault) {
				if ((fault as { code?: string }).code !== "EAGAIN") throw fault;
			}
			return text;
		},
		fill() {
			const end = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
			try {
				for (;;) writeSync(end, ".\n");
			} catch {
				// It is full.
			} finally {
				closeSync(end);
			}
		},
	};
}

/** Gives the server something to log: two lines for each who comes and goes. */
async function visit(times: number): Promise<void> {
	for (let count = 0; count < times; count++) {
		const client = await connect(`${server.url.replace(/^http/, "ws")}/ws`);
		client.send({ type: "nothing" });
		await client.next("reject");
		await client.close();
	}
}

async function expectAlive(): Promise<void> {
	const client = await connect(`${server.url.replace(/^http/, "ws")}/rooms/lobby`);
	expect((await client.say("still here")).type).toBe("ack");
	await client.close();
}

async function expectCleanEnd(): Promise<void> {
	server.child.kill("SIGTERM");
	await server.child.exited;
	expect([server.child.exitCode, server.child.signalCode]).toEqual([0, null]);
}

test.each<[string, typeof startMain | typeof launch]>([
	["the server", startMain],
	["the launcher, as in `npm start | head -1`,", launch],
])(
	"[OPS-7] a log collector of %s that has died costs its lines and nothing else: no exit, and a clean one when asked",
	async (_what, start) => {
		const pipe = makePipe();
		server = await startInto(pipe.writeEnd, pipe.read, start);
		closeSync(pipe.readEnd);
		await visit(10);
		await expectAlive();
		await until(async () => {
			const metrics = await (await fetch(`${server.url}/metrics`)).text();
			return Number(/^hubbub_log_lines_dropped_total (\d+)$/m.exec(metrics)?.[1]) >= 10;
		});
		await expectCleanEnd();
	},
);

test("[OPS-7] a log collector that hangs holds nobody up, at the end neither, and gets what was kept when it goes on", async () => {
	const pipe = makePipe();
	server = await startInto(pipe.writeEnd, pipe.read);
	pipe.fill();
	await visit(10);
	await expectAlive();
	await until(() => pipe.read().split('"msg":"hello"').length > 11);
	pipe.fill();
	await visit(10);
	await expectCleanEnd();
	closeSync(pipe.readEnd);
});

const probe = mountSmallDisk(1);
const refusal = typeof probe === "string" ? probe : null;
if (typeof probe !== "string") probe.remove();

test.skipIf(refusal !== null)(
	`[OPS-7] a log file on a full disk costs lines; when there is room again the next are whole, and one says how many are missing${refusal === null ? "" : ` (skipped: ${refusal})`}`,
	async () => {
		const disk = mountSmallDisk(1);
		if (typeof disk === "string") throw new Error(disk);
		const file = join(disk.path, "hubbub.log");
		try {
			server = await startInto(openSync(file, "a"), () => readFileSync(file, "utf8"));
			disk.fill();
			// The block that the log has begun takes some more.
			await visit(100);
			await expectAlive();
			disk.clear();
			await visit(1);
			const lines = () =>
				readFileSync(file, "utf8")
					.split("\n")
					// The last is being written, or nothing.
					.slice(0, -1)
					.filter((line) => line.startsWith("{"));
			await until(() => lines().some((line) => line.includes("were dropped")));
			const cut = lines().filter((line) => !line.endsWith("}"));
			expect(cut.length).toBeLessThanOrEqual(1);
			await expectCleanEnd();
		} finally {
			server.child.kill("SIGKILL");
			await server.child.exited;
			disk.remove();
		}
	},
);
