import type { Clock } from "../../runtime/clock.ts";
import { redactedBody } from "../entry.ts";
import { engineLimits } from "../limits.ts";
import type { NewEntry } from "../log.ts";
import { ask, type Client, type Connections, type Statements } from "./connections.ts";
import { faultOf } from "./faults.ts";
import { postgresLimits } from "./limits.ts";
import { type KeptRow, keptOf, lookUp, type Named, namedBy, roomsOf } from "./look-up.ts";
import { type Committed, failed, type GrownRoom, type Operation, type Outcome, type Unheard } from "./operations.ts";
import { type Kept, Plan, type Room, sumOf } from "./plan.ts";
import { preparePartitions } from "./schema.ts";
import { given, numbers, stored, texts } from "./text.ts";

export interface WriterOptions {
	readonly connections: Connections;
	readonly clock: Clock;
	/** Through which offsets of its two logs this node has heard a room; null where nobody here hears it. */
	readonly heardOf: (room: string) => readonly [number, number] | null;
	/** Hears of what was tried again, in the words of the server. */
	readonly onFault: (words: string) => void;
}

/** Carries out batches of writes, a transaction each, on a connection of its own. */
export class Writer {
	readonly #options: WriterOptions;
	#state: "open" | "closing" = "open";

	constructor(options: WriterOptions) {
		this.#options = options;
	}

	/**
	 * Carries out a batch in one transaction. Where the connection broke it is tried again: what it had committed already is recognised by the
	 * entries' ids. An operation that PostgreSQL refuses fails alone; a transaction it refuses fails whole. Never throws.
	 */
	async commit(operations: readonly Operation[], again: "first" | "again" = "first"): Promise<Committed> {
		const { clock, onFault } = this.#options;
		const untilMs = clock.monotonicMs() + postgresLimits.retryForMs;
		let isAgain = again === "again";
		for (;;) {
			try {
				return await this.#carryOut(operations, isAgain);
			} catch (error) {
				const fault = faultOf(error);
				if (fault.kind === "operation" && operations.length > 1) return await this.#eachAlone(operations, isAgain ? "again" : "first");
				if (fault.kind === "operation") return { outcomes: [failed(fault.words)], fault: null, unheard: [], grown: [] };
				const mayPass = fault.kind === "passing" && this.#state === "open" && clock.monotonicMs() < untilMs;
				if (!mayPass) {
					onFault(`A batch of ${operations.length} writes failed: ${fault.detail}`);
					return { outcomes: operations.map(() => failed(fault.words)), fault: fault.words, unheard: [], grown: [] };
				}
				onFault(`A batch of ${operations.length} writes is tried again: ${fault.detail}`);
				isAgain ||= fault.leaves === "unknown";
				if ((error as { code?: string }).code === "23514") await this.#preparePartitions();
				await new Promise<void>((resolve) => clock.after(postgresLimits.retryPauseMs, resolve));
			}
		}
	}

	/** Looks whether writes are taken, by writing more than a message needs. Answers why not, or null. */
	async probe(): Promise<string | null> {
		try {
			await this.#options.connections.run((client) => ask(client, SCRATCH, [crypto.getRandomValues(new Uint8Array(32_768)).toHex()]));
			return null;
		} catch (error) {
			return faultOf(error).words;
		}
	}

	/** From now on nothing is tried again. */
	close(): void {
		this.#state = "closing";
	}

	async #eachAlone(operations: readonly Operation[], again: "first" | "again"): Promise<Committed> {
		const all = { outcomes: [] as Outcome[], fault: null as string | null, unheard: [] as Unheard[], grown: [] as GrownRoom[] };
		for (const operation of operations) {
			const { outcomes, fault, unheard, grown } = await this.commit([operation], again);
			all.outcomes.push(...outcomes);
			all.fault = fault;
			all.unheard.push(...unheard);
			all.grown.push(...grown);
		}
		return all;
	}

	async #preparePartitions(): Promise<void> {
		await this.#options.connections.run(preparePartitions).catch(() => {});
	}

	#carryOut(operations: readonly Operation[], again: boolean): Promise<Committed> {
		return this.#options.connections.run(async (client) => {
			const made = await createRooms(client, operations);
			const named = namedBy(operations);
			if (!named.isWriting && operations.every(({ kind }) => kind === "open")) {
				const plan = new Plan(
					{ rooms: await roomsOf(client, named, made), ids: new Map(), keys: new Map(), holds: new Map(), period: 0 },
					again,
				);
				const outcomes = operations.map((operation) => (operation.kind === "open" ? plan.open(operation) : failed("")));
				return { outcomes, fault: null, unheard: [], grown: [] };
			}
			return (await client.begin((transaction) => this.#transact(transaction, operations, { named, made, again }))) as Committed;
		});
	}

	async #transact(
		transaction: Statements,
		operations: readonly Operation[],
		{ named, made, again }: { named: Named; made: ReadonlySet<string>; again: boolean },
	): Promise<Committed> {
		const { found, unheard, before } = await lookUp(transaction, named, made, this.#options.heardOf);
		const plan = new Plan(found, again);
		const sources = new Map<Kept, NewEntry>();
		const outcomes: Outcome[] = [];
		for (const operation of operations) {
			const already = plan.added.length;
			switch (operation.kind) {
				case "open":
					outcomes.push(plan.open(operation));
					break;
				case "append":
					outcomes.push(plan.append(operation));
					for (const [index, kept] of plan.added.slice(already).entries()) sources.set(kept, operation.entries[index]!);
					break;
				case "put":
					outcomes.push(await put(transaction, operation));
					break;
				case "wipe":
					outcomes.push({ outcome: "wiped", count: await wipe(transaction, operation.before) });
					break;
				default:
					operation satisfies never;
			}
		}
		const grown = [...found.rooms.values()].filter(({ id, heads }) => heads.some((head, log) => head !== before.get(id)?.[log]));
		await Promise.all(writes(transaction, plan, sources, grown));
		return {
			outcomes,
			fault: null,
			unheard,
			grown: grown.map(({ id, heads: [first, second] }) => ({ roomId: id, heads: [first, second] })),
		};
	}
}

