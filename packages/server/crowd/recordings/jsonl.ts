import { type Encoding, strictDecoder } from "./encoding.ts";
import type { Entry, Line } from "./line.ts";
import { splitLines } from "./split-lines.ts";

/** A line longer than this, in bytes, is reported and skipped: a message is at most a few hundred. */
export const lineBytesMax = 1024 * 1024;

/**
 * Reads JSON lines, one entry a line: `{t, u, text, kind?, mode?, color?}` with `t` in seconds and `u` a name. Blank lines are not
 * entries. Whatever cannot be read becomes a `skipped` entry that says why; nothing is thrown for what a line holds. A mark of byte
 * order is not part of `bytes`.
 */
export async function* readJsonLines(
	bytes: AsyncIterable<Uint8Array>,
	encoding: Pick<Encoding, "name"> = { name: "utf-8" },
): AsyncGenerator<Entry> {
	const decoder = strictDecoder(encoding);
	let isTooLong = false;
	for await (const part of splitLines(bytes, encoding, lineBytesMax)) {
		isTooLong ||= !part.isLast || part.bytes.length > lineBytesMax;
		if (!part.isLast) continue;
		const entry = isTooLong ? bad(part.number, "longer than a line may be") : readLine(part.number, part.bytes, decoder);
		isTooLong = false;
		if (entry) yield entry;
	}
}

function readLine(number: number, bytes: Uint8Array, decoder: TextDecoder): Entry | null {
	let source: string;
	try {
		source = decoder.decode(bytes).trim();
	} catch {
		return bad(number, `not valid ${decoder.encoding.toUpperCase()}`);
	}
	if (source === "") return null;
	let value: unknown;
	try {
		value = JSON.parse(source);
	} catch {
		return bad(number, "not JSON");
	}
	return { number, ...judge(value) };
}

function bad(number: number, detail: string): Entry {
	return { kind: "skipped", number, reason: "bad", detail };
}

/** Whether the value is a line that can be played; exported so that the rule is tested without bytes. */
export function judge(
	value: unknown,
): { kind: "line"; line: Line } | { kind: "skipped"; reason: "gift" | "no text" | "bad"; detail?: string } {
	if (typeof value !== "object" || value === null || Array.isArray(value)) return faulty("not a JSON object");
	const { t, u, text, kind, mode, color } = value as Record<string, unknown>;
	if (typeof t !== "number" || !Number.isFinite(t) || t < 0) return faulty("t is not a number of seconds from 0");
	// The text of a gift is the platform's label ("铃铛 x1"), not something a person wrote.
	if (kind === "gift") return { kind: "skipped", reason: "gift" };
	if (text === undefined || text === null) return { kind: "skipped", reason: "no text" };
	if (typeof text !== "string") return faulty("text is not a string");
	if (text.trim() === "") return { kind: "skipped", reason: "no text" };
	if ((typeof u !== "string" && typeof u !== "number") || String(u).trim() === "") return faulty("no sender (u)");
	return { kind: "line", line: { at: t, person: String(u), text, style: styleOf(mode, color) } };
}

function faulty(detail: string) {
	return { kind: "skipped", reason: "bad", detail } as const;
}

/** Modes 1 (scrolls), 4 (bottom) and 5 (top) are kept, every other becomes 1; a colour that is none becomes white. */
export function styleOf(mode: unknown, color: unknown): { mode: 1 | 4 | 5; color: number } {
	const rgb = Number(color ?? 0xffffff);
	return {
		mode: Number(mode) === 4 ? 4 : Number(mode) === 5 ? 5 : 1,
		color: Number.isInteger(rgb) && rgb >= 0 && rgb <= 0xffffff ? rgb : 0xffffff,
	};
}
