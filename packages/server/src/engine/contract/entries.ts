import type { Entry, NewEntry } from "../log.ts";

/** An entry for tests: a message of `text`, unless `body` says otherwise. */
export function newEntry(fields: Partial<NewEntry> & { id: string; text?: string }): NewEntry {
	const { text = "hello", ...rest } = fields;
	const body = JSON.stringify({ at: 1, kind: "message", id: fields.id, text });
	return { kind: "message", author: "ann", key: null, control: false, body, ...rest };
}

export function textOf(entry: Entry): string {
	return JSON.parse(entry.json).text;
}