/** Makes the rooms that are to be made and are not there; answers which of them it made. A room that nothing is added to does no harm. */
async function createRooms(client: Client, operations: readonly Operation[]): Promise<ReadonlySet<string>> {
	const epochs = new Map<string, string>();
	for (const operation of operations)
		if (operation.kind === "open" && operation.epoch !== null && !epochs.has(operation.room)) epochs.set(operation.room, operation.epoch);
	if (epochs.size === 0) return new Set();
	// In one order, so that two nodes that make the same rooms wait for each other at most.
	const names = [...epochs.keys()].sort();
	const rows = await ask<{ name: string }>(client, CREATE_ROOMS, [texts(names), texts(names.map((name) => epochs.get(name)!))]);
	return new Set(rows.map(({ name }) => name));
}

/** The statements that make of a plan what is kept; on one connection they go out one behind the other, without waiting. */
function writes(transaction: Statements, plan: Plan, sources: ReadonlyMap<Kept, NewEntry>, grown: readonly Room[]): Promise<unknown>[] {
	const { added } = plan;
	const statements: Promise<unknown>[] = [];
	if (added.length > 0) {
		statements.push(
			ask(transaction, INSERT_ENTRIES, [
				...[numbers(added.map(({ period }) => period)), numbers(added.map(({ roomId }) => roomId)), numbers(added.map(({ log }) => log))],
				...[numbers(added.map(({ offset }) => offset)), numbers(added.map(({ at }) => at)), texts(added.map(({ id }) => stored(id)))],
				...[texts(added.map(({ kind }) => kind)), texts(added.map(({ author }) => stored(author)))],
				...[texts(added.map(({ key }) => orNull(key))), texts(added.map(({ stateKey }) => orNull(stateKey)))],
				...[numbers(added.map(({ removed }) => removed)), texts(added.map(({ body }) => body))],
			]),
		);
	}
	const keyed = added.filter(({ key }) => key !== null);
	if (keyed.length > 0) {
		const sums = keyed.map((kept) => sumOf({ content: sources.get(kept)?.content, body: kept.body }));
		statements.push(
			ask(transaction, INSERT_KEYS, [
				...[numbers(keyed.map(({ roomId }) => roomId)), numbers(keyed.map(({ log }) => log))],
				...[texts(keyed.map(({ author }) => stored(author))), texts(keyed.map(({ key }) => orNull(key)))],
				...[numbers(keyed.map(({ offset }) => offset)), numbers(keyed.map(({ period }) => period)), numbers(keyed.map(({ at }) => at))],
				...[texts(keyed.map(({ id }) => stored(id))), texts(keyed.map(({ kind }) => kind)), texts(sums)],
			]),
		);
	}
	const states = [...plan.states.values()];
	if (states.length > 0) {
		statements.push(
			ask(transaction, SET_STATES, [
				...[numbers(states.map(({ roomId }) => roomId)), numbers(states.map(({ log }) => log))],
				...[texts(states.map(({ stateKey }) => orNull(stateKey))), numbers(states.map(({ offset }) => offset))],
				...[texts(states.map(({ id }) => stored(id))), texts(states.map(({ body }) => body))],
			]),
		);
	}
	if (plan.redacted.size > 0) statements.push(...rewrite(transaction, [...plan.redacted]));
	if (grown.length > 0) {
		statements.push(
			ask(transaction, MOVE_HEADS, [
				numbers(grown.map(({ id }) => id)),
				...[numbers(grown.map(({ heads }) => heads[0])), numbers(grown.map(({ times }) => times[0]))],
				...[numbers(grown.map(({ heads }) => heads[1])), numbers(grown.map(({ times }) => times[1]))],
			]),
		);
	}
	return statements;
}

