/** What one frame or answer told, whoever it told. */
export interface Reading {
	/** The position after it; null for a frame that has none. */
	readonly cursor: string | null;
	/** `news`: a `joined` or a batch, by which the reader is in the room. `refused`: a `reject` or a `bye`. */
	readonly kind: "news" | "gap" | "refused" | "other";
	/** Offsets of its events, in the order in which they stand. */
	readonly offsets: readonly number[];
	/** When each event was sent, in microseconds of CLOCK_MONOTONIC; NaN where nobody marked it. */
	readonly sentUs: readonly number[];
	/** Events it says were left out. */
	readonly omitted: number;
	/** Whether the reader must start over. */
	readonly start: "over" | "on";
}

const readMax = 64;
const read = new Map<string, Reading>();

/**
 * Reads a JSON frame (one byte a character) by looking for what it must hold, without parsing. A room tells everybody the same, so each
 * text is looked through once, and known again for the others. What people write cannot be mistaken for a field: its quotes are escaped.
 */
export function readPayload(text: string): Reading {
	const known = read.get(text);
	if (known) return known;
	const reading = scan(text);
	read.set(text, reading);
	if (read.size > readMax) for (const oldest of read.keys()) if (read.delete(oldest)) break;
	return reading;
}

function scan(text: string): Reading {
	const offsets: number[] = [];
	const sentUs: number[] = [];
	// An event's offset stands before its text, in which the sender's marker is: sender, number, microseconds in base 36.
	for (const [, offset, sent] of text.matchAll(/"offset":(\d+)|~[0-9a-z]+:[0-9a-z]+:([0-9a-z]+)~/g)) {
		if (offset !== undefined) {
			offsets.push(Number(offset));
			sentUs.push(Number.NaN);
		} else if (sentUs.length > 0) sentUs[sentUs.length - 1] = Number.parseInt(sent as string, 36);
	}
	return {
		...{ kind: kindOf(text), offsets, sentUs },
		cursor: between(text, '"cursor":"', '"'),
		omitted: Number.parseInt(between(text, '"omitted":', "") ?? "0", 10),
		start: text.includes('"recovered":false') ? "over" : "on",
	};
}

const kinds: readonly (readonly [start: string, kind: Reading["kind"]])[] = [
	['{"type":"batch"', "news"],
	['{"type":"joined"', "news"],
	['{"type":"gap"', "gap"],
	['{"type":"reject"', "refused"],
	['{"type":"bye"', "refused"],
];

function kindOf(text: string): Reading["kind"] {
	return kinds.find(([start]) => text.startsWith(start))?.[1] ?? "other";
}

/** What stands after `before` up to `after`, or up to the end where `after` is empty; null where `before` is not there. */
function between(text: string, before: string, after: string): string | null {
	const at = text.indexOf(before);
	if (at < 0) return null;
	const from = at + before.length;
	const to = after === "" ? text.length : text.indexOf(after, from);
	return text.slice(from, to < 0 ? text.length : to);
}
