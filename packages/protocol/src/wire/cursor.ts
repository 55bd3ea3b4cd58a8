/**
 * A position in a room's log. `epoch` names one history of the log: a restored or lost log gets another. `offset` counts
 * events from 1; 0 is before the first.
 */
export interface Position {
	readonly epoch: string;
	readonly offset: number;
}

/** Writes a position as the opaque string clients hand back, for example `k3v9x2ab.1f` (offset in base 36). */
export function encodeCursor(position: Position): string {
	return `${position.epoch}.${position.offset.toString(36)}`;
}

/** Reads a cursor; null for anything this server cannot have written. Never throws (SPEC LOG-5). */
export function decodeCursor(cursor: string): Position | null {
	const match = /^([a-z0-9]{1,32})\.([0-9a-z]{1,11})$/.exec(cursor);
	if (!match) return null;
	const offset = Number.parseInt(match[2] as string, 36);
	return Number.isSafeInteger(offset) ? { epoch: match[1] as string, offset } : null;
}
