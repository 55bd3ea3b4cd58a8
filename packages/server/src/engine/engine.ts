import type { Directory } from "./directory.ts";
import type { RoomLog } from "./log.ts";
import type { Presence } from "./presence.ts";
import type { ServerStore } from "./store.ts";

/** Everything a server keeps, as one thing that is opened and closed: `openSqliteEngine` or `openMemoryEngine` makes it. */
export interface Engine {
	readonly log: RoomLog;
	readonly store: ServerStore;
	readonly directory: Directory;
	readonly presence: Presence;
	/**
	 * Takes nothing more in, finishes what is waiting, and lets go of the disk. Every call answers the same promise, which never
	 * rejects. Afterwards appends answer `failed` and reads throw `LogUnavailable`.
	 */
	close(): Promise<void>;
	/**
	 * Why the store takes no writes now (a full disk, files that are gone, a disk that does not answer), as one sentence that may be shown to
	 * anybody; null where it does. At most a few seconds old; costs nothing to ask.
	 */
	trouble(): string | null;
	/** Figures for `/metrics`; costs nothing to ask. */
	stats(): EngineStats;
}

export interface EngineStats {
	/** Writes taken in and not yet answered. */
	readonly waiting: number;
	/** What those hold, in UTF-16 code units. */
	readonly waitingUnits: number;
	/** Reads asked and not yet answered. */
	readonly reading: number;
	/** Entries made durable since the engine was opened. */
	readonly appended: number;
	/** Transactions they took: `appended / batches` is how well commits are grouped. */
	readonly batches: number;
	/** Writes answered `failed` since the engine was opened. */
	readonly failed: number;
	/** Times a storage thread was lost and started again. */
	readonly restarts: number;
}

/**
 * The engine could not be opened, and trying again unchanged would end the same way: the folder cannot be written, the file is damaged
 * or not ours, another server has it. `message` is one sentence for the operator, and names the file.
 */
export class EngineRefused extends Error {
	override name = "EngineRefused";
}
