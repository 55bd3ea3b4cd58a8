import { type Clock, systemClock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import type { Engine } from "../engine.ts";
import { LocalPresence } from "../local-presence.ts";
import { Subscriptions } from "../subscriptions.ts";
import { CommitQueue } from "./commit-queue.ts";
import { dataFiles, prepareFolder } from "./data-folder.ts";
import { ReadQueue } from "./read-queue.ts";
import { SqliteLog } from "./sqlite-log.ts";
import { SqliteStore } from "./sqlite-store.ts";
import { StorageThread } from "./storage-thread.ts";
import { StoreHealth } from "./store-health.ts";

export interface SqliteEngineOptions {
	/** The data folder; made where it does not exist. Belongs to one server at a time. */
	readonly folder: string;
	readonly random: Random;
	/** Hears of what an operator should know, one sentence each: a lost thread, a restored database, a listener that threw. */
	readonly onFault: (words: string) => void;
	/** Hears of what was put right at the opening, one sentence each. */
	readonly onNotice?: (words: string) => void;
	/** Hears when the store stops taking writes, and why; and with null when it takes them again. */
	readonly onTrouble?: (reason: string | null) => void;
	readonly clock?: Clock;
	/** Address of the storage threads' script. Tests put one here that is slow or dies. */
	readonly script?: string;
}

/**
 * Opens the engine that keeps everything in one SQLite database: `hubbub.db` in the data folder, with `hubbub.lock` and `hubbub.mark`
 * beside it. Throws `EngineRefused` where the folder cannot be written, is another server's, or holds a file that is damaged or not ours.
 *
 * @example
 * const engine = await openSqliteEngine({ folder: "./data", random: systemRandom, onFault: (words) => logger.error({}, words) });
 */
export async function openSqliteEngine(options: SqliteEngineOptions): Promise<Engine> {
	const { folder, random, onFault, onNotice = () => {}, onTrouble = () => {}, clock = systemClock } = options;
	for (const words of prepareFolder(folder)) onNotice(words);
	const files = dataFiles(folder);
	const script = options.script ?? new URL("./worker.ts", import.meta.url).href;
	let opening: "first" | "again" = "first";

	const writing = new StorageThread({
		script,
		clock,
		onFault,
		opening: () => ({
			type: "open-writer",
			...files,
			generation: random.token(24),
			opening,
		}),
		onMessage(message) {
			if (message.type === "committed") {
				if (message.fault !== null) health.failed(message.fault);
				commits.onCommitted(message.outcomes);
			}
			if (message.type === "hindered") health.failed(message.fault);
			if (message.type === "probed") health.probed(message.fault);
		},
		onReady: () => commits.onReady(),
		onLost(next, detail) {
			health.writerLost(next === "down" ? detail : null);
			commits.onLost(next, detail);
		},
	});
	const reading = new StorageThread({
		script,
		clock,
		onFault,
		opening: () => ({ type: "open-reader", file: files.file }),
		onMessage(message) {
			if (message.type === "answered") reads.onAnswered(message.request, message.answer);
			if (message.type === "unanswered") reads.onUnanswered(message.request, message.detail);
		},
		onReady: () => health.readerLost(null),
		onLost(next, detail) {
			if (next === "down") health.readerLost(detail);
			reads.onLost(detail);
		},
	});
	function probe(thoroughly: boolean) {
		if (writing.state !== "running") return "not now";
		writing.post({ type: "probe", thoroughly });
		return "asked";
	}
	const health = new StoreHealth({ clock, onTrouble, probe });
	const commits: CommitQueue = new CommitQueue({ thread: writing, clock, onSettled: () => log.tellSubscribers() });
	const reads = new ReadQueue(reading);
	const subscriptions = new Subscriptions({ read: (room, range) => log.read(room, range), clock, onFault });
	const log: SqliteLog = new SqliteLog({ commits, reads, subscriptions, random });
	const store = new SqliteStore({ commits, reads });

	// One after the other: the reader needs what the writer prepares, and SQLite is set up by the first thread alone.
	const { restored } = await writing.start();
	opening = "again";
	if (restored) onFault(`The database ${files.file} was put back from a copy: its rooms have new epochs, and readers start over.`);
	try {
		await reading.start();
	} catch (error) {
		await writing.close();
		throw error;
	}
	health.watch();

	let closed: Promise<void> | null = null;
	async function close(): Promise<void> {
		await commits.close();
		subscriptions.close();
		health.close();
		await reading.close();
		reads.onLost("The log is closed.");
		await writing.close();
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
			reading: reads.reading,
			appended: log.appended,
			restarts: writing.restarts + reading.restarts,
		}),
	};
}
