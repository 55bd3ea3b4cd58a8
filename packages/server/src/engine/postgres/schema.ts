import { ask, type Client, type Statements } from "./connections.ts";
import { Unfit } from "./faults.ts";
import { postgresLimits } from "./limits.ts";

/** The steps from nothing to today's tables. A step is never changed once released; a new one is added at the end. */
const migrations: readonly string[] = [
	`
	CREATE TABLE hubbub.rooms (
		room_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		name text COLLATE "C" NOT NULL UNIQUE,
		epoch text NOT NULL,
		-- Where its two logs end, and the times of their last entries.
		public_head bigint NOT NULL DEFAULT 0,
		public_at bigint NOT NULL DEFAULT 0,
		staff_head bigint NOT NULL DEFAULT 0,
		staff_at bigint NOT NULL DEFAULT 0
	) WITH (fillfactor = 50);

	-- One row an entry. "log" is 0 for the public log, 1 for the staff log. "period" counts the days of one partition, by the time it was kept.
	CREATE TABLE hubbub.entries (
		period integer NOT NULL,
		room_id bigint NOT NULL,
		log smallint NOT NULL,
		"offset" bigint NOT NULL,
		at bigint NOT NULL,
		id text COLLATE "C" NOT NULL,
		kind text NOT NULL,
		author text COLLATE "C" NOT NULL,
		key text COLLATE "C",
		state_key text COLLATE "C",
		removed smallint NOT NULL,
		body text NOT NULL,
		PRIMARY KEY (room_id, log, "offset", period)
	) PARTITION BY RANGE (period);
	CREATE UNIQUE INDEX entries_by_id ON hubbub.entries (room_id, log, id, period);
	CREATE INDEX entries_of_removed ON hubbub.entries (at) WHERE removed = 1;

	-- What each author's key became. Stands also where the entry's partition was dropped. "sum" is that of what the author gave.
	CREATE TABLE hubbub.keys (
		room_id bigint NOT NULL,
		log smallint NOT NULL,
		author text COLLATE "C" NOT NULL,
		key text COLLATE "C" NOT NULL,
		"offset" bigint NOT NULL,
		period integer NOT NULL,
		at bigint NOT NULL,
		id text COLLATE "C" NOT NULL,
		kind text NOT NULL,
		sum text,
		PRIMARY KEY (room_id, log, author, key)
	);

	-- The latest entry of each state key, whole, for the same reason.
	CREATE TABLE hubbub.states (
		room_id bigint NOT NULL,
		log smallint NOT NULL,
		state_key text COLLATE "C" NOT NULL,
		"offset" bigint NOT NULL,
		id text COLLATE "C" NOT NULL,
		body text NOT NULL,
		PRIMARY KEY (room_id, log, state_key)
	);

	CREATE TABLE hubbub.facts (name text COLLATE "C" PRIMARY KEY, value text NOT NULL);

	-- What is written to see whether the store takes writes.
	CREATE TABLE hubbub.scratch (one integer PRIMARY KEY CHECK (one = 1), signs text NOT NULL);
	ALTER TABLE hubbub.scratch ALTER COLUMN signs SET STORAGE EXTERNAL;

	CREATE FUNCTION hubbub.this_period() RETURNS integer LANGUAGE sql VOLATILE
		RETURN floor(extract(epoch FROM clock_timestamp()) / (86400 * ${postgresLimits.periodDays}))::integer;

	-- The first offset whose time is "since" or later, found by halving: times never go back, and what was dropped was before.
	CREATE FUNCTION hubbub.first_since(the_room bigint, the_log smallint, since bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
	DECLARE
		low bigint := 1;
		high bigint;
		middle bigint;
		that_at bigint;
	BEGIN
		SELECT 1 + CASE the_log WHEN 0 THEN public_head ELSE staff_head END INTO high FROM hubbub.rooms WHERE room_id = the_room;
		WHILE low < high LOOP
			middle := (low + high) / 2;
			SELECT at INTO that_at FROM hubbub.entries WHERE room_id = the_room AND log = the_log AND "offset" = middle;
			IF NOT FOUND OR that_at < since THEN low := middle + 1; ELSE high := middle; END IF;
		END LOOP;
		RETURN low;
	END $$;
	`,
];

