import type { Entry, NewEntry } from "./log.ts";

/** An entry as readers get it: `offset` becomes the first field of the body, without parsing or stringifying it again. */
export function entryOf(offset: number, id: string, body: string): Entry {
	const rest = body === "{}" ? "}" : `,${body.slice(1)}`;
	return { offset, id, json: `{"offset":${offset}${rest}` };
}

/** The body of a message that was taken back: `text` empty, `deleted` true, all else as it was. Throws where `body` is not JSON. */
export function redactedBody(body: string): string {
	return JSON.stringify({ ...JSON.parse(body), text: "", deleted: true });
}

/**
 * Whether an entry under a key that was used before is the one that was kept, sent again: of the same kind, and the same in the fields of
 * its content. What was taken back has no text any more, which is then not compared.
 */
export function isRetryOf(
	kept: { readonly kind: string; readonly body: string },
	entry: Pick<NewEntry, "kind" | "body" | "content">,
): boolean {
	if (kept.kind !== entry.kind) return false;
	if (!entry.content?.length) return true;
	const [before, now] = [fieldsOf(kept.body), fieldsOf(entry.body)];
	return entry.content.every((field) => (field === "text" && before.deleted === true) || Bun.deepEquals(before[field], now[field]));
}

/** The fields of a body; none where it only looks like an object. */
function fieldsOf(body: string): Record<string, unknown> {
	try {
		return JSON.parse(body);
	} catch {
		return {};
	}
}

/** Whether a body can carry an offset: the text of a JSON object, by its first and last sign. */
export function isObjectText(body: string): boolean {
	return body.length >= 2 && body.charCodeAt(0) === 0x7b && body.charCodeAt(body.length - 1) === 0x7d;
}
