import { type Clock, systemClock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import { type Engine, EngineRefused } from "../engine.ts";
import { LocalPresence } from "../local-presence.ts";
import { Subscriptions } from "../subscriptions.ts";
import { CommitQueue } from "./commit-queue.ts";
import { Connections, clientOf } from "./connections.ts";
import { faultOf } from "./faults.ts";
import { postgresLimits } from "./limits.ts";
import { PostgresLog } from "./postgres-log.ts";
import { PostgresStore } from "./postgres-store.ts";
import { Reader } from "./reader.ts";
import { prepareDatabase, preparePartitions } from "./schema.ts";
import { StoreHealth } from "./store-health.ts";
import { Tail } from "./tail.ts";
import { Writer } from "./writer.ts";

export interface PostgresEngineOptions {
	/** `postgres://user:password@host:port/database`. Never shown to anybody. */
	readonly url: string;
	readonly random: Random;
	/** Hears of what an operator should know, one sentence each. */
	readonly onFault: (words: string) => void;
	readonly onNotice?: (words: string) => void;
	/** Hears when the store stops taking writes, and why; and with null when it takes them again. */
	readonly onTrouble?: (reason: string | null) => void;
	/** Hears why PostgreSQL cannot be used yet, each time that changes, while the engine is being opened. */
	readonly onWaiting?: (reason: string, detail: string) => void;
	/** Gives the opening up. */
	readonly signal?: AbortSignal;
	readonly clock?: Clock;
}

/**
 * Opens the engine that keeps everything in one PostgreSQL database, in its schema `hubbub`, and shares it with other nodes that do. Waits as
 * long as PostgreSQL cannot be reached or takes no writes. Throws `EngineRefused` where waiting would not help: a wrong password, no such
 * database, PostgreSQL before 15, tables of a newer Hubbub.
 *
 * @example
 * const engine = await openPostgresEngine({ url: "postgres://hubbub:secret@db/hubbub", random: systemRandom, onFault: console.error });
 */
export async function openPostgresEngine(options: PostgresEngineOptions): Promise<Engine> {
	const { url, random, onFault, onNotice = () => {}, onTrouble = () => {}, clock = systemClock } = options;
	for (const words of await prepared(options)) onNotice(words);

	const writing = new Connections(url, { purpose: "writes", count: 1 });
	const reading = new Connections(url, { purpose: "reads", count: postgresLimits.readConnections });
	const hinting = new Connections(url, { purpose: "hints", count: 1 });
	const hearing = clientOf(url, { purpose: "hearing", count: 1 });

	const tail: Tail = new Tail({
		...{ connections: reading, hearing, hinting, clock },
		node: random.token(8),
		onEntries: (unheard) => log.tellUnheard(unheard),
		onLook: (fault) => health.looked(fault === null ? null : faultOf(fault).words),
	});
	const writer = new Writer({ connections: writing, clock, onFault, heardOf: (room) => tail.heardOf(room) });
	const health = new StoreHealth({ clock, onTrouble, probe: () => writer.probe() });
	const commits: CommitQueue = new CommitQueue({
		clock,
		commit: (operations) => writer.commit(operations),
		onCommitted({ fault, unheard, grown }) {
			if (fault !== null) health.failed(fault);
			for (const each of unheard) log.tellUnheard(each);
			tail.grew(grown);
		},
		onSettled: () => log.tellSubscribers(),
	});
	const reader = new Reader(reading);
	const subscriptions = new Subscriptions({ read: (room, range) => log.read(room, range), clock, onFault });
	const log: PostgresLog = new PostgresLog({ commits, reader, tail, subscriptions, random });
	const store = new PostgresStore({ commits, reader });
	const partitioning = setInterval(() => {
		reader.run(preparePartitions).catch((fault) => onFault(`The next partition could not be made: ${fault.message}`));
	}, postgresLimits.partitionsMs);
	tail.start();
	health.watch();

	let closed: Promise<void> | null = null;
	async function close(): Promise<void> {
		writer.close();
		await commits.close();
		clearInterval(partitioning);
		subscriptions.close();
		tail.close();
		health.close();
		reader.close();
		await Promise.all([writing.close(), reading.close(), hinting.close(), hearing.end({ timeout: 0 }).catch(() => {})]);
	}
	return {
		log,
		store,
		directory: store,
		presence: new LocalPresence(),
		close: () => (closed ??= close()),
		trouble: () => health.trouble,
		stats: () => ({
			...commits.stats(),
			reading: reader.reading,
			appended: log.appended,
			restarts: writing.dropped + reading.dropped + hinting.dropped,
		}),
	};
}

/** Makes the database ready, however long that takes to be possible. Answers what the operator should know. */
async function prepared({ url, onWaiting = () => {}, signal, clock = systemClock }: PostgresEngineOptions): Promise<readonly string[]> {
	let told: string | null = null;
	for (;;) {
		const connections = new Connections(url, { purpose: "opening", count: 1 });
		try {
			const notices = await connections.run(prepareDatabase);
			await connections.run(preparePartitions);
			return notices;
		} catch (error) {
			const { kind, words, detail } = faultOf(error);
			if (kind === "refused")
				throw new EngineRefused(`HUBBUB_DATABASE_URL cannot be used: ${words}${words === detail ? "" : ` ${detail}.`}`);
			if (told !== words) onWaiting(words, detail);
			told = words;
		} finally {
			await connections.close();
		}
		await new Promise<void>((resolve) => {
			const cancel = clock.after(postgresLimits.startPauseMs, resolve);
			signal?.addEventListener("abort", () => [cancel(), resolve()], { once: true });
		});
		if (signal?.aborted) throw new EngineRefused("Stopped while waiting for PostgreSQL.");
	}
}
