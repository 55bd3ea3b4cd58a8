import { join } from "node:path";
import { removeFolder, temporaryFolder } from "../machine/folder.ts";
import { installNchan, type Nchan } from "../machine/install.ts";
import { freePort, listening } from "../machine/port.ts";
import { startProgram } from "../machine/program.ts";
import { childrenOf } from "../machine/usage.ts";
import type { Engine, RunningEngine } from "./engine.ts";

/** Nchan, a module of nginx: one worker, WebSocket subscribers and a WebSocket publisher, messages kept in its memory. */
export const nchan: Engine = { name: "nchan", habit: "a write a message", start: startNchan };

async function startNchan(): Promise<RunningEngine> {
	const installed = await installNchan();
	const folder = temporaryFolder("nchan");
	const port = freePort();
	await Bun.write(join(folder, "nginx.conf"), configuration(installed, folder, port));
	const nginx = [installed.binary, "-p", folder, "-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")];
	const program = startProgram([...ownVarLib, ...nginx], { place: "server", onLine: () => {} });
	async function stop(): Promise<void> {
		await program.stop();
		removeFolder(folder);
	}
	try {
		await listening(port);
		return {
			port,
			pids: [program.pid, ...childrenOf(program.pid)],
			viewer: { path: "/subscribe" },
			sender: { path: "/publish", say: "{text}" },
			stop,
		};
	} catch (fault) {
		const log = await Bun.file(join(folder, "error.log"))
			.text()
			.catch(() => "");
		await stop();
		throw new Error(`nginx did not start: ${(fault as Error).message}\n${log}`);
	}
}

/** With Nchan loaded, nginx makes `/var/lib/nginx/body` whatever its settings say: it gets a `/var/lib` of its own, seen by nobody else. */
const ownVarLib = [
	"unshare",
	...(process.getuid?.() === 0 ? ["--mount"] : ["--mount", "--map-root-user"]),
	...["sh", "-c", 'mount -t tmpfs none /var/lib && mkdir /var/lib/nginx && exec "$@"', "sh"],
];

function configuration({ module }: Nchan, folder: string, port: number): string {
	const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
		.map((name) => `	${name}_temp_path ${join(folder, name)};`)
		.join("\n");
	return `load_module ${module};
user root;
daemon off;
worker_processes 1;
pid ${join(folder, "nginx.pid")};
events { worker_connections 19000; }
http {
	access_log off;
${temporary}
	server {
		listen 127.0.0.1:${port} backlog=4096;
		location = /subscribe {
			nchan_subscriber websocket;
			nchan_channel_id bench;
			nchan_subscriber_first_message newest;
		}
		location = /publish {
			nchan_publisher websocket;
			nchan_channel_id bench;
			nchan_message_buffer_length 50;
			nchan_message_timeout 30s;
		}
	}
}
`;
}
