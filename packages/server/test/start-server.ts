import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningServer, serve } from "../src/server.ts";
import { configure } from "../src/settings/configure.ts";

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
	/** Sends an HTTP request to an address of this server. */
	request(path: string, init?: RequestInit): Promise<Response>;
}

/**
 * Starts the real server in this process on a free port, with pages of one line and data in a folder of its own. The variables go over
 * these defaults; `stop` removes the folder.
 *
 * @example const server = await startServer({ HUBBUB_RATE_LIMIT: "off" });
 */
export async function startServer(variables: Record<string, string> = {}): Promise<TestServer> {
	const folder = makeFolder();
	const pages = join(folder.path, "pages");
	await Bun.write(join(pages, "room.html"), "<!doctype html><title>Room</title>");
	await Bun.write(join(pages, "room.js"), "export {};");
	const files = { "/assets/room.js": { file: "room.js", type: "text/javascript", immutable: true } };
	writeFileSync(
		join(pages, "manifest.json"),
		JSON.stringify({ pages: { room: "room.html", setup: "room.html", lab: "room.html" }, files }),
	);
	const configured = configure([], {
		HUBBUB_PORT: "0",
		HUBBUB_DATA: join(folder.path, "data"),
		HUBBUB_ADMIN_KEY: adminKey,
		HUBBUB_JWT_SECRET: jwtSecret,
		HUBBUB_LOG_LEVEL: "silent",
		...variables,
	});
	if (configured.outcome !== "settings") throw new Error(configured.text);
	const running = await serve(configured.settings, { pages });
	const http = running.url.replace("localhost", "127.0.0.1");
	return {
		...running,
		http,
		ws: http.replace(/^http/, "ws"),
		folder: folder.path,
		request: (path, init) => fetch(http + path, { redirect: "manual", ...init }),
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
	/** Sends a signal and waits until it has ended; answers its exit code, null where a signal ended it. */
	end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts `main.ts` in a process of its own and waits until it serves. Throws what it said where it ended instead. */
export async function spawnServer(variables: Record<string, string>, args: readonly string[] = []): Promise<ServerProcess> {
	const { child, output } = spawnMain(variables, args);
	for (;;) {
		const url = /^ {2}Room {6}(\S+)\/$/m.exec(output())?.[1];
		if (url) {
			const local = url.replace("localhost", "127.0.0.1");
			return {
				...{ url: local, ws: local.replace(/^http/, "ws"), child, output },
				async end(signal) {
					child.kill(signal);
					await child.exited;
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

function spawnMain(variables: Record<string, string>, args: readonly string[]) {
	if (!existsSync(join(repository, "packages/web/dist/manifest.json"))) throw new Error("The pages are not built: run npm run build.");
	const child = Bun.spawn([process.execPath, "packages/server/src/main.ts", ...args], {
		cwd: repository,
		env: { PATH: process.env.PATH ?? "", HUBBUB_PORT: "0", ...variables },
		stdin: "ignore",
		stdout: "pipe",
		stderr: "pipe",
	});
	const parts = { out: "", err: "", read: [] as Promise<void>[] };
	const collect = async (stream: ReadableStream<Uint8Array>, into: "out" | "err") => {
		const decoder = new TextDecoder();
		for await (const chunk of stream) parts[into] += decoder.decode(chunk, { stream: true });
	};
	parts.read = [collect(child.stdout, "out"), collect(child.stderr, "err")];
	return { child, parts, output: () => parts.out + parts.err };
}
