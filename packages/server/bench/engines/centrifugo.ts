import { join } from "node:path";
import { removeFolder, temporaryFolder } from "../machine/folder.ts";
import { buildCentrifugeDelayed, buildCentrifugo } from "../machine/install-go.ts";
import { freePort, listening } from "../machine/port.ts";
import { startProgram } from "../machine/program.ts";
import type { Engine, RunningEngine } from "./engine.ts";

/** Centrifugo as it comes, with a history in memory from which readers recover: the peer that promises most of what we do. */
export const centrifugo: Engine = { name: "centrifugo", habit: "a write a message", start: startCentrifugo };

/**
 * The library Centrifugo is made of, told to gather what it writes to a connection for 100 ms. The server itself offers no such setting in its open
 * version, so this one is ours, of a few lines (`../peers/centrifuge-delayed.go`).
 */
export const centrifugeDelayed: Engine = { name: "centrifuge-delayed", habit: "batches", start: startDelayed };

async function startCentrifugo(): Promise<RunningEngine> {
	const binary = await buildCentrifugo();
	const folder = temporaryFolder("centrifugo");
	const port = freePort();
	const configuration = {
		http_server: { address: "127.0.0.1", port: String(port) },
		client: { insecure: true, ping_interval: "60s", queue_max_size: 16 * 1024 * 1024 },
		channel: { without_namespace: { history_size: 300, history_ttl: "60s", force_positioning: true, force_recovery: true } },
		log: { level: "error" },
	};
	await Bun.write(join(folder, "config.json"), JSON.stringify(configuration));
	return started([binary, "--config", join(folder, "config.json")], port, () => removeFolder(folder));
}

async function startDelayed(): Promise<RunningEngine> {
	const binary = await buildCentrifugeDelayed();
	const port = freePort();
	return started([binary, String(port)], port, () => {});
}

async function started(command: readonly string[], port: number, clear: () => void): Promise<RunningEngine> {
	const program = startProgram(command, { place: "server", onLine: () => {} });
	async function stop(): Promise<void> {
		await program.stop();
		clear();
	}
	try {
		await listening(port);
		// The JSON protocol takes several commands in one frame, a line each; the answer to the first begins the frame that means "you are in".
		const path = "/connection/websocket";
		const viewer = {
			path,
			hello: '{"id":1,"connect":{}}\n{"id":2,"subscribe":{"channel":"bench"}}',
			joined: '{"id":1,"connect"',
			heartbeat: ["{}", "{}"],
		} as const;
		const sender = {
			path,
			hello: '{"id":1,"connect":{}}',
			joined: '{"id":1,"connect"',
			heartbeat: ["{}", "{}"],
			say: '{"id":1{ref},"publish":{"channel":"bench","data":{"text":"{text}"}}}',
		} as const;
		return { port, pids: [program.pid], viewer, sender, stop };
	} catch (fault) {
		await stop();
		throw fault;
	}
}
