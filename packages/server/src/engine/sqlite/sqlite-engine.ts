import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import { type Engine, EngineRefused } from "../engine.ts";
import { Followers } from "../followers.ts";
import { CommitQueue } from "./commit-queue.ts";
import { ReadQueue } from "./read-queue.ts";
import { SqliteLog } from "./sqlite-log.ts";
import { SqliteStore } from "./sqlite-store.ts";
import { StorageThread } from "./storage-thread.ts";

export interface SqliteEngineOptions {
	/** The data folder; made where it does not exist. Belongs to one server at a time. */
	readonly folder: string;
	readonly random: Random;
	/** Hears of what an operator should know, one sentence each: a lost thread, a restored database, a follower that threw. */
	readonly onFault: (words: string) => void;
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
	const { folder, random, onFault, clock = systemClock } = options;
	prepareFolder(folder);
	const script = options.script ?? new URL("./worker.ts", import.meta.url).href;
	const file = join(folder, "hubbub.db");
	const followers = new Followers(onFault);

	const writing = new StorageThread({
		script,
		clock,
		onFault,
		opening: () => ({
			type: "open-writer",
			file,
			lockFile: join(folder, "hubbub.lock"),
			markFile: join(folder, "hubbub.mark"),
			generation: random.token(24),
		}),
		onMessage: (message) => message.type === "committed" && commits.onCommitted(message.outcomes),
		onReady: () => commits.onReady(),
		onLost: (next, detail) => commits.onLost(next, detail),
	});
	const reading = new StorageThread({
		script,
		clock,
		onFault,
		opening: () => ({ type: "open-reader", file }),
		onMessage(message) {
			if (message.type === "answered") reads.onAnswered(message.request, message.answer);
			if (message.type === "unanswered") reads.onUnanswered(message.request, message.detail);
		},
		onReady: () => {},
		onLost: (_next, detail) => reads.onLost(detail),
	});
	const commits: CommitQueue = new CommitQueue({ thread: writing, clock, onSettled: () => log.tellFollowers() });
	const reads = new ReadQueue(reading);
	const log: SqliteLog = new SqliteLog({ commits, reads, followers, random });
	const store = new SqliteStore({ commits, reads });

	// One after the other: the reader needs what the writer prepares, and SQLite is set up by the first thread alone.
	const { restored } = await writing.start();
	if (restored) onFault(`The database ${file} was put back from a copy: its rooms have new epochs, and readers start over.`);
	try {
		await reading.start();
	} catch (error) {
		await writing.close();
		throw error;
	}

	let closed: Promise<void> | null = null;
	async function close(): Promise<void> {
		await commits.close();
		await reading.close();
		reads.onLost("The log is closed.");
		await writing.close();
	}
	return {
		log,
		store,
		close: () => (closed ??= close()),
		stats: () => ({
			...commits.stats(),
			reading: reads.reading,
			appended: log.appended,
			restarts: writing.restarts + reading.restarts,
		}),
	};
}

function prepareFolder(folder: string): void {
	try {
		mkdirSync(folder, { recursive: true });
		if (!statSync(folder).isDirectory()) throw new EngineRefused(`The data folder ${folder} is not a folder.`);
		accessSync(folder, constants.W_OK | constants.X_OK);
	} catch (error) {
		if (error instanceof EngineRefused) throw error;
		const code = error instanceof Error && "code" in error ? error.code : "";
		if (code === "EEXIST" || code === "ENOTDIR") throw new EngineRefused(`The data folder ${folder} is not a folder.`);
		if (code === "EACCES" || code === "EPERM" || code === "EROFS") throw new EngineRefused(`The data folder ${folder} cannot be written.`);
		throw new EngineRefused(`The data folder ${folder} cannot be made (${code}).`);
	}
}
