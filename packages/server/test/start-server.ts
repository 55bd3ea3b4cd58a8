import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningServer, type Surroundings, serve } from "../src/server.ts";
import { configure } from "../src/settings/configure.ts";
import { Described } from "./described.ts";

export const adminKey = "the-operators-own-key";
export const jwtSecret = "a shared secret of thirty-two characters or more";

/** A folder for one test. Remove it with `remove`. */
export function makeFolder(): { readonly path: string; remove(): void } {
	const path = mkdtempSync(join(tmpdir(), "hubbub-test-"));
	return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export interface TestServer extends RunningServer {
	readonly http: string;
	readonly ws: string;
	readonly folder: string;
	/** Sends an HTTP request to an address of this server, and checks the answer against its `/openapi.json`. */
	request(path: string, init?: RequestInit): Promise<Response>;
}

/**
 * Starts the real server in this process on a free port, with pages of one line and data in a folder of its own. The variables go over
 * these defaults, among which is that no message is left out of the live view; `stop` removes the folder.
 *
 * @example const server = await startServer({ HUBBUB_RATE_LIMIT: "off" });
 */
export async function startServer(variables: Record<string, string> = {}, around: Pick<Surroundings, "logger"> = {}): Promise<TestServer> {
	const folder = makeFolder();
	const pages = join(folder.path, "pages");
	await Bun.write(join(pages, "room.html"), "<!doctype html><title>Room</title>");
	await Bun.write(join(pages, "room.js"), "export {};");
	const page = { file: "room.html", type: "text/html; charset=utf-8" };
	const files = { "/assets/room.js": { file: "room.js", type: "text/javascript", immutable: true } };
	writeFileSync(join(pages, "manifest.json"), JSON.stringify({ pages: { room: [page, page, page], setup: [page], lab: [page] }, files }));
	const configured = configure([], {
		HUBBUB_PORT: "0",
		HUBBUB_DATA: join(folder.path, "data"),
		HUBBUB_ADMIN_KEY: adminKey,
		HUBBUB_JWT_SECRET: jwtSecret,
		HUBBUB_LOG_LEVEL: "silent",
		HUBBUB_DELIVERY_BUDGET: "0",
		...variables,
	});
	if (configured.outcome !== "settings") throw new Error(configured.text);
	const running = await serve(configured.settings, { pages, ...around });
	const http = running.url.replace("localhost", "127.0.0.1");
	let described: Promise<Described> | null = null;
	return {
		...running,
		http,
		ws: http.replace(/^http/, "ws"),
		folder: folder.path,
		async request(path, init = {}) {
			const answer = await fetch(http + path, { redirect: "manual", ...init });
			const { tls } = init as BunFetchRequestInit;
			described ??= fetch(`${http}/openapi.json`, { tls }).then(async (answer) => new Described((await answer.json()) as never));
			await (await described).check(init.method ?? "GET", new URL(http + path).pathname, answer);
			return answer;
		},
		async stop() {
			await running.stop();
			folder.remove();
		},
	};
}

const repository = join(import.meta.dir, "../../..");

/** A server in a process of its own. */
export interface ServerProcess {
	readonly url: string;
	readonly ws: string;
	readonly child: Bun.Subprocess<"ignore", "pipe", "pipe">;
	/** All it has written so far. */
	output(): string;
	/** Sends a signal and waits until it has ended and all it wrote is read; answers its exit code, null where a signal ended it. */
	end(signal: NodeJS.Signals): Promise<number | null>;
}

/** The address in what a server prints at its start; null where it has not been printed yet. */
export function printedUrl(output: string): string | null {
	return /^ {2}Room {6}(\S+)\/\n/m.exec(output)?.[1]?.replace("localhost", "127.0.0.1") ?? null;
}

/** Starts `main.ts` in a process of its own and waits until it serves. Throws what it said where it ended instead. */
export async function spawnServer(
	variables: Record<string, string>,
	args: readonly string[] = [],
	options: StartOptions = {},
): Promise<ServerProcess> {
	const { child, parts, output } = spawnMain(variables, args, options);
	for (;;) {
		const url = printedUrl(output());
		if (url) {
			return {
				...{ url, ws: url.replace(/^http/, "ws"), child, output },
				async end(signal) {
					child.kill(signal);
					await child.exited;
					await Promise.all(parts.read);
					return child.exitCode;
				},
			};
		}
		if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The server did not start: ${output()}`);
		await Bun.sleep(5);
	}
}

/** Runs `main.ts` to its end and answers how it ended and what it said. */
export async function runMain(
	variables: Record<string, string>,
	args: readonly string[] = [],
): Promise<{ code: number; out: string; err: string }> {
	const { child, parts } = spawnMain(variables, args);
	const code = await child.exited;
	await Promise.all(parts.read);
	return { code, out: parts.out, err: parts.err };
}

export interface StartOptions {
	/** A program and its arguments that start what comes after them. */
	readonly through?: readonly string[];
}

/** Starts `main.ts` with its standard output where it is told. End it by its `child`. */
export function startMain<Output extends "pipe" | number>(
	variables: Record<string, string>,
	args: readonly string[],
	stdout: Output,
	{ through = [] }: StartOptions = {},
) {
	if (!existsSync(join(repository, "packages/web/dist/manifest.json"))) throw new Error("The pages are not built: run npm run build.");
	return Bun.spawn([...through, process.execPath, "packages/server/src/main.ts", ...args], {
		cwd: repository,
		env: { PATH: process.env.PATH ?? "", HUBBUB_PORT: "0", ...variables },
		stdin: "ignore",
		stdout,
		stderr: "pipe",
	});
}

function spawnMain(variables: Record<string, string>, args: readonly string[], options: StartOptions = {}) {
	const child = startMain(variables, args, "pipe", options);
	const parts = { out: "", err: "", read: [] as Promise<void>[] };
	const collect = async (stream: ReadableStream<Uint8Array>, into: "out" | "err") => {
		const decoder = new TextDecoder();
		for await (const chunk of stream) parts[into] += decoder.decode(chunk, { stream: true });
	};
	parts.read = [collect(child.stdout, "out"), collect(child.stderr, "err")];
	return { child, parts, output: () => parts.out + parts.err };
}
