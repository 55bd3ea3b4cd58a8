import { join } from "node:path";
import type { Dialect } from "../load/generator.ts";
import { removeFolder, temporaryFolder } from "../machine/folder.ts";
import { ensurePages, root } from "../machine/install.ts";
import { run, startProgram } from "../machine/program.ts";
import type { Engine, RunningEngine, StartOptions } from "./engine.ts";

/** The room everything happens in. */
export const room = "bench";

/** Our server as anybody gets it: durable SQLite, cursors, limits on. Only the limits' height is set, so that a few senders may be a crowd. */
export const hubbub: Engine = { name: "hubbub", habit: "batches", start: startHubbub };

const suiteSettings = { HUBBUB_LOG_LEVEL: "silent", HUBBUB_RATE_LIMIT: "1000/1s" };

export async function startHubbub(options: StartOptions = {}): Promise<RunningEngine> {
	await ensurePages();
	const data = options.data ?? temporaryFolder("data");
	const main = join(root, "packages/server/src/main.ts");
	const known = await settingsKnown(main);
	const settings = { ...suiteSettings, HUBBUB_DELIVERY_BUDGET: "0", ...options.settings };
	const profile = process.env.BENCH_PROFILE ? ["--cpu-prof", `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : [];
	const program = startProgram([process.execPath, ...profile, main, "--port", "0", "--data", data], {
		place: "server",
		environment: Object.fromEntries(Object.entries(settings).filter(([name]) => known.has(name))),
		onLine: () => {},
	});
	async function stop(): Promise<void> {
		await program.stop();
		if (options.data === undefined) removeFolder(data);
	}
	try {
		const [, port] = await program.line(/https?:\/\/[^\s/]+:(\d+)/);
		const viewer = dialect("viewer", options.compressed ? ',"accept":["deflate"]' : "");
		const say = `{"type":"say","ref":{ref},"room":"${room}","key":"{key}","text":"{text}"}`;
		return { port: Number(port), pids: [program.pid], viewer, sender: { ...dialect("speaker", ""), say }, stop };
	} catch (fault) {
		await stop();
		throw fault;
	}
}

/** Names differ, or the server would tell people of one name apart by a sign that is not ASCII. */
function dialect(name: string, accept: string): Dialect {
	return {
		path: "/ws",
		subprotocol: "hubbub.v1",
		hello: `{"type":"hello","name":"${name} {n}","rooms":[{"room":"${room}"}]${accept}}`,
		rejoin: `{"type":"hello","name":"${name} {n}","rooms":[{"room":"${room}","after":"{cursor}"}]${accept}}`,
		joined: '{"type":"joined"',
	};
}

let settingsOfServer: Promise<Set<string>> | null = null;

/** The settings this server has, out of its own help: an unknown one would keep it from starting. */
function settingsKnown(main: string): Promise<Set<string>> {
	settingsOfServer ??= run([process.execPath, main, "--help"]).then((help) => new Set(help.match(/HUBBUB_[A-Z_]+/g)));
	return settingsOfServer;
}
