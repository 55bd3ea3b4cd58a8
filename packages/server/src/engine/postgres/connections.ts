import postgres from "postgres";
import { NoAnswer } from "./faults.ts";
import { postgresLimits } from "./limits.ts";

export type Client = postgres.Sql<Record<never, never>>;
/** A client, or a transaction of one. */
export type Statements = Pick<Client, "unsafe">;
export type Parameter = string | number | null;

/** Some connections for one purpose. Where PostgreSQL does not answer in time they are dropped, and made anew for the next. */
export class Connections {
	readonly #make: () => Client;
	#client: Client | null = null;
	#dropped = 0;

	constructor(url: string, options: { purpose: string; count: number }) {
		this.#make = () => clientOf(url, options);
	}

	/** Times they were dropped. */
	get dropped(): number {
		return this.#dropped;
	}

	/** Rejects with `NoAnswer` where `work` takes longer than PostgreSQL may. */
	async run<T>(work: (client: Client) => Promise<T>): Promise<T> {
		this.#client ??= this.#make();
		const client = this.#client;
		const late = Promise.withResolvers<never>();
		const timer = setTimeout(() => late.reject(new NoAnswer(`No answer within ${postgresLimits.answerMs} ms.`)), postgresLimits.answerMs);
		try {
			return await Promise.race([work(client), late.promise]);
		} catch (error) {
			if (error instanceof NoAnswer && this.#client === client) {
				this.#client = null;
				this.#dropped++;
				void end(client);
			}
			throw error;
		} finally {
			clearTimeout(timer);
		}
	}

	/** Lets go of them at once: whatever is still on its way is given up. */
	async close(): Promise<void> {
		const client = this.#client;
		this.#client = null;
		if (client) await end(client);
	}
}

async function end(client: Client): Promise<void> {
	await client.end({ timeout: 0 }).catch(() => {});
}

/** One prepared statement. Answers its rows. */
export async function ask<Row>(client: Statements, sql: string, parameters: readonly Parameter[] = []): Promise<readonly Row[]> {
	return (await client.unsafe(sql, parameters as Parameter[], { prepare: true })) as unknown as readonly Row[];
}

export function clientOf(url: string, { purpose, count }: { purpose: string; count: number }): Client {
	return postgres(url, {
		max: count,
		// Arrays go over as text (see text.ts): nothing of the catalogue has to be asked for.
		fetch_types: false,
		connect_timeout: postgresLimits.connectMs / 1_000,
		max_lifetime: null,
		backoff: () => 0.05,
		onnotice: () => {},
		types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
		connection: {
			application_name: `hubbub ${purpose}`,
			search_path: "hubbub",
			statement_timeout: postgresLimits.statementMs,
			lock_timeout: postgresLimits.lockMs,
			idle_in_transaction_session_timeout: postgresLimits.silentTransactionMs,
			// Acknowledged is durable, whatever the server's default says.
			synchronous_commit: "on",
			default_transaction_isolation: "read committed",
			// Every statement here has an index it goes by, also while the planner knows nothing of the tables yet.
			enable_seqscan: "off",
			enable_hashjoin: "off",
			enable_mergejoin: "off",
			jit: "off",
			plan_cache_mode: "force_generic_plan",
		} as unknown as Record<string, string>,
	}) as unknown as Client;
}
