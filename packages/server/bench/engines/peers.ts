import { join } from "node:path";
import { buildFloor, installPeers } from "../machine/install.ts";
import { startProgram } from "../machine/program.ts";
import type { Engine, RunningEngine, StartOptions } from "./engine.ts";

const programs = join(import.meta.dir, "../peers");

/** A WebSocket server that says again to everybody what comes in at `/publish`: no rooms, no history, nothing kept. */
const plain = {
	viewer: { path: "/subscribe" },
	sender: { path: "/publish", say: "{text}" },
};
const permessageDeflate = "permessage-deflate; client_no_context_takeover; server_no_context_takeover";

/** Bun's own `publish`, a message at a time, and by hand in batches. */
export const bunPublish: Engine = { name: "bun-publish", habit: "a write a message", start: (options) => startBun("publish", options) };
export const bunBatched: Engine = { name: "bun-batched", habit: "batches", start: (options) => startBun("batched", options) };

async function startBun(mode: "publish" | "batched", { compressed }: StartOptions): Promise<RunningEngine> {
	const command = [process.execPath, join(programs, "bun-server.ts"), mode, compressed ? "deflate" : "plain"];
	const running = await startPrinting(command);
	if (!compressed) return { ...running, ...plain };
	// Compressed rooms are compared by what they compress: the same fields that an event of ours has.
	const say =
		'{"offset":{ref},"kind":"message","at":1700000000{ref},"id":"{id}","from":{"id":"g-{author}","name":"viewer {author}","roles":["guest"]},"text":"{text}"}';
	return { ...running, viewer: { ...plain.viewer, extensions: permessageDeflate }, sender: { ...plain.sender, say } };
}

/** `ws` on Node: a loop of `send`, and by hand in batches. */
export const ws: Engine = { name: "ws", habit: "a write a message", start: () => startNode("ws.mjs", "single") };
export const wsBatched: Engine = { name: "ws-batched", habit: "batches", start: () => startNode("ws.mjs", "batched") };

/** Socket.IO on Node: `io.emit`, and by hand in batches. */
export const socketIo: Engine = { name: "socket.io", habit: "a write a message", start: () => startSocketIo("single") };
export const socketIoBatched: Engine = { name: "socket.io-batched", habit: "batches", start: () => startSocketIo("batched") };

async function startNode(file: string, mode: "single" | "batched"): Promise<RunningEngine> {
	const { folder } = await installPeers();
	return { ...(await startPrinting(["node", join(programs, file), folder, mode])), ...plain };
}

async function startSocketIo(mode: "single" | "batched"): Promise<RunningEngine> {
	const viewer = { path: "/socket.io/?EIO=4&transport=websocket", hello: "40", joined: "40", heartbeat: ["2", "3"] } as const;
	return { ...(await startNode("socket-io.mjs", mode)), viewer, sender: { ...viewer, say: '42["say","{text}"]' } };
}

/** A loop of `send()` in C: the least that telling N sockets can cost. */
export const floor: Engine = {
	name: "send-loop",
	habit: "a write a message",
	async start() {
		return { ...(await startPrinting([await buildFloor()])), ...plain };
	},
};

/** Starts a program that prints `port N` when it listens. */
async function startPrinting(command: readonly string[]): Promise<Pick<RunningEngine, "port" | "pids" | "stop">> {
	const program = startProgram(command, { place: "server", onLine: () => {} });
	try {
		const [, port] = await program.line(/^port (\d+)$/);
		return { port: Number(port), pids: [program.pid], stop: () => program.stop() };
	} catch (fault) {
		await program.stop();
		throw fault;
	}
}
