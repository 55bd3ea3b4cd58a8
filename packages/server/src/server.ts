import { fullGC } from "bun:jsc";
import { isIPv6 } from "node:net";
import { join, resolve } from "node:path";
import { problem } from "@hubbub/protocol/problem.ts";
import { createApi } from "./api/api.ts";
import type { Exposure } from "./api/checklist.ts";
import { openOperatorKey } from "./api/operator-key.ts";
import { DescriptorGuard } from "./descriptor-guard.ts";
import type { Engine } from "./engine/engine.ts";
import { openMemoryEngine } from "./engine/memory/memory-engine.ts";
import { openSqliteEngine } from "./engine/sqlite/sqlite-engine.ts";
import { CpuShare } from "./fanout/cpu-share.ts";
import { CatchUp } from "./host/catch-up.ts";
import { RemovedTexts } from "./host/removed-texts.ts";
import { RoomTable } from "./host/room-table.ts";
import { Listeners } from "./listeners.ts";
import { ProxySigns } from "./proxies/proxy-signs.ts";
import { systemClock } from "./runtime/clock.ts";
import { descriptorLimit, descriptorsOpen, hasFreeDescriptors } from "./runtime/descriptors.ts";
import { serverLimits } from "./runtime/limits.ts";
import { type Logger, silentLogger } from "./runtime/log.ts";
import { createMetrics, type Metrics, showStore } from "./runtime/metrics.ts";
import { systemRandom } from "./runtime/random.ts";
import { AddressLimits } from "./session/address-limits.ts";
import { createAuthenticator } from "./session/authenticate.ts";
import { KeySet } from "./session/key-set.ts";
import { Operator } from "./session/operator.ts";
import { RoomAdmission } from "./session/room-admission.ts";
import { SessionTable } from "./session/session-table.ts";
import type { Started } from "./settings/banner.ts";
import type { Settings } from "./settings/table.ts";
import { reachOf } from "./transport/hosts.ts";
import { createFetch } from "./transport/http.ts";
import { type KeptBuilds, keepBuilds } from "./transport/kept-builds.ts";
import { readBuild, servePages, type WebBuild } from "./transport/pages.ts";
import { createRoomEvents } from "./transport/room-events.ts";
import { createWebSocketHandler } from "./transport/websocket.ts";

/** The pages as `npm run build` leaves them. */
const pagesFolder = join(import.meta.dir, "../../web/dist");

export interface RunningServer extends Started {
	readonly port: number;
	/** Of the lab's own listener; null where there is none. */
	readonly labPort: number | null;
	/** Says good-bye to everyone, finishes what is being written, and lets go of the port and the disk: within seconds, once. */
	stop(): Promise<void>;
}

/** What a server is given by whoever starts it, beside its settings. */
export interface Surroundings {
	/** Folder of the built pages; where `npm run build` leaves them by default. */
	readonly pages?: string;
	/** Silent by default. */
	readonly logger?: Logger;
	/** Lines of the log that nobody took. */
	readonly logLinesDropped?: () => number;
}

/**
 * The composition root: picks the implementations, puts the house together and opens its doors. Throws one sentence for the operator
 * when a door or the disk cannot be opened.
 */
