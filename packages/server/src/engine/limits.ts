/** Every bound of the engines, in one place. Unit and qualifier stand last. "Units" are UTF-16 code units. */
export const engineLimits = {
	/** Writes taken in and not yet answered; the next is answered `overloaded`. Two seconds of a disk that commits 5,000/s. */
	waitingWritesMax: 10_000,
	/** What those may hold together: 16 MiB of memory. */
	waitingUnitsMax: 8 * 1024 * 1024,
	/** Writes in one transaction: keeps a commit within some tens of milliseconds, however much is waiting. */
	batchWritesMax: 1_000,
	/**
	 * While writes keep coming, time from one commit to the next. Each costs about 0.5 ms of two threads, whatever it carries: at 200 writes
	 * a second one by one that was 8 % of a core.
	 */
	gatherMs: 10,
	/** Texts wiped in one call. */
	wipedEntriesMax: 500,
	/** Reads asked and not yet answered; the next throws `LogUnavailable`. */
	readingMax: 10_000,
	/** Entries in one answer of `read`. */
	readEntriesMax: 10_000,
	/** Rooms whose end the writer keeps in mind; the others are looked up again, one seek each. */
	roomsInMindMax: 10_000,
	/** A database up to this size is checked through when it is opened (5 ms a MiB); a larger one row by row, as it is read. */
	checkOnOpenBytesMax: 64 * 1024 * 1024,
	/** How long opening waits for another server to let go of the folder: long enough for one that is just leaving. */
	lockWaitMs: 250,
	/** How often the store is looked at, whether or not anybody writes. */
	probeMs: 1_000,
	/** A disk that has not answered for this long counts as failing. */
	stalledMs: 5_000,
	/** Pauses between attempts to start a lost storage thread again. */
	restartDelayMinMs: 100,
	restartDelayMaxMs: 10_000,
} as const;
