import { afterAll, afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { settingsTable } from "../src/settings/table.ts";
import { connect } from "./client.ts";
import { makeFolder } from "./start-server.ts";

const repository = join(import.meta.dir, "../../..");
const unit = readFileSync(join(repository, "docs/service/hubbub.service"), "utf8");
const node = Bun.which("node") ?? "node";
/** The unit's settings: each with its values in order. */
const settings = Map.groupBy([...unit.matchAll(/^(\w+)=(.*)$/gm)], ([, name]) => name ?? "");
const valuesOf = (name: string) => (settings.get(name) ?? []).map(([, , value]) => value ?? "");

let folder: ReturnType<typeof makeFolder>;
beforeEach(() => {
	folder = makeFolder();
});
afterEach(() => folder.remove());

/** What systemd's own tool has to say of the unit. */
function analyze(words: readonly string[], content: string): { code: number; output: string } {
	const path = join(folder.path, "hubbub.service");
	// Where Node lies is this machine's affair.
	writeFileSync(path, content.replace("/usr/bin/node", node));
	const ran = Bun.spawnSync(["systemd-analyze", ...words, path]);
	return { code: ran.exitCode, output: `${ran.stdout}${ran.stderr}` };
}

// Where there is no systemd there is no unit to be tried.
const describeOnSystemd = describe.skipIf(Bun.which("systemd-analyze") === null);

describeOnSystemd("the unit of docs/service", () => {
	const verify = ["verify", "--man=no", "--recursive-errors=no"];

	test("is one that systemd takes without a word", () => {
		expect(analyze(verify, unit)).toEqual({ code: 0, output: "" });
		expect(analyze(verify, unit.replace("ProtectHome", "ProtectHomes")).output).toContain("Unknown key");
	});

	test("leaves the service little of the machine: systemd rates its exposure at 2 of 10 at most", () => {
		const rate = (content: string) => analyze(["security", "--no-pager", "--offline=true", "--threshold=20"], content);
		expect(rate(unit).code).toBe(0);
		expect(rate(unit.replace(/^(?:Protect|Restrict|System)\w+=.*$/gm, "")).code).not.toBe(0);
	});

	test("is the one that docs/operations.md tells of, and it names no setting that there is not", () => {
		expect(readFileSync(join(repository, "docs/operations.md"), "utf8").includes("(service/hubbub.service)")).toBe(true);
		const known = new Set(Object.values(settingsTable).flatMap(({ environment }) => [environment, `${environment}_FILE`]));
		expect(valuesOf("Environment").filter((pair) => !known.has(pair.split("=")[0] ?? ""))).toEqual([]);
	});
});

/** A service under a manager that is played. */
class Service {
	readonly #manager: Bun.Subprocess<"pipe", "pipe", "inherit">;
	readonly lines: string[] = [];
	readonly #waiting = new Set<() => void>();
	#over = false;

	constructor(command: readonly string[], environment: Record<string, string>) {
		this.#manager = Bun.spawn(["/usr/bin/python3", join(import.meta.dir, "service_manager.py"), join(folder.path, "notify"), ...command], {
			cwd: repository,
			env: environment,
			stdin: "pipe",
			stdout: "pipe",
			stderr: "inherit",
		});
		void this.#read();
	}

	/** The first line that fits, said already or yet to come. Throws where it ends before. */
	async line(fits: RegExp): Promise<RegExpExecArray> {
		for (;;) {
			for (const line of this.lines) {
				const found = fits.exec(line);
				if (found) return found;
			}
			if (this.#over) throw new Error(`It ended: ${this.lines.join("\n")}`);
			await new Promise<void>((resolve) => this.#waiting.add(resolve));
		}
	}

	signal(name: NodeJS.Signals): void {
		this.#manager.stdin.write(`signal ${name}\n`);
		this.#manager.stdin.flush();
	}

	async end(): Promise<void> {
		try {
			if (!this.#over) this.signal("SIGTERM");
		} catch {
			// It has ended by itself since, and hears nothing.
		}
		await this.#manager.exited;
	}

	async #read(): Promise<void> {
		const decoder = new TextDecoder();
		let rest = "";
		for await (const chunk of this.#manager.stdout) {
			const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
			rest = parts.pop() ?? "";
			this.lines.push(...parts);
			this.#wake();
		}
		this.#over = true;
		this.#wake();
	}

	#wake(): void {
		for (const each of [...this.#waiting]) each();
		this.#waiting.clear();
	}
}

describeOnSystemd("run as the unit says, by a manager that is played", () => {
	const services: Service[] = [];
	afterEach(async () => {
		for (const service of services.splice(0)) await service.end();
	});
	afterAll(() => expect(services).toEqual([]));

	/** The unit's command, with the variables that systemd sets, those of the unit, and these. */
	function start(more: Record<string, string> = {}): Service {
		const credentials = join(folder.path, "credentials");
		mkdirSync(credentials);
		const [credential = ""] = valuesOf("LoadCredential");
		writeFileSync(join(credentials, credential.split(":")[0] ?? ""), "the-key-that-systemd-handed-in\n", { mode: 0o400 });
		const ofUnit = valuesOf("Environment").map((pair) => pair.replaceAll("%d", credentials).split("=") as [string, string]);
		const data = join(folder.path, valuesOf("StateDirectory")[0] ?? "");
		const service = new Service(valuesOf("ExecStart")[0]?.replace("/usr/bin/node", node).split(" ") ?? [], {
			LANG: "C.UTF-8",
			PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
			USER: "hubbub",
			LOGNAME: "hubbub",
			INVOCATION_ID: "0123456789abcdef0123456789abcdef",
			JOURNAL_STREAM: "8:12345",
			CREDENTIALS_DIRECTORY: credentials,
			STATE_DIRECTORY: data,
			...Object.fromEntries(ofUnit),
			HUBBUB_DATA: data,
			HUBBUB_PORT: "0",
			...more,
		});
		services.push(service);
		return service;
	}

	test.each(["SIGTERM", "SIGHUP", "SIGINT"] as const)(
		"[OPS-10] it tells when it serves, has the key it was handed, and on %s to the launcher alone says good-bye and ends with 0",
		async (signal) => {
			const service = start();
			const [, url = ""] = await service.line(/^told STATUS=Serving at (\S+)$/);
			await service.line(/^told READY=1$/);
			const local = url.replace("localhost", "127.0.0.1");
			const headers = { authorization: "Bearer the-key-that-systemd-handed-in" };
			expect((await fetch(`${local}/api/v1/rooms/lobby`, { method: "PUT", headers, body: '{"title":"Here"}' })).status).toBe(200);
			const client = await connect(`${local.replace(/^http/, "ws")}/rooms/lobby`);
			expect((await client.say("kept")).type).toBe("ack");
			service.signal(signal);
			expect(await client.closed).toMatchObject({ code: 4100 });
			expect(await service.line(/^ended (-?\d+)$/)).toMatchObject({ 1: "0" });
			await service.line(/^told STOPPING=1$/);
			const logged = service.lines.filter((line) => line.startsWith("out {")).map((line) => JSON.parse(line.slice(4)));
			expect(logged.map(({ msg }) => msg)).toEqual(["listening", "stopped"]);
		},
	);

	test("[OPS-1] a start that cannot be ends with 1 and its one line, and never tells that it serves", async () => {
		const service = start({ HUBBUB_PROT: "80" });
		expect(await service.line(/^ended (-?\d+)$/)).toMatchObject({ 1: "1" });
		expect(service.lines.filter((line) => line.startsWith("out"))).toEqual(["out hubbub: There is no setting HUBBUB_PROT. See --help."]);
		expect(service.lines.filter((line) => line.startsWith("told"))).toEqual([]);
	});

	test("[OPS-10] where systemd's tool is missing it serves all the same, and says so", async () => {
		const service = start({ PATH: folder.path });
		await service.line(/^out .*Room {6}http/);
		expect(JSON.parse((await service.line(/^out (\{.*systemd-notify.*)$/))[1] ?? "")).toMatchObject({ level: "warn" });
	});
});

test.skipIf(process.platform === "win32")(
	"[OPS-10] it runs in an empty environment, without a home, a terminal, or anything on its three descriptors",
	async () => {
		const command = `exec ${node} scripts/run.mjs start --port 0 --data ${join(folder.path, "data")} <&- >&- 2>&-`;
		const child = Bun.spawn(["env", "-i", "/bin/sh", "-c", command], { cwd: repository, stdio: ["ignore", "ignore", "ignore"] });
		// It can tell nobody where it listens: that it has opened its data folder, and lets go of it when told to, is all there is to see.
		const lock = join(folder.path, "data/hubbub.db-wal");
		while (!(await Bun.file(lock).exists())) {
			if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}.`);
			await Bun.sleep(10);
		}
		child.kill("SIGTERM");
		expect(await child.exited).toBe(0);
		expect(await Bun.file(lock).exists()).toBe(false);
	},
);
