import type { Appended, Entry, NewEntry } from "../log.ts";

/** An entry for tests: a message of `text`, unless `body` says otherwise. */
export function newEntry(fields: Partial<NewEntry> & { id: string; text?: string }): NewEntry {
	const { text = "hello", ...rest } = fields;
	const body = JSON.stringify({ at: 1, kind: "message", id: fields.id, text });
	return { at: 1, kind: "message", author: "ann", key: null, body, ...rest };
}

export function textOf(entry: Entry): string {
	return JSON.parse(entry.json).text;
}

/** The entry of an append that was answered with one. */
export function entryOf(appended: Appended): Entry {
	if (!("entry" in appended)) throw new Error(`Not appended: ${JSON.stringify(appended)}`);
	return appended.entry;
}

export function offsetOf(appended: Appended): number {
	return entryOf(appended).offset;
}
