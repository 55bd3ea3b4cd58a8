/** The port for which rooms there are, in whatever process they are live. Held by `contract/directory.contract.ts`. */
export interface Directory {
	/**
	 * Ids of at most `limit` rooms that have a log, in the order of their characters, beginning behind `after`, which need not be one; "" is the
	 * first page. Throws `LogUnavailable` when the store cannot answer.
	 */
	rooms(range: { readonly after: string; readonly limit: number }): Promise<readonly string[]>;
}
