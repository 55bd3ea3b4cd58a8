import type { Row } from "./messages.ts";

/** Columns of `events` in the order `rowOf` takes them. */
export const ROW_COLUMNS = "room_id, offset, id, kind, author, key, control, body, sum";

export type RowValues = [
	roomId: number,
	offset: number,
	id: string,
	kind: string,
	author: string,
	key: string | null,
	control: number,
	body: string,
	sum: number,
];

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

/** The row as it was written. Throws `DamagedRow` where its sum does not fit. */
export function rowOf(values: RowValues): Row {
	const [, offset, id, , , , , body, sum] = values;
	if (rowSum(values.slice(0, 8)) !== sum) throw new DamagedRow(`The entry at offset ${offset} is damaged on disk.`);
	return { offset, id, body };
}
