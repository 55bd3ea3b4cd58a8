import type { Entry, Line } from "./line.ts";

/** A line longer than this, in bytes, is reported and skipped: a message is at most a few hundred. */
export const lineBytesMax = 1024 * 1024;

/**
 * Reads JSON lines, one entry a line: `{t, u, text, kind?, mode?, color?}` with `t` in seconds and `u` a name. Blank lines are not
 * entries. Whatever cannot be read becomes a `skipped` entry that says why; nothing is thrown for what a line holds.
 */
export async function* readJsonLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
	let number = 0;
	for await (const line of splitLines(bytes)) {
		number++;
		if (line === "too long") {
			yield { kind: "skipped", number, reason: "bad", detail: `longer than ${lineBytesMax} bytes` };
			continue;
		}
		const entry = readLine(number, line);
		if (entry) yield entry;
	}
}

function readLine(number: number, bytes: Uint8Array): Entry | null {
	let source: string;
	try {
		source = utf8.decode(bytes).trim();
	} catch {
		return { kind: "skipped", number, reason: "bad", detail: "not valid UTF-8" };
	}
	if (source === "") return null;
	let value: unknown;
	try {
		value = JSON.parse(source);
	} catch {
		return { kind: "skipped", number, reason: "bad", detail: "not JSON" };
	}
	return { number, ...judge(value) };
}

/** Whether the value is a line that can be played; exported so that the rule is tested without bytes. */
export function judge(
	value: unknown,
): { kind: "line"; line: Line } | { kind: "skipped"; reason: "gift" | "no text" | "bad"; detail?: string } {
	if (typeof value !== "object" || value === null || Array.isArray(value)) return bad("not a JSON object");
	const { t, u, text, kind, mode, color } = value as Record<string, unknown>;
	if (typeof t !== "number" || !Number.isFinite(t) || t < 0) return bad("t is not a number of seconds from 0");
	// The text of a gift is the platform's label ("铃铛 x1"), not something a person wrote.
	if (kind === "gift") return { kind: "skipped", reason: "gift" };
	if (text === undefined || text === null) return { kind: "skipped", reason: "no text" };
	if (typeof text !== "string") return bad("text is not a string");
	if (text.trim() === "") return { kind: "skipped", reason: "no text" };
	if ((typeof u !== "string" && typeof u !== "number") || String(u).trim() === "") return bad("u names nobody");
	return { kind: "line", line: { at: t, person: String(u), text, style: styleOf(mode, color) } };
}

function bad(detail: string) {
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

const utf8 = new TextDecoder("utf-8", { fatal: true });
const newline = 0x0a;

/** Cuts bytes at line feeds, holding at most one line; a line past `lineBytesMax` is let go and told as such. */
async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array | "too long"> {
	let held: Uint8Array[] = [];
	let heldBytes = 0;
	const take = (): Uint8Array | "too long" => {
		const line = heldBytes > lineBytesMax ? "too long" : held.length === 1 ? (held[0] as Uint8Array) : Buffer.concat(held);
		held = [];
		heldBytes = 0;
		return line;
	};
	const hold = (piece: Uint8Array) => {
		heldBytes += piece.length;
		if (heldBytes > lineBytesMax) held = [];
		else held.push(piece);
	};
	for await (const chunk of chunks) {
		let start = 0;
		for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
			hold(chunk.subarray(start, end));
			yield take();
			start = end + 1;
		}
		if (start < chunk.length) hold(chunk.slice(start));
	}
	if (heldBytes > 0) yield take();
}