export async function serve(settings: Settings, around: Surroundings = {}): Promise<RunningServer> {
	const { pages: pagesPath = pagesFolder, logger = silentLogger, logLinesDropped } = around;
	const clock = systemClock;
	const random = systemRandom;
	const metrics = createMetrics({ logLinesDropped });
	const build = readBuild(pagesPath);
	const engine = await openEngine(settings, logger, metrics);
	try {
		const pages = servePages(build, keepEarlier(settings, build, logger));
		const operatorKey = await openOperatorKey({ configured: settings.adminKey, store: engine.store, random });
		const guestSecret = await engine.store.putIfAbsent("guest-token-secret", random.token(48));
		const { jwtSecret, jwksUrl, jwtIssuer, jwtAudience } = settings;
		const keySet = jwksUrl === null ? null : new KeySet({ url: jwksUrl, clock, logger });
		// Asked for before the first who signs in, so that a wrong address is in the log from the start.
		void keySet?.current();
		const table = new SessionTable(clock, () => fullGC());
		const operator = await Operator.open({ store: engine.store, names: table.names });
		const addressLimits = new AddressLimits(clock, settings.rateLimit);
		const authenticator = createAuthenticator({
			...{ guestSecret, jwtSecret, keySet, jwtIssuer, jwtAudience, operator, addressLimits, clock, random },
			isOperatorKey: operatorKey.isKey,
		});
		const catchUp = new CatchUp(clock);
		const share = new CpuShare(settings.cpuShare);
		const rooms = new RoomTable({
			...{ catchUp, share, clock, random, logger, metrics },
			...{ log: engine.log, presence: engine.presence },
			rate: settings.rateLimit,
			deliveryBudget: settings.deliveryBudget,
			removedDays: settings.removedDays,
		});
		const removedTexts = new RemovedTexts({ log: engine.log, clock, logger, days: settings.removedDays });
		removedTexts.start();
		const admission = new RoomAdmission({ rooms, addressLimits, autoCreate: settings.autoCreateRooms });
		const { maxConnectionsPerIp, allowedOrigins, basePath, trustedProxies, permessageDeflate } = settings;
		const lab = settings.lab ?? settings.host === null;
		let draining = false;
		const signs = new ProxySigns(logger, () => clock.monotonicMs());
		const api = createApi({
			...{ authenticator, admission, addressLimits, clock, random, logger, metrics, names: table.names, operator, basePath },
			setUp: operatorKey.setUp,
			isClaimed: () => operatorKey.isClaimed,
			exposure: exposureOf(settings, lab),
			obstacles: () => signs.obstacles,
			roomIds: (range) => engine.directory.rooms(range),
			viewersIn: (room) => rooms.viewersIn(room),
			isDraining: () => draining,
			async whyNotReady() {
				if (draining) return "The server is stopping.";
				if (!guard.isOpen) return "Open files are used up.";
				const cannotRead = await engine.store.get("ready").then(
					() => null,
					(fault: Error) => fault.message,
				);
				return engine.trouble() ?? cannotRead;
			},
		});
		const frameRate = settings.rateLimit && serverLimits.frames;
		const services = { rooms, table, authenticator, admission, addressLimits, clock, random, logger, metrics, frameRate };
		const limit = descriptorLimit();
		const handlers = createFetch({
			...{
				admission,
				table,
				pages,
				api,
				logger,
				random,
				maxConnectionsPerIp,
				allowedOrigins,
				basePath,
				trustedProxies,
				lab,
				permessageDeflate,
			},
			onRequest: () => guard.onRequest(clock.monotonicMs()),
			maxConnections: settings.maxConnections ?? heldConnectionsMax(limit),
			reach: reachOf(settings.host),
			trustsProxies: trustedProxies.rules.length > 0,
			signs,
			roomEvents: createRoomEvents(services, {
				streamLeft: (ageMs) => signs.streamLeft(ageMs),
				pollCut: (heldMs) => signs.pollCut(heldMs),
			}),
			isDraining: () => draining,
		});
		const websocket = createWebSocketHandler(services, { lab, permessageDeflate });
		const error = (fault: Error) => {
			logger.error({ fault: String(fault) }, "a request could not be answered");
			return problem("internal");
		};
		const doors = new Listeners(settings, { ...handlers, websocket, error }, clock);
		const guard = new DescriptorGuard({ doors, logger, hasFree: hasFreeDescriptors, hasPlenty: hasPlenty(limit), limit });
		if (settings.maxConnections !== null && settings.maxConnections > heldConnectionsMax(limit))
			logger.warn(
				{ maxConnections: settings.maxConnections, limit },
				"HUBBUB_MAX_CONNECTIONS is more than the open files that this process may have",
			);
		const ticking = setInterval(() => {
			guard.look(clock.monotonicMs());
			metrics.eventLoopLag.set(table.tick() / 1_000);
			metrics.readersBehind.set(catchUp.size);
			// Also when nothing is delivered: rooms that ask for nothing any more are forgotten.
			share.look(clock.monotonicMs(), clock.cpuMs());
		}, 1_000);
		const sweeping = setInterval(() => table.roomsPutAway(rooms.sweep()), serverLimits.roomSweepMs);
		const { port, labPort } = doors;
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
			removedTexts.stop();
			// A disk that hangs must not keep the process: what it has not taken was never acknowledged.
			await Promise.race([engine.close(), Bun.sleep(serverLimits.closeStoreMs)]);
			await doors.stop();
			rooms.close();
			logger.info({}, "stopped");
		}
		return {
			port,
			labPort,
			url: `${settings.tlsCert === null ? "http" : "https"}://${shownHost(settings.host)}:${port}${basePath}`,
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

/** Whether far more descriptors are left than are kept back, by counting them; not where they cannot be counted. */
function hasPlenty(limit: number | null): () => boolean {
	return () => limit !== null && limit - (descriptorsOpen() ?? limit) >= serverLimits.descriptorsPlenty;
}

/** Connections that may be held where the operator says nothing: what the limit of open files leaves. */
function heldConnectionsMax(limit: number | null): number {
	return limit === null ? Number.POSITIVE_INFINITY : Math.max(1, limit - serverLimits.descriptorsNotHeld);
}

function exposureOf(settings: Settings, lab: boolean): Exposure {
	return {
		host: settings.host,
		tls: settings.tlsCert !== null,
		trustsProxies: settings.trustedProxies.rules.length > 0,
		allowedOrigins: settings.allowedOrigins,
		autoCreateRooms: settings.autoCreateRooms,
		rateLimit: settings.rateLimit === null ? "off" : "on",
		lab: lab ? "open" : "closed",
		keptIn: settings.data === "memory" ? "memory" : "folder",
		signIn: settings.jwtSecret !== null ? "secret" : settings.jwksUrl !== null ? "key-set" : "nothing",
	};
}

async function openEngine(settings: Settings, logger: Logger, metrics: Metrics): Promise<Engine> {
	const engine = await engineOf(settings, logger, metrics);
	showStore(metrics, () => engine.stats());
	return engine;
}

function engineOf(settings: Settings, logger: Logger, metrics: Metrics): Engine | Promise<Engine> {
	const onFault = (words: string) => logger.error({ fault: words }, "storage");
	metrics.storeReady.set(1);
	if (settings.data === "memory") return openMemoryEngine({ random: systemRandom, onFault });
	const folder = resolve(settings.data);
	function onTrouble(reason: string | null): void {
		metrics.storeReady.set(reason === null ? 1 : 0);
		if (reason !== null) logger.error({ folder, fault: reason }, "the store takes nothing in");
		else logger.warn({ folder }, "the store takes things in again");
	}
	const onNotice = (words: string) => logger.warn({ notice: words }, "storage");
	return openSqliteEngine({ folder, random: systemRandom, onFault, onNotice, onTrouble });
}

/** Files of earlier builds, for pages that were opened before an upgrade. */
function keepEarlier(settings: Settings, { files }: WebBuild, logger: Logger): KeptBuilds["earlier"] {
	if (settings.data === "memory") return new Map();
	const { earlier, trouble } = keepBuilds(join(resolve(settings.data), "hubbub.pages"), files);
	if (trouble !== null) logger.warn({ fault: trouble }, "the pages' files could not be kept for the next upgrade");
	return earlier;
}

function shownHost(host: string | null): string {
	if (host === null || host === "0.0.0.0" || host === "::") return "localhost";
	return isIPv6(host) ? `[${host}]` : host;
}
