/**
 * The port for the few facts that belong to the server and to no room: the secret guests' tokens are signed with, the hash of the
 * operator's key, and what the operator is called. Small strings by name. Every call throws `LogUnavailable` when
 * the store cannot answer; held by `contract/server-store.contract.ts`.
 */
export interface ServerStore {
	/** The value kept under `name`, or null. */
	get(name: string): Promise<string | null>;
	/**
	 * Keeps `value` under `name` if nothing is there yet, durably, and answers what is there afterwards: two nodes that both make
	 * a secret at their first start agree on one of them.
	 */
	putIfAbsent(name: string, value: string): Promise<string>;
	/** Keeps `value` under `name`, durably, whatever is there. */
	put(name: string, value: string): Promise<void>;
}
