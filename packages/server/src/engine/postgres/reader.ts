import { entryOf } from "../entry.ts";
import { engineLimits } from "../limits.ts";
import { type Entry, type EntryName, type LogName, LogUnavailable, type ReadRange } from "../log.ts";
import { ask, type Client, type Connections } from "./connections.ts";
import { faultOf } from "./faults.ts";
import { numberOf } from "./operations.ts";
import { type KeptKey, remainderOf } from "./plan.ts";
import { given, stored } from "./text.ts";

interface Row {
	readonly offset: number;
	readonly id: string;
	readonly body: string;
}

/** Answers reads from connections of their own, each by one statement, hence from one snapshot. */
export class Reader {
	readonly #connections: Connections;
	#state: "open" | "closed" = "open";
	#reading = 0;

	constructor(connections: Connections) {
		this.#connections = connections;
	}

	/** Reads asked and not yet answered. */
	get reading(): number {
		return this.#reading;
	}

	async read(room: string, { log, after, before, since, limit }: ReadRange): Promise<readonly Entry[]> {
		const isFromStart = after !== undefined || since !== undefined;
		const sql = since !== undefined ? READ_SINCE : isFromStart ? READ_FIRST : READ_LAST;
		const bounds = [Math.max(0, after ?? 0), Math.min(before ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)];
		const parameters = [stored(room), numberOf(log), ...bounds, limit, ...(since === undefined ? [] : [since])];
		const rows = await this.#run((client) => ask<Row>(client, sql, parameters));
		const entries = rows.map(entryOfRow);
		return isFromStart ? entries : entries.reverse();
	}

	async state(room: string, log: LogName): Promise<readonly Entry[]> {
		const rows = await this.#run((client) => ask<Row>(client, STATE, [stored(room), numberOf(log)]));
		return rows.map(entryOfRow);
	}

	async find(room: string, by: EntryName): Promise<Entry | null> {
		const log = numberOf(by.log);
		if ("id" in by) {
			const [row] = await this.#run((client) => ask<Row>(client, BY_ID, [stored(room), log, stored(by.id)]));
			return row ? entryOfRow(row) : null;
		}
		const parameters = [stored(room), log, stored(by.author), stored(by.key)];
		const [row] = await this.#run((client) => ask<KeptKey>(client, BY_KEY, parameters));
		if (!row) return null;
		const { offset, body } = row;
		const id = given(row.id);
		return body === null ? remainderOf({ ...row, id }) : entryOf(offset, id, body);
	}

	async get(name: string): Promise<string | null> {
		const [row] = await this.#run((client) =>
			ask<{ value: string }>(client, "SELECT value FROM hubbub.facts WHERE name = $1", [stored(name)]),
		);
		return row ? given(row.value) : null;
	}

	async rooms(after: string, limit: number): Promise<readonly string[]> {
		const rows = await this.#run((client) => ask<{ name: string }>(client, ROOMS, [stored(after), limit]));
		return rows.map(({ name }) => name);
	}

	/** Throws `LogUnavailable` where there is no answer. */
	async run<T>(work: (client: Client) => Promise<T>): Promise<T> {
		return await this.#run(work);
	}

	/** Answers nothing more. */
	close(): void {
		this.#state = "closed";
	}

	async #run<T>(work: (client: Client) => Promise<T>): Promise<T> {
		if (this.#state === "closed") throw new LogUnavailable("The log is closed.");
		if (this.#reading >= engineLimits.readingMax) throw new LogUnavailable("Too many reads are waiting for PostgreSQL.");
		this.#reading++;
		try {
			return await this.#tryTwice(work);
		} catch (error) {
			throw new LogUnavailable(this.#isClosed() ? "The log is closed." : faultOf(error).words);
		} finally {
			this.#reading--;
		}
	}

	/** A connection that broke is made anew for the second try. */
	async #tryTwice<T>(work: (client: Client) => Promise<T>): Promise<T> {
		try {
			return await this.#connections.run(work);
		} catch (error) {
			if (faultOf(error).kind !== "passing" || this.#isClosed()) throw error;
			return await this.#connections.run(work);
		}
	}

	#isClosed(): boolean {
		return this.#state === "closed";
	}
}

function entryOfRow({ offset, id, body }: Row): Entry {
	return entryOf(offset, given(id), body);
}

const OF_LOG = "room_id = (SELECT room_id FROM hubbub.rooms WHERE name = $1) AND log = $2::smallint";
const READ_FIRST = `
	SELECT "offset", id, body FROM hubbub.entries
	WHERE ${OF_LOG} AND "offset" > $3::bigint AND "offset" < $4::bigint ORDER BY "offset" LIMIT $5::integer`;
const READ_LAST = READ_FIRST.replace('ORDER BY "offset"', 'ORDER BY "offset" DESC');
const READ_SINCE = `
	SELECT "offset", id, body FROM hubbub.entries
	WHERE ${OF_LOG} AND "offset" > $3::bigint AND "offset" < $4::bigint
		AND "offset" >= (SELECT hubbub.first_since(room_id, $2::smallint, $6::bigint) FROM hubbub.rooms WHERE name = $1)
	ORDER BY "offset" LIMIT $5::integer`;
const STATE = `SELECT "offset", id, body FROM hubbub.states WHERE ${OF_LOG} ORDER BY "offset"`;
const BY_ID = `SELECT "offset", id, body FROM hubbub.entries WHERE ${OF_LOG} AND id = $3`;
const BY_KEY = `
	SELECT k."offset", k.at, k.id, k.kind, k.sum, e.body
	FROM (SELECT * FROM hubbub.keys WHERE ${OF_LOG} AND author = $3 AND key = $4 OFFSET 0) AS k
	LEFT JOIN LATERAL (
		SELECT body FROM hubbub.entries WHERE room_id = k.room_id AND log = k.log AND "offset" = k."offset" AND period = k.period OFFSET 0
	) AS e ON true`;
const ROOMS = `SELECT name FROM hubbub.rooms WHERE name > $1 ORDER BY name LIMIT $2::integer`;