/** Gives entries that are kept their new bodies, wherever they stand; keys forget what was under them. */
function rewrite(transaction: Statements, kept: readonly Kept[]): Promise<unknown>[] {
	const rooms = numbers(kept.map(({ roomId }) => roomId));
	const logs = numbers(kept.map(({ log }) => log));
	const offsets = numbers(kept.map(({ offset }) => offset));
	const statements: Promise<unknown>[] = [
		ask(transaction, REWRITE_ENTRIES, [
			rooms,
			logs,
			offsets,
			numbers(kept.map(({ period }) => period)),
			numbers(kept.map(({ removed }) => removed)),
			texts(kept.map(({ body }) => body)),
		]),
	];
	const keyed = kept.filter(({ key }) => key !== null);
	if (keyed.length > 0)
		statements.push(
			ask(transaction, FORGET_SUMS, [
				...[numbers(keyed.map(({ roomId }) => roomId)), numbers(keyed.map(({ log }) => log))],
				...[texts(keyed.map(({ author }) => stored(author))), texts(keyed.map(({ key }) => orNull(key)))],
			]),
		);
	const states = kept.filter(({ stateKey }) => stateKey !== null);
	if (states.length > 0)
		statements.push(
			ask(transaction, REWRITE_STATES, [
				...[numbers(states.map(({ roomId }) => roomId)), numbers(states.map(({ log }) => log))],
				...[texts(states.map(({ stateKey }) => orNull(stateKey))), numbers(states.map(({ offset }) => offset))],
				texts(states.map(({ body }) => body)),
			]),
		);
	return statements;
}

async function put(transaction: Statements, { name, value, over }: Extract<Operation, { kind: "put" }>): Promise<Outcome> {
	await ask(transaction, over === "keep" ? PUT : REPLACE, [stored(name), stored(value)]);
	const [row] = await ask<{ value: string }>(transaction, "SELECT value FROM hubbub.facts WHERE name = $1", [stored(name)]);
	return { outcome: "put", value: given(row!.value) };
}

async function wipe(transaction: Statements, before: number): Promise<number> {
	const rows = await ask<KeptRow>(transaction, REMOVED, [before, engineLimits.wipedEntriesMax]);
	const wiped = rows.map((row) => ({ ...keptOf(row), removed: 0, body: emptied(row.body) }));
	if (wiped.length > 0) await Promise.all(rewrite(transaction, wiped));
	return wiped.length;
}

function emptied(body: string): string {
	try {
		return redactedBody(body);
	} catch {
		return "{}";
	}
}

function orNull(name: string | null): string | null {
	return name === null ? null : stored(name);
}

const CREATE_ROOMS = `
	INSERT INTO hubbub.rooms (name, epoch)
	SELECT name, epoch FROM unnest($1::text[], $2::text[]) AS a (name, epoch)
	WHERE NOT EXISTS (SELECT FROM hubbub.rooms r WHERE r.name = a.name)
	ON CONFLICT (name) DO NOTHING RETURNING name`;
const INSERT_ENTRIES = `
	INSERT INTO hubbub.entries (period, room_id, log, "offset", at, id, kind, author, key, state_key, removed, body)
	SELECT * FROM unnest($1::integer[], $2::bigint[], $3::smallint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[],
		$10::text[], $11::smallint[], $12::text[])`;
const INSERT_KEYS = `
	INSERT INTO hubbub.keys (room_id, log, author, key, "offset", period, at, id, kind, sum)
	SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::text[], $5::bigint[], $6::integer[], $7::bigint[], $8::text[], $9::text[],
		$10::text[])`;
const SET_STATES = `
	INSERT INTO hubbub.states (room_id, log, state_key, "offset", id, body)
	SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::bigint[], $5::text[], $6::text[])
	ON CONFLICT (room_id, log, state_key) DO UPDATE SET "offset" = excluded."offset", id = excluded.id, body = excluded.body`;
const MOVE_HEADS = `
	UPDATE hubbub.rooms r SET public_head = a.public_head, public_at = a.public_at, staff_head = a.staff_head, staff_at = a.staff_at
	FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS a (room_id, public_head, public_at, staff_head, staff_at)
	WHERE r.room_id = a.room_id`;
const REWRITE_ENTRIES = `
	UPDATE hubbub.entries e SET body = a.body, removed = a.removed
	FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::integer[], $5::smallint[], $6::text[])
		AS a (room_id, log, "offset", period, removed, body)
	WHERE e.room_id = a.room_id AND e.log = a.log AND e."offset" = a."offset" AND e.period = a.period`;
const REWRITE_STATES = `
	UPDATE hubbub.states s SET body = a.body
	FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::bigint[], $5::text[]) AS a (room_id, log, state_key, "offset", body)
	WHERE s.room_id = a.room_id AND s.log = a.log AND s.state_key = a.state_key AND s."offset" = a."offset"`;
const FORGET_SUMS = `
	UPDATE hubbub.keys k SET sum = NULL
	FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::text[]) AS a (room_id, log, author, key)
	WHERE k.room_id = a.room_id AND k.log = a.log AND k.author = a.author AND k.key = a.key`;
const REMOVED = `
	SELECT room_id, log, "offset", period, at, id, kind, author, key, state_key, removed, body FROM hubbub.entries
	WHERE removed = 1 AND at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED`;
const PUT = "INSERT INTO hubbub.facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
const REPLACE = "INSERT INTO hubbub.facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const SCRATCH = "INSERT INTO hubbub.scratch (one, signs) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET signs = excluded.signs";
