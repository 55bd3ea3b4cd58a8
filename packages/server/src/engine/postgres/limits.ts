/** Every bound of this engine that the others do not have. Times are milliseconds. */
export const postgresLimits = {
	/** Connections for reads of one node. With the writing one, the one that hints and the one that hears it makes seven. */
	readConnections: 4,
	/** How long a connection may take to be made. */
	connectMs: 5_000,
	/** A statement is broken off by PostgreSQL after this. */
	statementMs: 5_000,
	/** A statement gives up waiting for a lock after this. */
	lockMs: 3_000,
	/** A transaction of a node that went silent is rolled back after this, so that its rooms can be written to by others. */
	silentTransactionMs: 5_000,
	/** What has not answered by then counts as lost: its connections are dropped. */
	answerMs: 7_000,
	/** How long a batch is tried again after faults that pass, and the pause between. */
	retryForMs: 3_000,
	retryPauseMs: 100,
	/** Pause between attempts to reach PostgreSQL at the start. */
	startPauseMs: 1_000,
	/** Time from one NOTIFY to the next. */
	hintMs: 5,
	/** Signs of a hint's payload; PostgreSQL takes 7,999 bytes. What is more is told as "look at all". */
	hintUnitsMax: 7_000,
	/** How often a node looks at all rooms it follows, whether or not it was hinted at something. */
	lookMs: 500,
	/** Entries of one log read in one look; the rest follows in the next. */
	lookEntriesMax: 1_000,
	/** Days whose entries stand in one partition. */
	periodDays: 30,
	/** How often it is made sure that the next period has its partition. */
	partitionsMs: 3_600_000,
} as const;
