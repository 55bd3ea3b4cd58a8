import type { Server } from "bun";
import type { Doors } from "./descriptor-guard.ts";
import type { Clock } from "./runtime/clock.ts";
import { serverLimits } from "./runtime/limits.ts";
import type { Settings } from "./settings/table.ts";
import type { createFetch } from "./transport/http.ts";
import { openLabListener } from "./transport/lab-listener.ts";
import type { SocketData } from "./transport/websocket.ts";

export type Handlers = Pick<Bun.Serve.Options<SocketData>, "websocket"> &
	ReturnType<typeof createFetch> & {
		error: (fault: Error) => Response;
	};

/** What is needed of a listener, whatever its sockets carry. */
type Listener = Pick<Server<unknown>, "port" | "stop">;

/** A place to listen at, and the listener there; null while the doors are shut. */
interface Door {
	readonly listenAgain: () => Listener;
	listener: Listener | null;
}

/** The listening sockets of a server, shut and opened again together, always at the same addresses. */
export class Listeners implements Doors {
	readonly port: number;
	/** Of the lab's own; null where there is none. */
	readonly labPort: number | null;
	readonly #doors: Door[];
	/** Those that take nobody in any more, and still have connections. */
	readonly #leaving = new Set<Listener>();

	/** Opens them. Throws one sentence where one cannot be. */
	constructor(settings: Settings, handlers: Handlers, clock: Clock) {
		const doors = listen(settings, handlers);
		this.#doors = doors;
		this.port = doors[0]?.listener?.port ?? 0;
		this.labPort = null;
		const { labPort } = settings;
		if (labPort === null) return;
		try {
			const lab = doorAt("127.0.0.1", labPort, (port) => openLabListener(port, clock));
			doors.push(lab);
			this.labPort = lab.listener?.port ?? null;
		} catch (fault) {
			void this.stop();
			throw fault;
		}
	}

	shut(): void {
		for (const door of this.#doors) {
			const { listener } = door;
			if (!listener) continue;
			door.listener = null;
			this.#leaving.add(listener);
			void listener.stop(false).then(() => this.#leaving.delete(listener));
		}
	}

	open(): void {
		for (const door of this.#doors) door.listener ??= door.listenAgain();
	}

	/** Ends them and every connection. */
	async stop(): Promise<void> {
		const all = [...this.#leaving, ...this.#doors.flatMap(({ listener }) => listener ?? [])];
		await Promise.all(all.map((listener) => listener.stop(true)));
	}
}

/** Without an address given: this machine alone, over IPv4 and, where there is one, IPv6, on the same port. */
function listen(settings: Settings, handlers: Handlers): Door[] {
	const at = (hostname: string, wanted: number) => doorAt(hostname, wanted, (port) => listenOn(hostname, port, settings, handlers));
	if (settings.host !== null) return [at(settings.host, settings.port)];
	for (let attempt = 1; ; attempt++) {
		const ipv4 = at("127.0.0.1", settings.port);
		try {
			return [ipv4, at("::1", ipv4.listener?.port ?? 0)];
		} catch (fault) {
			const portIsTaken = fault instanceof PortTaken;
			if (!portIsTaken) return [ipv4];
			void ipv4.listener?.stop(true);
			// A free port on one family may be taken on the other; a port that was asked for is not looked for elsewhere.
			if (settings.port !== 0 || attempt === 10) throw fault;
		}
	}
}

class PortTaken extends Error {}

/** Opens a listener, or throws one sentence that says why it cannot be. */
function doorAt(hostname: string, wanted: number, open: (port: number) => Listener): Door {
	const listener = trying(hostname, wanted, open);
	// Asked for now: one that has been stopped has no port any more.
	const port = listener.port ?? wanted;
	return { listener, listenAgain: () => trying(hostname, port, open) };
}

function trying(hostname: string, port: number, open: (port: number) => Listener): Listener {
	try {
		return open(port);
	} catch (fault) {
		const { code, message } = fault as Error & { code?: string };
		if (code === "EADDRINUSE")
			throw new PortTaken(`Port ${port} is in use on ${hostname}. Choose another with --port, or stop what uses it.`);
		throw new Error(`The server cannot listen on ${hostname}:${port}: ${message}.`);
	}
}

function listenOn(hostname: string, port: number, settings: Settings, handlers: Handlers): Listener {
	const tls =
		settings.tlsCert !== null && settings.tlsKey !== null
			? { cert: Bun.file(settings.tlsCert), key: Bun.file(settings.tlsKey) }
			: undefined;
	const options = {
		hostname,
		port,
		...(tls && { tls }),
		...handlers,
		// Longer bodies are refused by us, with words of ours, and never read.
		maxRequestBodySize: Number.MAX_SAFE_INTEGER,
		idleTimeout: serverLimits.quietSeconds,
		development: false,
		// Otherwise two servers on one port would both start, and share its viewers between them.
		reusePort: false,
	};
	try {
		return Bun.serve<SocketData>(options as Bun.Serve.Options<SocketData>);
	} catch (fault) {
		const { code, message } = fault as Error & { code?: string };
		if (!tls || code === "EADDRINUSE") throw fault;
		throw new Error(`with that certificate and key: ${message}`);
	}
}
