import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import postgres from "postgres";
import { freePort } from "../../../../bench/machine/port.ts";

/** A PostgreSQL of a test's own: on a free port, in a temporary folder, with fsync. Ended by its process's number, and its folder removed. */
export interface OwnPostgres {
	readonly port: number;
	/** Makes an empty database and answers its address. */
	createDatabase(): Promise<string>;
	/** Runs statements as its superuser, in the database `postgres` or the one named by its address. */
	run(sql: string, url?: string): Promise<readonly Record<string, unknown>[]>;
	/** `SIGKILL` of the server with all its processes, as a power failure would be without the disk's cache. */
	kill(): Promise<void>;
	/** Starts it again in the same folder, at the same port. */
	start(more?: readonly string[]): Promise<void>;
	signal(name: "SIGSTOP" | "SIGCONT"): void;
	/** Its folder; the server's files are in `data`. */
	readonly folder: string;
	stop(): Promise<void>;
}

const user = "hubbub";
export const password = "not a secret: of a test";

export async function startPostgres(more: readonly string[] = []): Promise<OwnPostgres> {
	const programs = findPrograms();
	const folder = mkdtempSync(join(tmpdir(), "hubbub-postgres-"));
	const owner = ownerOf();
	if (owner) chownSync(folder, owner.uid, owner.gid);
	const data = join(folder, "data");
	const passwordFile = join(folder, "password");
	writeFileSync(passwordFile, password);
	if (owner) chownSync(passwordFile, owner.uid, owner.gid);
	mkdirSync(data, { mode: 0o700 });
	if (owner) chownSync(data, owner.uid, owner.gid);
	const [command, args] = asOwner(owner, join(programs, "initdb"), [
		...["-D", data, "-U", user, "--auth=scram-sha-256", `--pwfile=${passwordFile}`],
		...["--encoding=UTF8", "--locale=C", "--data-checksums", "--no-instructions"],
	]);
	execFileSync(command, args, { stdio: "pipe", cwd: folder });

	const port = freePort();
	const urlOf = (database: string) => `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
	let server: ReturnType<typeof spawn> | null = null;
	let ended: Promise<void> = Promise.resolve();
	let output = "";

	async function run(sql: string, url = urlOf("postgres")): Promise<readonly Record<string, unknown>[]> {
		const client = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 5 });
		try {
			return (await client.unsafe(sql)) as unknown as Record<string, unknown>[];
		} finally {
			await client.end({ timeout: 1 });
		}
	}
	async function start(again: readonly string[] = []): Promise<void> {
		const [command, args] = asOwner(owner, join(programs, "postgres"), [
			...["-D", data, "-c", `port=${port}`, "-c", "listen_addresses=127.0.0.1", "-c", `unix_socket_directories=${folder}`],
			...["-c", "fsync=on", "-c", "shared_buffers=32MB", "-c", "max_connections=60", "-c", "autovacuum=on"],
			...[...more, ...again].flatMap((setting) => ["-c", setting]),
		]);
		const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], cwd: folder });
		server = child;
		for (const stream of [child.stdout, child.stderr]) stream?.on("data", (bytes) => (output = (output + bytes).slice(-20_000)));
		ended = new Promise((resolve) => child.once("exit", () => resolve()));
		for (let attempt = 0; ; attempt++) {
			const isThere = await run("SELECT 1").then(
				() => true,
				() => false,
			);
			if (isThere) return;
			if (child.exitCode !== null || attempt > 600) throw new Error(`PostgreSQL did not start:\n${output}`);
			await Bun.sleep(50);
		}
	}
	/** The server's children; each is a process group's leader of its own. */
	function children(): number[] {
		try {
			return readFileSync(`/proc/${server?.pid}/task/${server?.pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
		} catch {
			return [];
		}
	}
	function signalAll(name: NodeJS.Signals): void {
		for (const pid of [server?.pid, ...children()]) {
			try {
				if (pid !== undefined) process.kill(pid, name);
			} catch {
				// It has just ended.
			}
		}
	}
	await start();
	let databases = 0;
	return {
		port,
		folder,
		run,
		start,
		async createDatabase() {
			const name = `test_${++databases}`;
			await run(`CREATE DATABASE ${name}`);
			return urlOf(name);
		},
		async kill() {
			signalAll("SIGKILL");
			await ended;
		},
		signal: signalAll,
		async stop() {
			signalAll("SIGCONT");
			signalAll("SIGQUIT");
			await ended;
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** The folder of `postgres` and `initdb`: on the path, or where Debian keeps them. */
function findPrograms(): string {
	const debian = "/usr/lib/postgresql";
	const versions = existsSync(debian) ? readdirSync(debian).sort((one, other) => Number(other) - Number(one)) : [];
	const folders = [...versions.map((version) => join(debian, version, "bin")), ...(process.env.PATH ?? "").split(delimiter)];
	const found = folders.find((folder) => ["postgres", "initdb"].every((name) => existsSync(join(folder, name))));
	if (!found)
		throw new Error("The tests of PostgreSQL need its programs `postgres` and `initdb`: install Debian's postgresql, or its like.");
	return found;
}

/** PostgreSQL does not run as root: then it runs as the user of Debian's package, or as nobody. */
function ownerOf(): { uid: number; gid: number } | null {
	if (process.getuid?.() !== 0) return null;
	const users = readFileSync("/etc/passwd", "utf8").split("\n");
	const [, , uid, gid] = (users.find((line) => line.startsWith("postgres:")) ?? users.find((line) => line.startsWith("nobody:")))!.split(
		":",
	);
	return { uid: Number(uid), gid: Number(gid) };
}

function asOwner(owner: { uid: number; gid: number } | null, program: string, args: readonly string[]): [string, string[]] {
	if (!owner) return [program, [...args]];
	return ["setpriv", [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, "--clear-groups", "--", program, ...args]];
}