/** Tells our advisory lock from other programs': "Hubb" in ASCII. */
const LOCK = "1215652450, 1";

interface About {
	readonly version: number;
	readonly words: string;
	readonly encoding: string;
	readonly replica: boolean;
	readonly unsynced: boolean;
}

/** Says why this PostgreSQL cannot be used, by throwing `Unfit`. */
export function assertFit({ version, words, encoding }: Pick<About, "version" | "words" | "encoding">): void {
	if (version < 150_000) throw new Unfit(`PostgreSQL 15 or newer is needed, and this is ${words}.`);
	if (encoding !== "UTF8") throw new Unfit(`The database must have the encoding UTF8, and has ${encoding}.`);
}

/**
 * Makes a database ready: checks it, and brings it to today's tables under an advisory lock, so that of several nodes that start at once one
 * does. Answers what the operator should know, one sentence each. Throws `Unfit` where it cannot be used.
 */
export async function prepareDatabase(client: Client): Promise<readonly string[]> {
	const [about] = await ask<About>(
		client,
		`SELECT current_setting('server_version_num')::integer AS version, current_setting('server_version') AS words,
			current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS replica,
			current_setting('fsync') = 'off' OR current_setting('full_page_writes') = 'off' AS unsynced`,
	);
	assertFit(about!);
	if (about!.replica) throw Object.assign(new Error("The server is in recovery."), { code: "25006" });
	const notices = about!.unsynced
		? ["PostgreSQL runs without fsync or full_page_writes: a power failure may lose what was acknowledged."]
		: [];
	const version = await versionOf(client);
	if (version === migrations.length) return notices;
	await client.begin(async (transaction) => {
		await ask(transaction, `SELECT pg_advisory_xact_lock(${LOCK})`);
		// A step over a long archive takes what it takes.
		await transaction.unsafe("SET LOCAL statement_timeout = 0");
		// Another node may have been first.
		const version = await versionOf(transaction);
		if (version === null)
			await transaction.unsafe(`
				CREATE SCHEMA IF NOT EXISTS hubbub;
				CREATE TABLE hubbub.version (one integer PRIMARY KEY CHECK (one = 1), version integer NOT NULL);
				INSERT INTO hubbub.version VALUES (1, 0);
			`);
		for (const step of migrations.slice(version ?? 0)) await transaction.unsafe(step);
		await ask(transaction, "UPDATE hubbub.version SET version = $1", [migrations.length]);
	});
	return notices;
}

/** Null where there are no tables yet. Throws `Unfit` where a newer program made them. */
async function versionOf(client: Statements): Promise<number | null> {
	const [table] = await ask<{ there: boolean }>(client, "SELECT to_regclass('hubbub.version') IS NOT NULL AS there");
	if (!table!.there) return null;
	const [row] = await ask<{ version: number }>(client, "SELECT version FROM hubbub.version");
	const version = row?.version ?? 0;
	if (version > migrations.length) throw new Unfit("The database was written by a newer Hubbub.");
	return version;
}

/** Makes the partitions of this period and the next where they are not there. */
export async function preparePartitions(client: Client): Promise<void> {
	const missing = await missingPartitions(client);
	if (missing.length === 0) return;
	await client.begin(async (transaction) => {
		await ask(transaction, `SELECT pg_advisory_xact_lock(${LOCK})`);
		for (const period of await missingPartitions(transaction))
			await transaction.unsafe(
				`CREATE TABLE hubbub.entries_${period} PARTITION OF hubbub.entries FOR VALUES FROM (${period}) TO (${period + 1})`,
			);
	});
}

async function missingPartitions(client: Statements): Promise<number[]> {
	const rows = await ask<{ period: number }>(
		client,
		`SELECT period FROM (SELECT hubbub.this_period() + step AS period FROM generate_series(0, 1) AS step) AS wanted
		WHERE to_regclass('hubbub.entries_' || period) IS NULL ORDER BY period`,
	);
	return rows.map(({ period }) => period);
}
