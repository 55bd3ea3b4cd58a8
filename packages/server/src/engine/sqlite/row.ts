import type { LogName } from "../log.ts";
import type { Row } from "./messages.ts";

/** Columns of `entries` in the order `rowOf` takes them. `log` is 0 for the public log, 1 for the staff log. */
export const ROW_COLUMNS = "room_id, log, offset, at, id, kind, author, key, state_key, removed, body, sum";

export type Unsummed = [
	roomId: number,
	log: number,
	offset: number,
	at: number,
	id: string,
	kind: string,
	author: string,
	key: string | null,
	stateKey: string | null,
	removed: number,
	body: string,
];

export type RowValues = [...Unsummed, sum: number];

/** What a log is called in the tables. */
export function numberOf(log: LogName | undefined): 0 | 1 {
	return log === "staff" ? 1 : 0;
}

/** The stored entry does not add up: the file was damaged after it was written. */
export class DamagedRow extends Error {
	override name = "DamagedRow";
}

/**
 * A CRC-32 over a whole row. SQLite notices a damaged tree but not a flipped letter in a text, and a text that nobody wrote
 * must never be shown. Costs 0.4 µs a message.
 */
export function rowSum(values: readonly (string | number | null)[]): number {
	return Bun.hash.crc32(values.join("\n"));
}

/** `rowSum` of a public entry that says no state, put together without an array. */
export function plainSum(
	roomId: number,
	offset: number,
	at: number,
	id: string,
	kind: string,
	author: string,
	key: string | null,
	body: string,
): number {
	return Bun.hash.crc32(`${roomId}\n0\n${offset}\n${at}\n${id}\n${kind}\n${author}\n${key ?? ""}\n\n0\n${body}`);
}

/** The row as it was written. Throws `DamagedRow` where its sum does not fit. */
export function rowOf(values: RowValues): Row {
	const [, , offset, at, id, , , , stateKey, , body, sum] = values;
	if (rowSum(values.slice(0, -1)) !== sum) throw new DamagedRow(`The entry at offset ${offset} is damaged on disk.`);
	return { offset, at, id, stateKey, body };
}
