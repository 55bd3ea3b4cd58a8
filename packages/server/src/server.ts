import { fullGC } from "bun:jsc";
import { isIPv6 } from "node:net";
import { join, resolve } from "node:path";
import { problem } from "@hubbub/protocol/problem.ts";
import type { Server } from "bun";
import { createApi } from "./api/api.ts";
import { openOperatorKey } from "./api/operator-key.ts";
import type { Engine } from "./engine/engine.ts";
import { openMemoryEngine } from "./engine/memory/memory-engine.ts";
import { openSqliteEngine } from "./engine/sqlite/sqlite-engine.ts";
import { CatchUp } from "./host/catch-up.ts";
import { RoomTable } from "./host/room-table.ts";
import { systemClock } from "./runtime/clock.ts";
import { serverLimits } from "./runtime/limits.ts";
import { createLogger, type Logger } from "./runtime/log.ts";
import { createMetrics } from "./runtime/metrics.ts";
import { systemRandom } from "./runtime/random.ts";
import { AddressLimits } from "./session/address-limits.ts";
import { createAuthenticator } from "./session/authenticate.ts";
import { Entrance } from "./session/entrance.ts";
import { SessionTable } from "./session/session-table.ts";
import type { Started } from "./settings/banner.ts";
import type { Settings } from "./settings/table.ts";
import { createFetch } from "./transport/http.ts";
import { readPages } from "./transport/pages.ts";
import { createRoomEvents } from "./transport/room-events.ts";
import { createWebSocketHandler, type SocketData } from "./transport/websocket.ts";

/** The pages as `npm run build` leaves them. */
const pagesFolder = join(import.meta.dir, "../../web/dist");

export interface RunningServer extends Started {
	readonly port: number;
	/** Says good-bye to everyone, finishes what is being written, and lets go of the port and the disk: within seconds, once. */
	stop(): Promise<void>;
}

/**
 * The composition root: picks the implementations, puts the house together and opens its doors. Throws one sentence for the operator
 * when a door or the disk cannot be opened.
 */
export async function serve(settings: Settings, places = { pages: pagesFolder }): Promise<RunningServer> {
	const clock = systemClock;
	const random = systemRandom;
	const logger = createLogger(settings.logLevel ?? (process.stdout.isTTY ? "warn" : "info"));
	const metrics = createMetrics();
	const pages = readPages(places.pages);
	const engine = await openEngine(settings, logger);
	try {
		const operatorKey = await openOperatorKey({ configured: settings.adminKey, store: engine.store, random });
		const guestSecret = await engine.store.putIfAbsent("guest-token-secret", random.token(48));
		const { jwtSecret, jwksUrl, jwtIssuer, jwtAudience } = settings;
		const authenticator = createAuthenticator({
			...{ guestSecret, jwtSecret, jwksUrl, jwtIssuer, jwtAudience, clock, random },
			isOperatorKey: operatorKey.isKey,
		});
		const catchUp = new CatchUp(clock);
		const rooms = new RoomTable({
			catchUp,
			log: engine.log,
			clock,
			random,
			logger,
			metrics,
			rate: settings.rateLimit,
			deliveryBudget: settings.deliveryBudget,
		});
		const table = new SessionTable(clock, () => fullGC());
		const addressLimits = new AddressLimits(clock, settings.rateLimit);
		const entrance = new Entrance({ rooms, addressLimits, autoCreate: settings.autoCreateRooms });
		let draining = false;
		const api = createApi({
			...{ authenticator, entrance, addressLimits, clock, random, logger, metrics, names: table.names },
			setUp: operatorKey.setUp,
			isReady: async () =>
				!draining &&
				(await engine.store.get("ready").then(
					() => true,
					() => false,
				)),
		});
		const { maxConnectionsPerIp, allowedOrigins, trustedProxies, permessageDeflate } = settings;
		const lab = settings.lab ?? settings.host === null;
		const frameRate = settings.rateLimit && serverLimits.frames;
		const services = { rooms, table, authenticator, entrance, addressLimits, clock, random, logger, metrics, frameRate };
		const fetch = createFetch({
			...{ entrance, table, pages, api, maxConnectionsPerIp, allowedOrigins, trustedProxies, lab, permessageDeflate },
			roomEvents: createRoomEvents(services),
			isDraining: () => draining,
		});
		const websocket = createWebSocketHandler(services, { lab, permessageDeflate });
		const error = (fault: Error) => {
			logger.error({ fault: String(fault) }, "a request could not be answered");
			return problem("internal");
		};
		const listeners = listen(settings, { fetch, websocket, error });
		const ticking = setInterval(() => {
			metrics.eventLoopLag.set(table.tick() / 1_000);
			metrics.readersBehind.set(catchUp.size);
		}, 1_000);
		const sweeping = setInterval(() => rooms.sweep(), 10_000);
		const port = listeners[0]?.port ?? 0;
		logger.info({ port, data: settings.data }, "listening");

		let stopping: Promise<void> | null = null;
		async function stop(): Promise<void> {
			draining = true;
			for (const session of table.all()) session.bye("draining");
			const deadlineMs = clock.monotonicMs() + serverLimits.drainMs;
			// Once at least: what was said last is still on its way to the sockets.
			do await Bun.sleep(20);
			while (table.size > 0 && clock.monotonicMs() < deadlineMs);
			clearInterval(ticking);
			clearInterval(sweeping);
			// A disk that hangs must not keep the process: what it has not taken was never acknowledged.
			await Promise.race([engine.close(), Bun.sleep(serverLimits.closeStoreMs)]);
			await Promise.all(listeners.map((listener) => listener.stop(true)));
			rooms.close();
			logger.info({}, "stopped");
		}
		return {
			port,
			url: `${settings.tlsCert === null ? "http" : "https"}://${shownHost(settings.host)}:${port}`,
			keptIn: settings.data === "memory" ? "memory only: nothing outlives the process" : resolve(settings.data),
			setUpToken: operatorKey.setUpToken,
			stop() {
				stopping ??= stop();
				return stopping;
			},
		};
	} catch (fault) {
		await engine.close();
		throw fault;
	}
}

