import { afterAll, expect, test } from "bun:test";
import type { RoomEvent } from "@hubbub/protocol/event.ts";
import { decodeCursor } from "@hubbub/protocol/wire/cursor.ts";
import { type Client, connect, until } from "./client.ts";
import { makeFolder, type ServerProcess, spawnServer } from "./start-server.ts";

const cycles = 20;
const writersCount = 4;
const readersCount = 3;
const inFlightMax = 8;

/** A small generator of its own, so that a failing run can be had again by its seed. */
function chanceOf(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** Says one numbered message after the other, some at a time, and says again with its key what nobody answered. */
class Writer {
	readonly name: string;
	/** What was acknowledged, and at which cursor. */
	readonly acknowledged = new Map<string, string>();
	readonly contradictions: string[] = [];
	#token: string | undefined;
	#next = 0;
	#unanswered: string[] = [];

	constructor(name: string) {
		this.name = name;
	}

	/** Talks until the connection ends. `mayBegin` says whether new messages are begun, beside those to be said again. */
	async talk(url: string, mayBegin: () => boolean): Promise<void> {
		const client = await connect(`${url}/rooms/lobby`, { name: this.name, token: this.#token });
		const welcome = client.frames.find((frame) => frame.type === "welcome");
		if (!welcome) return;
		this.#token ??= welcome.token;
		const queue = [...this.#unanswered];
		const sayAll = async () => {
			for (;;) {
				let text = queue.shift();
				if (text === undefined) {
					if (!mayBegin()) return;
					text = `${this.name}-${this.#next++}`;
					this.#unanswered.push(text);
				}
				const answer = await client.say(text, { key: text }).catch(() => null);
				if (answer === null) return;
				if (answer.type === "ack") this.#note(text, answer.cursor, answer.event);
				// A refusal that says when to come back is kept for the next connection.
				else if (answer.code !== "unavailable" && answer.code !== "overloaded")
					this.contradictions.push(`${text} was refused: ${answer.code}`);
			}
		};
		await Promise.all(Array.from({ length: inFlightMax }, sayAll));
		await client.close();
	}

	get unanswered(): number {
		return this.#unanswered.length;
	}

	#note(text: string, cursor: string, event: RoomEvent | undefined): void {
		const before = this.acknowledged.get(text);
		if (before !== undefined && before !== cursor) this.contradictions.push(`${text} was acknowledged at ${before} and at ${cursor}`);
		if (event?.kind !== "message" || event.text !== text) this.contradictions.push(`${text} was answered by another event`);
		this.acknowledged.set(text, cursor);
		this.#unanswered = this.#unanswered.filter((other) => other !== text);
	}
}

/** Reads a room across all restarts by its cursor, and notes whatever should not be. */
class Reader {
	readonly texts: string[] = [];
	readonly faults: string[] = [];
	readonly epochs = new Set<string>();
	#cursor: string | undefined;
	#offset = 0;

	/** Reads until the connection ends. */
	async read(url: string): Promise<void> {
		const client = await connect(`${url}/ws`, { rooms: [{ room: "lobby", after: this.#cursor }] });
		await client.closed;
		this.#take(client);
	}

	/** Reads until it has everything up to an offset. */
	async readUpTo(url: string, offset: number): Promise<void> {
		const client = await connect(`${url}/ws`, { rooms: [{ room: "lobby", after: this.#cursor }] });
		while (!client.frames.some((frame) => "cursor" in frame && (decodeCursor(frame.cursor)?.offset ?? 0) >= offset)) await Bun.sleep(5);
		await client.close();
		this.#take(client);
	}

	#take(client: Client): void {
		for (const frame of client.frames) {
			if (frame.type === "gap" || frame.type === "reject") this.faults.push(JSON.stringify(frame));
			if (frame.type !== "joined" && frame.type !== "batch") continue;
			if (frame.type === "joined" && this.#cursor !== undefined && !frame.recovered) this.faults.push(`started over at ${frame.cursor}`);
			if (frame.type === "batch" && frame.omitted) this.faults.push(`${frame.omitted} left out`);
			for (const event of frame.events) {
				if (event.offset !== this.#offset + 1) this.faults.push(`${event.offset} came after ${this.#offset}`);
				this.#offset = event.offset;
				if (event.kind === "message") this.texts.push(event.text);
			}
			const position = decodeCursor(frame.cursor);
			if (position?.offset !== this.#offset) this.faults.push(`the cursor ${frame.cursor} does not stand at ${this.#offset}`);
			this.epochs.add(position?.epoch ?? "");
			this.#cursor = frame.cursor;
		}
	}
}

async function archiveOf(server: ServerProcess): Promise<{ offset: number; text: string }[]> {
	const events: { offset: number; text: string }[] = [];
	for (let before: string | null = ""; before !== null; ) {
		const response = await fetch(`${server.url}/rooms/lobby/messages?limit=200&before=${before}`);
		const page: { events: typeof events; before: string | null } = await response.json();
		events.unshift(...page.events);
		before = page.before;
	}
	return events;
}

const folder = makeFolder();
afterAll(() => folder.remove());

test(`[LOG-9] killed ${cycles} times under load, the server loses nothing it acknowledged, doubles nothing and mixes nothing up`, async () => {
	const seed = Number(process.env.HUBBUB_TEST_SEED ?? Math.floor(Math.random() * 2 ** 32));
	console.log(`kill: seed ${seed} (HUBBUB_TEST_SEED)`);
	const chance = chanceOf(seed);
	const variables = { HUBBUB_DATA: folder.path, HUBBUB_RATE_LIMIT: "off", HUBBUB_DELIVERY_BUDGET: "0", HUBBUB_LOG_LEVEL: "error" };
	const writers = Array.from({ length: writersCount }, (_, index) => new Writer(`w${index}`));
	const readers = Array.from({ length: readersCount }, () => new Reader());
	const acknowledged = () => writers.reduce((sum, writer) => sum + writer.acknowledged.size, 0);

	for (let cycle = 0; cycle < cycles; cycle++) {
		const server = await spawnServer(variables);
		let killed = false;
		const before = acknowledged();
		const working = [...writers.map((writer) => writer.talk(server.ws, () => !killed)), ...readers.map((reader) => reader.read(server.ws))];
		await Bun.sleep(10 + chance() * 490);
		// Every other time it is killed at work, however slow the machine is; the others it may be before anybody is in.
		if (cycle % 2 === 1) await until(() => acknowledged() >= before + 5);
		killed = true;
		await server.end("SIGKILL");
		await Promise.all(working);
	}

	const server = await spawnServer(variables);
	await Promise.all(writers.map((writer) => writer.talk(server.ws, () => false)));
	const archive = await archiveOf(server);
	await Promise.all(readers.map((reader) => reader.readUpTo(server.ws, archive.length)));
	expect(await server.end("SIGTERM")).toBe(0);

	expect(writers.map(({ unanswered }) => unanswered)).toEqual(writers.map(() => 0));
	expect(writers.flatMap(({ contradictions }) => contradictions)).toEqual([]);
	expect(readers.flatMap(({ faults }) => faults)).toEqual([]);

	expect(archive.map(({ offset }) => offset)).toEqual(archive.map((_, index) => index + 1));
	const texts = archive.map(({ text }) => text);
	expect(new Set(texts).size).toBe(texts.length);
	const offsets = new Map(archive.map(({ text, offset }) => [text, offset]));
	for (const writer of writers) {
		const acknowledged = [...writer.acknowledged];
		expect(acknowledged.filter(([text, cursor]) => offsets.get(text) !== decodeCursor(cursor)?.offset)).toEqual([]);
		const numbers = texts.flatMap((text) => (text.startsWith(`${writer.name}-`) ? Number(text.split("-")[1]) : []));
		expect(numbers).toEqual(numbers.map((_, index) => index));
	}
	for (const reader of readers) expect(reader.texts).toEqual(texts);
	const epochs = new Set([...readers.flatMap((reader) => [...reader.epochs]), ...writers.flatMap(epochsOf)]);
	expect(epochs.size).toBe(1);
	expect(texts.length).toBeGreaterThan(cycles);
	console.log(`kill: ${texts.length} messages over ${cycles} kills`);
}, 300_000);

function epochsOf(writer: Writer): string[] {
	return [...writer.acknowledged.values()].map((cursor) => decodeCursor(cursor)?.epoch ?? "");
}
