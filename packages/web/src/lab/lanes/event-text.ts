/** One server-sent event: its `data:` lines joined, and the `id:` that came with it. */
export interface ServerSentEvent {
	readonly data: string;
	readonly id: string | null;
}

/** Longest unfinished event that is kept, in UTF-16 units; the server's longest is far below. */
const unfinishedUnitsMax = 4 * 1024 * 1024;

/** Reads an event stream piece by piece (HTML Living Standard, section 9.2.6). Comments are skipped. */
export class EventText {
	readonly #decoder = new TextDecoder();
	#rest = "";

	/** The events that `bytes` completes, in order. Throws a RangeError where one has no end. */
	take(bytes: Uint8Array): ServerSentEvent[] {
		this.#rest += this.#decoder.decode(bytes, { stream: true });
		const blocks = this.#rest.split(/\r\n\r\n|\n\n|\r\r/);
		this.#rest = blocks.pop() ?? "";
		if (this.#rest.length > unfinishedUnitsMax) throw new RangeError("The event has no end.");
		return blocks.flatMap((block) => readBlock(block) ?? []);
	}
}

function readBlock(block: string): ServerSentEvent | null {
	const data: string[] = [];
	let id: string | null = null;
	for (const line of block.split(/\r\n|\n|\r/)) {
		const colon = line.indexOf(":");
		if (colon === 0) continue;
		const field = colon < 0 ? line : line.slice(0, colon);
		const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
		if (field === "data") data.push(value);
		if (field === "id") id = value;
	}
	return data.length > 0 ? { data: data.join("\n"), id } : null;
}