function openEngine(settings: Settings, logger: Logger): Engine | Promise<Engine> {
	const onFault = (words: string) => logger.error({ fault: words }, "storage");
	if (settings.data === "memory") return openMemoryEngine({ random: systemRandom, onFault });
	return openSqliteEngine({ folder: resolve(settings.data), random: systemRandom, onFault });
}

type Handlers = Pick<Bun.Serve.Options<SocketData>, "websocket"> & {
	fetch: (request: Request, server: Server<SocketData>) => Promise<Response | undefined>;
	error: (fault: Error) => Response;
};

/** Without an address given: this machine alone, over IPv4 and, where there is one, IPv6, on the same port. */
function listen(settings: Settings, handlers: Handlers): Server<SocketData>[] {
	if (settings.host !== null) return [listenOn(settings.host, settings.port, settings, handlers)];
	for (let attempt = 1; ; attempt++) {
		const ipv4 = listenOn("127.0.0.1", settings.port, settings, handlers);
		try {
			return [ipv4, listenOn("::1", ipv4.port as number, settings, handlers)];
		} catch (fault) {
			const portIsTaken = fault instanceof PortTaken;
			if (!portIsTaken) return [ipv4];
			void ipv4.stop(true);
			// A free port on one family may be taken on the other; a port that was asked for is not looked for elsewhere.
			if (settings.port !== 0 || attempt === 10) throw fault;
		}
	}
}

class PortTaken extends Error {}

function listenOn(hostname: string, port: number, settings: Settings, handlers: Handlers): Server<SocketData> {
	const tls =
		settings.tlsCert !== null && settings.tlsKey !== null
			? { cert: Bun.file(settings.tlsCert), key: Bun.file(settings.tlsKey) }
			: undefined;
	try {
		return Bun.serve<SocketData>({
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
		} as Bun.Serve.Options<SocketData>);
	} catch (fault) {
		const { code, message } = fault as Error & { code?: string };
		if (code === "EADDRINUSE")
			throw new PortTaken(`Port ${port} is in use on ${hostname}. Choose another with --port, or stop what uses it.`);
		if (tls) throw new Error(`The server cannot listen on ${hostname}:${port} with that certificate and key: ${message}.`);
		throw new Error(`The server cannot listen on ${hostname}:${port}: ${message}.`);
	}
}

function shownHost(host: string | null): string {
	if (host === null || host === "0.0.0.0" || host === "::") return "localhost";
	return isIPv6(host) ? `[${host}]` : host;
}
