import type { Fate } from "@hubbub/protocol/downstream.ts";
import type { User } from "@hubbub/protocol/fields.ts";
import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";

/** What stands in the discussion, top to bottom. Rows are replaced, never changed, so that an unchanged one is never drawn again. */
export type Row = MessageRow | NoticeRow;

export interface MessageRow {
	readonly kind: "message";
	/** Stable for the row's whole life, also from "on its way" to acknowledged. */
	readonly key: string;
	/** The server's id and position; null while the message is on its way. */
	readonly id: string | null;
	readonly offset: number | null;
	readonly from: User;
	readonly text: string;
	/** Server time in Unix milliseconds. */
	readonly at: number;
	readonly replyTo: string | null;
	/** Who wrote it: the reader, somebody answering or naming the reader, or anybody else. */
	readonly stance: "mine" | "to-me" | "other";
	readonly fate: "sending" | Fate;
	/** The same text said again in quick succession, oldest first; folded into this row. */
	readonly repeats: readonly Repeat[];
	/** How many more said it whom the server counted here instead of showing them. */
	readonly alsoSaid: number;
}

export interface Repeat {
	readonly id: string;
	readonly offset: number;
	readonly from: User;
	readonly at: number;
}

export interface NoticeRow {
	readonly kind: "notice";
	readonly key: string;
	readonly notice: Notice;
}

/** Quiet, centred words of the room itself. */
export type Notice =
	| { readonly type: "missed"; readonly count: number }
	| { readonly type: "omitted"; readonly count: number }
	| { readonly type: "gap" }
	| { readonly type: "started-over" }
	| { readonly type: "settings"; readonly settings: Partial<RoomSettings> };

/** Same text within this time folds into one row; longer apart it is a new thought. */
const foldMs = 10_000;
/** A row further up than this may have left the screen: counting up there would be seen by nobody. */
const foldRowsMax = 12;

/** A message event as a row. `replyTo` answers whose message it answers, if known. */
export function messageRow(event: MessageEvent, stance: MessageRow["stance"]): MessageRow {
	return {
		kind: "message",
		key: event.id,
		id: event.id,
		offset: event.offset,
		from: event.from,
		text: event.text,
		at: event.at,
		replyTo: event.replyTo ?? null,
		stance,
		fate: "shown",
		repeats: [],
		alsoSaid: 0,
	};
}

/** How often a row's text was said, by everybody. */
export function timesSaid(row: MessageRow): number {
	return 1 + row.repeats.length + row.alsoSaid;
}

/** Counts `count` more people on the row that holds the message `id`, if it is there. Changes `rows`. */
export function countOn(rows: Row[], id: string, count: number): void {
	const row = rowOf(rows, id);
	if (row) rows[rows.indexOf(row)] = { ...row, alsoSaid: row.alsoSaid + count };
}

/** Puts a message where its offset belongs, counted from the end; rows on their way stay last. Changes `rows`. */
export function insertRow(rows: Row[], row: MessageRow): void {
	let at = rows.length;
	while (at > 0 && standsAfter(rows[at - 1] as Row, row)) at--;
	rows.splice(at, 0, row);
}

function standsAfter(above: Row, row: MessageRow): boolean {
	if (above.kind !== "message") return false;
	if (above.offset === null) return row.offset !== null;
	return row.offset !== null && above.offset > row.offset;
}

/** Folds a repeat into a row near the end that says the same; false where there is none. Changes `rows`. */
export function foldRow(rows: Row[], row: MessageRow): boolean {
	if (row.stance !== "other" || row.replyTo !== null || row.id === null || row.offset === null) return false;
	for (let at = rows.length - 1; at >= Math.max(0, rows.length - foldRowsMax); at--) {
		const above = rows[at] as Row;
		if (above.kind !== "message" || above.text !== row.text || above.stance !== "other" || above.replyTo !== null) continue;
		if (above.fate !== "shown" || row.at - (above.repeats.at(-1)?.at ?? above.at) > foldMs) return false;
		const repeat = { id: row.id, offset: row.offset, from: row.from, at: row.at };
		rows[at] = { ...above, repeats: [...above.repeats, repeat] };
		return true;
	}
	return false;
}

/** Takes a message out, from a row of its own or from those folded into another's. True where it was there. Changes `rows`. */
export function removeMessage(rows: Row[], id: string): boolean {
	for (let at = rows.length - 1; at >= 0; at--) {
		const row = rows[at] as Row;
		if (row.kind !== "message") continue;
		if (row.id === id) {
			const [next, ...rest] = row.repeats;
			if (next) rows[at] = { ...row, id: next.id, offset: next.offset, from: next.from, at: next.at, repeats: rest };
			else rows.splice(at, 1);
			return true;
		}
		if (row.repeats.some((repeat) => repeat.id === id)) {
			rows[at] = { ...row, repeats: row.repeats.filter((repeat) => repeat.id !== id) };
			return true;
		}
	}
	return false;
}

/** The row a message stands in, its own or folded. */
export function rowOf(rows: readonly Row[], id: string): MessageRow | null {
	for (let at = rows.length - 1; at >= 0; at--) {
		const row = rows[at] as Row;
		if (row.kind === "message" && (row.id === id || row.repeats.some((repeat) => repeat.id === id))) return row;
	}
	return null;
}

/** The smallest offset shown, or null where nothing has one. */
export function oldestOffset(rows: readonly Row[]): number | null {
	for (const row of rows) if (row.kind === "message" && row.offset !== null) return row.offset;
	return null;
}

/** How many of the first rows drawn are wanted no more, while what stands below them is; 0 where the two have nothing in common. */
export function leftAbove(drawn: readonly Row[], wanted: readonly Row[]): number {
	const first = wanted[0]?.key;
	return first === undefined
		? 0
		: Math.max(
				0,
				drawn.findIndex((row) => row.key === first),
			);
}
