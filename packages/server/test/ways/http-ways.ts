import type { Ack, Batch, Downstream, Problem, Welcome } from "@hubbub/protocol/downstream.ts";
import { codes } from "@hubbub/protocol/wire/codes.ts";
import { until } from "../client.ts";
import { type Admitted, type Answer, freshKey, type House, type Refusal, Told, type Visitor, type Way, type Wish } from "./way.ts";

/** Reads a room into `told` until it is stopped or turned away. Resolves when it is over. */
type Read = (house: House, place: Place, told: Told, signal: AbortSignal) => Promise<Refusal | undefined>;

interface Place {
	readonly room: string;
	readonly after?: string;
	readonly view?: string;
	readonly token: string | undefined;
}

/** Time between two short polls of a visitor who is in a hurry. */
const hurryMs = 120;

export const eventStreamWay: Way = { name: "event-stream", enter: (house, wish) => enter(house, wish, readStream) };
export const longPollWay: Way = { name: "long-poll", enter: (house, wish) => enter(house, wish, (...reading) => poll(25, ...reading)) };
export const shortPollWay: Way = { name: "short-poll", enter: (house, wish) => enter(house, wish, (...reading) => poll(0, ...reading)) };

/** A refusal over HTTP, after a look at whether it has the shape that every problem has (SPEC CODE-2). */
export async function refusalOf(response: Response): Promise<Refusal> {
	const problem = (await response.json()) as Problem;
	const { code, retryAfterMs } = problem;
	const retryAfter = retryAfterMs === undefined ? null : String(Math.ceil(retryAfterMs / 1_000));
	const expected = { type: `urn:hubbub:problem:${code}`, status: codes[code]?.http, title: codes[code]?.message };
	const { type, status, title } = problem;
	const isSound =
		Bun.deepEquals({ type, status, title }, expected) &&
		response.status === status &&
		response.headers.get("content-type") === "application/problem+json" &&
		response.headers.get("retry-after") === retryAfter;
	if (!isSound) throw new Error(`No sound problem: ${response.status} ${JSON.stringify([...response.headers])} ${JSON.stringify(problem)}`);
	return { ok: false, code, words: problem.detail ?? title, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

async function enter(house: House, wish: Wish, read: Read): Promise<Admitted> {
	const { room, name, after, view } = wish;
	const greeted = await post(house, wish.token, JSON.stringify({ type: "hello", name, token: wish.token }));
	if (!greeted.ok) return refusalOf(greeted);
	const welcome = (await greeted.json()) as Welcome;
	const token = welcome.token ?? wish.token;
	const told = new Told();
	const stop = new AbortController();
	let refused: Refusal | undefined;
	let fault: Error | null = null;
	const reading = read(house, { room, after, view, token }, told, stop.signal).then(
		(refusal) => {
			refused = refusal;
		},
		(reason: Error) => {
			if (!stop.signal.aborted) fault = reason;
		},
	);
	const settled = (condition: () => boolean) => until(() => condition() || refused !== undefined || fault !== null);
	await settled(() => told.start !== null || told.bye !== null);
	if (fault) throw fault;
	if (refused) return refused;
	if (told.bye) return { ok: false, code: told.bye, words: "" };
	const visitor: Visitor = {
		...{ user: welcome.user, token, told },
		async command(command): Promise<Answer> {
			const response = await post(house, token, JSON.stringify({ ...command, ref: 1, room }));
			if (!response.ok) return refusalOf(response);
			const ack = (await response.json()) as Ack;
			if (ack.type !== "ack" || ack.ref !== 1 || ack.room !== room) throw new Error(`No answer to the command: ${JSON.stringify(ack)}`);
			return { ok: true, id: ack.id, cursor: ack.cursor, fate: ack.fate, event: ack.event };
		},
		say: (text, more) => visitor.command({ type: "say", key: freshKey(), text, ...more }),
		async like(count) {
			const response = await post(house, token, JSON.stringify({ type: "like", room, count }));
			if (response.status !== 204) throw new Error(`A like was answered ${response.status}.`);
		},
		async raw(text) {
			const response = await post(house, token, text);
			return response.ok ? await response.json() : await refusalOf(response);
		},
		async until(condition) {
			await settled(condition);
			if (!condition()) throw fault ?? new Error(`The reader was turned away: ${refused?.code}.`);
		},
		async leave() {
			stop.abort();
			await reading;
		},
	};
	return { ok: true, visitor };
}

/** `POST /frames`. */
function post(house: House, token: string | undefined, body: string): Promise<Response> {
	return fetch(`${house.http}/frames`, { method: "POST", headers: headersOf(house, token), body, ...tlsOf(house) });
}

function headersOf(house: House, token: string | undefined): Record<string, string> {
	return { ...house.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
}

function tlsOf(house: House): object {
	return house.tls ? { tls: house.tls } : {};
}

function addressOf(house: House, { room, view }: Place, query: Record<string, string | undefined>): string {
	const given = Object.entries({ view, ...query }).filter((entry): entry is [string, string] => entry[1] !== undefined);
	return `${house.http}/rooms/${room}/events?${new URLSearchParams(given)}`;
}

async function readStream(house: House, place: Place, told: Told, signal: AbortSignal): Promise<Refusal | undefined> {
	const headers = { ...headersOf(house, place.token), accept: "text/event-stream" };
	const response = await fetch(addressOf(house, place, { after: place.after }), { headers, signal, ...tlsOf(house) });
	if (!response.ok) return refusalOf(response);
	const decoder = new TextDecoder();
	let held = "";
	for await (const chunk of response.body as ReadableStream<Uint8Array>) {
		held += decoder.decode(chunk, { stream: true });
		const events = held.split("\n\n");
		held = events.pop() as string;
		for (const event of events) {
			const refusal = takeEvent(event, told);
			if (refusal) return refusal;
		}
	}
	return undefined;
}

/** One server-sent event. The cursor stands in `id:` as well, and both must say the same (SPEC SSE-2). */
function takeEvent(event: string, told: Told): Refusal | undefined {
	const fields = new Map(event.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
	const data = fields.get("data");
	if (data === undefined) return undefined;
	const frame = JSON.parse(data) as Downstream;
	if (frame.type === "reject") return { ok: false, code: frame.code, words: frame.message, retryAfterMs: frame.retryAfterMs };
	told.take(frame);
	if ("cursor" in frame && fields.get("id") !== frame.cursor) throw new Error(`The event's id is not its cursor: ${event}`);
	return undefined;
}

async function poll(wait: number, house: House, place: Place, told: Told, signal: AbortSignal): Promise<Refusal | undefined> {
	let after = place.after;
	while (!signal.aborted) {
		const address = addressOf(house, place, { after, wait: String(wait) });
		const response = await fetch(address, { headers: headersOf(house, place.token), signal, ...tlsOf(house) });
		if (!response.ok) return refusalOf(response);
		const batch = (await response.json()) as Batch;
		told.take(batch);
		after = batch.cursor;
		if (wait === 0) await Bun.sleep(hurryMs);
	}
	return undefined;
}
