import type { Entry } from "./log.ts";

/** An entry as readers get it: `offset` becomes the first field of the body, without parsing or stringifying it again. */
export function entryOf(offset: number, id: string, body: string): Entry {
	const rest = body === "{}" ? "}" : `,${body.slice(1)}`;
	return { offset, id, json: `{"offset":${offset}${rest}` };
}

/** The body of a message that was taken back: `text` empty, `deleted` true, all else as it was. Throws where `body` is not JSON. */
export function redactedBody(body: string): string {
	return JSON.stringify({ ...JSON.parse(body), text: "", deleted: true });
}

/** Whether a body can carry an offset: the text of a JSON object, by its first and last sign. */
export function isObjectText(body: string): boolean {
	return body.length >= 2 && body.charCodeAt(0) === 0x7b && body.charCodeAt(body.length - 1) === 0x7d;
}
