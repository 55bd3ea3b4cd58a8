import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { DeleteEvent } from "@hubbub/protocol/kinds/delete.ts";
import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import { adminKey, startServer, type TestServer } from "../../server/test/start-server.ts";
import type { ConnectOptions } from "../src/connect.ts";
import type { HubbubError } from "../src/error.ts";
import type { RoomEvents, RoomOptions } from "../src/room.ts";
import type { TransportName } from "../src/transport.ts";
import { enter, inside, type Person } from "./person.ts";
import { Weather } from "./weather.ts";

// A room as the SDK promises it, once over each way of travelling, against the server itself.

let server: TestServer;
const people: Person[] = [];
let rooms = 0;

beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off" });
});
afterAll(async () => {
	for (const { connection } of people) connection.close();
	await server.stop();
});

const texts = (person: Person) => person.messages.map(({ text }) => text);
const numbers = (count: number, of = "") => Array.from({ length: count }, (_, index) => `${of}${index + 1}`);
const upward = (from = Number.NaN, count: number) => Array.from({ length: count }, (_, index) => from + index);
/**
 * Until whoever comes in is given all of it as history: what was acknowledged is delivered a moment later, later still where the server
 * is busy, and a short poll is answered as of the last whole second.
 */
async function untilHistory(speaker: Person, count: number): Promise<void> {
	await speaker.until(() => speaker.messages.length === count);
	await Bun.sleep(1_001 - (Date.now() % 1_000));
}

/** Made by the operator: one address may have only so many rooms made in a minute. */
async function newRoom(): Promise<string> {
	const id = `conformance-${++rooms}`;
	const init = { method: "PUT", headers: { authorization: `Bearer ${adminKey}` }, body: "{}" };
	expect((await server.request(`/api/v1/rooms/${id}`, init)).ok).toBe(true);
	return id;
}

/** On the way into a room; `inside` waits for the door. */
function approach(id: string, options: ConnectOptions, wish: RoomOptions = {}): Person {
	const person = enter(server.http, id, options, wish);
	people.push(person);
	return person;
}

function come(id: string, transport: TransportName, options: ConnectOptions = {}, wish: RoomOptions = {}): Promise<Person> {
	return inside(approach(id, { transport, ...options }, wish));
}

async function refusal(promise: Promise<unknown>): Promise<HubbubError> {
	return promise.then(
		() => {
			throw new Error("It was not refused.");
		},
		(error: HubbubError) => error,
	);
}

describe.each(["websocket", "event-stream", "long-poll", "short-poll"] as const)("over %s", (transport) => {
	test.concurrent("[PIN-2] [PIN-4] what is pinned is told to who is there and to who comes later, and goes with its message", async () => {
		const id = await newRoom();
		const [host, guest] = [await come(id, transport, { token: adminKey }), await come(id, transport)];
		const said = await guest.room.say("the address");
		expect((await refusal(guest.room.pin({ id: said.id }))).code).toBe("forbidden");
		await host.room.pin({ id: said.id });
		await guest.until(() => guest.room.pinned?.target === said.id);
		const later = await come(id, transport);
		await later.until(() => later.room.pinned?.text === "the address");
		await host.room.pin({ text: "a line" });
		for (const { room, until } of [guest, later]) await until(() => room.pinned?.text === "a line");
		await host.room.unpin();
		for (const { room, until } of [guest, later]) await until(() => room.pinned === null);
		await host.room.pin({ id: said.id });
		await later.until(() => later.room.pinned !== null);
		await guest.room.delete(said.id);
		for (const { room, until } of [host, guest, later]) await until(() => room.pinned === null);
		expect((await refusal(host.room.pin({ id: said.id }))).code).toBe("message_not_found");
	});

	test.concurrent("[LOG-6] the latest history comes first, and then what is said, each once and in order", async () => {
		const id = await newRoom();
		const speaker = await come(id, "websocket");
		for (const text of numbers(60)) await speaker.room.say(text);
		await untilHistory(speaker, 60);
		const sources: string[] = [];
		const reader = approach(id, { transport });
		reader.room.on("events", ({ source }) => sources.push(source));
		await inside(reader);
		await reader.until(() => reader.messages.length === 50);
		expect(sources).toEqual(["history"]);
		expect(texts(reader)).toEqual(numbers(60).slice(10));
		await speaker.room.say("live");
		await reader.until(() => reader.messages.length === 51);
		expect(texts(reader).at(-1)).toBe("live");
		const { events } = await reader.room.history();
		expect(events.flatMap((event) => (event.kind === "message" ? event.text : []))).toEqual(numbers(10));
		// Before any event that is known, too, by its place in the log.
		const again = await reader.room.history({ before: (reader.messages[0] as MessageEvent).offset, limit: 2 });
		expect(again.events).toEqual(events.slice(-2));
		expect(reader.connection.state).toEqual({ phase: "live", transport });
	});

	test.concurrent("[DOWN-3] what is said is answered with the message as others see it, and seen by its sender too", async () => {
		const id = await newRoom();
		const [speaker, reader] = await Promise.all([come(id, transport, { name: `小明 ${id}` }), come(id, transport)]);
		const said = await speaker.room.say("你好  ", { style: { mode: 4, color: 255 } });
		expect(said).toMatchObject({ fate: "shown", event: { text: "你好", style: { mode: 4, color: 255 }, from: { name: `小明 ${id}` } } });
		await Promise.all([speaker, reader].map((person) => person.until(() => person.messages.length === 1)));
		for (const person of [speaker, reader]) expect(person.messages).toEqual([said.event]);
		const answer = await reader.room.say("嗯", { replyTo: said.id });
		expect(answer.event.replyTo).toBe(said.id);
	});

	test.concurrent("[WS-4] what is said in one breath arrives in the order it was said", async () => {
		const id = await newRoom();
		const [speaker, reader] = await Promise.all([come(id, transport), come(id, transport)]);
		const said = await Promise.all(numbers(40).map((text) => speaker.room.say(text)));
		expect(said.map(({ event }) => event.offset)).toEqual(upward(said[0]?.event.offset, 40));
		await reader.until(() => reader.messages.length === 40);
		expect(texts(reader)).toEqual(numbers(40));
	});

	test.concurrent("[SAY-3] the same key is the same message, however often it is said", async () => {
		const id = await newRoom();
		const speaker = await come(id, transport);
		const first = await speaker.room.say("once", { key: "k" });
		expect(await speaker.room.say("once", { key: "k" })).toEqual(first);
		expect((await refusal(speaker.room.say("again", { key: "k" }))).code).toBe("conflict");
		await speaker.room.say("end");
		await speaker.until(() => speaker.messages.length === 2);
		expect(texts(speaker)).toEqual(["once", "end"]);
	});

	test.concurrent("[DOWN-5] a refusal says why, and where waiting helps, how long", async () => {
		const id = await newRoom();
		const [host, guest] = await Promise.all([come(id, transport, { token: adminKey }), come(id, transport)]);
		expect(await refusal(guest.room.say("  "))).toMatchObject({ code: "text_empty", retryAfterMs: null });
		expect((await refusal(guest.room.say("长".repeat(501)))).code).toBe("text_too_long");
		await host.room.configure({ slowModeSeconds: 60 });
		await guest.room.say("one");
		const slow = await refusal(guest.room.say("two"));
		expect(slow.code).toBe("slow_mode");
		expect(slow.retryAfterMs).toBeWithin(50_000, 60_001);
		await host.room.configure({ write: "staff" });
		expect((await refusal(guest.room.say("three"))).code).toBe("read_only");
		await host.room.say("but the host may");
	});

	test.concurrent("[SAY-5] a message is taken back by who said it, for everyone, and by no other guest", async () => {
		const id = await newRoom();
		const [speaker, other] = await Promise.all([come(id, transport), come(id, transport)]);
		const deletions: DeleteEvent[] = [];
		other.room.on("delete", (event) => deletions.push(event));
		const { id: message } = await speaker.room.say("oops");
		expect((await refusal(other.room.delete(message))).code).toBe("forbidden");
		await speaker.room.delete(message);
		await other.until(() => deletions.length === 1);
		expect(deletions[0]).toMatchObject({ target: message });
		expect(deletions[0]).not.toHaveProperty("by");
		expect((await refusal(speaker.room.delete("nothing"))).code).toBe("message_not_found");
	});

	test.concurrent("[AUTH-4] settings are changed by who runs the room, and reach everyone in it", async () => {
		const id = await newRoom();
		const [host, guest] = await Promise.all([come(id, transport, { token: adminKey }), come(id, transport)]);
		expect((await refusal(guest.room.configure({ title: "Mine" }))).code).toBe("forbidden");
		await host.room.configure({ title: "Tonight" });
		await guest.until(() => guest.room.settings?.title === "Tonight");
		const late = await come(id, transport, {}, { after: guest.room.cursor ?? undefined });
		expect(late.room.settings?.title).toBe("Tonight");
	});

	test.concurrent("[FAN-3] likes and how many are watching reach everyone", async () => {
		const id = await newRoom();
		const [fan, reader] = await Promise.all([come(id, transport), come(id, transport)]);
		const speaker = await come(id, "websocket");
		fan.room.like(3);
		fan.room.like(4);
		await speaker.until(() => speaker.room.likes === 7);
		// A held request is not answered for likes alone, but brings them with whatever is said next.
		await speaker.room.say("!");
		await reader.until(() => reader.room.likes === 7 && reader.room.viewers > 0);
	});

	test.concurrent("[LOG-6] a cursor from an earlier visit brings what was missed, and nothing twice", async () => {
		const id = await newRoom();
		const speaker = await come(id, "websocket");
		for (const text of numbers(5)) await speaker.room.say(text);
		const { cursor } = await speaker.room.say("6");
		for (const text of ["7", "8", "9"]) await speaker.room.say(text);
		await untilHistory(speaker, 9);
		const joined: RoomEvents["joined"][] = [];
		const reader = approach(id, { transport }, { after: cursor });
		reader.room.on("joined", (event) => joined.push(event));
		await reader.until(() => reader.messages.length === 3);
		expect(texts(reader)).toEqual(["7", "8", "9"]);
		expect(joined).toEqual([{ recovered: true, missed: 3, first: true }]);
		expect(reader.room.settings?.title).toBe(id);
	});

	test.concurrent("[LOG-5] a cursor that is none of this room's starts over, and is no error", async () => {
		const id = await newRoom();
		const speaker = await come(id, "websocket");
		await speaker.room.say("here");
		await untilHistory(speaker, 1);
		for (const after of ["elsewhere.zz", "not a cursor"]) {
			const resets: unknown[] = [];
			const joined: RoomEvents["joined"][] = [];
			const reader = approach(id, { transport }, { after });
			reader.room.on("reset", () => resets.push(1));
			reader.room.on("joined", (event) => joined.push(event));
			await reader.until(() => reader.messages.length === 1);
			expect(joined).toEqual([{ recovered: false, missed: 0, first: true }]);
			// What is no cursor at all is not kept, so that there is nothing to start over from.
			expect(resets).toHaveLength(after.includes(" ") ? 0 : 1);
		}
	});

	test.concurrent("[ROOM-4] a room that lets no guests in turns them away, and lets in who may", async () => {
		const id = await newRoom();
		const host = await come(id, "websocket", { token: adminKey });
		await host.room.configure({ guests: false });
		const guest = approach(id, { transport });
		const reasons: HubbubError[] = [];
		guest.room.on("rejected", (error) => reasons.push(error));
		await guest.until(() => guest.room.phase === "left");
		expect(reasons.map(({ code }) => code)).toEqual(["guests_not_allowed"]);
		const member = await come(id, transport, { token: adminKey });
		await member.room.say("let in");
		await member.until(() => member.messages.length === 1);
	});

	test.concurrent("[CODE-1] a token that is not valid ends it for good, with the reason", async () => {
		const id = await newRoom();
		const person = approach(id, { transport, token: "not.a.token" });
		await person.until(() => person.connection.state.phase === "closed");
		expect(person.connection.state).toMatchObject({ code: "unauthorized" });
	});

	test.concurrent("a room is left and entered again, where it was, and others stay", async () => {
		const id = await newRoom();
		const [reader, speaker] = await Promise.all([come(id, transport), come(id, "websocket")]);
		const other = reader.connection.room(`${id}-other`);
		const heard = new Promise((resolve) => other.on("message", resolve));
		await speaker.room.say("1");
		await reader.until(() => reader.messages.length === 1);
		reader.room.leave();
		await speaker.room.say("2");
		expect(reader.connection.room(id)).toBe(reader.room);
		await reader.until(() => reader.messages.length === 2);
		expect(texts(reader)).toEqual(["1", "2"]);
		await other.say("still here");
		expect(await heard).toMatchObject({ text: "still here" });
	});

	test.concurrent("[LOG-1] 200 messages a second, all shown, leave no gap and no disorder", async () => {
		const id = await newRoom();
		const reader = await come(id, transport);
		const speakers = await Promise.all(numbers(4).map(() => come(id, "websocket")));
		for (let step = 0; step < 40; step++) {
			for (const [index, speaker] of speakers.entries()) void speaker.room.say(`${index}/${step}`);
			void speakers[0]?.room.say(`more ${step}`);
			await Bun.sleep(25);
		}
		await reader.until(() => reader.messages.length === 200);
		expect(reader.messages.map(({ offset }) => offset)).toEqual(upward(reader.messages[0]?.offset, 200));
	});
});

test.concurrent("[POLL-4] a short poller whose room is quiet is told so by its validator, and sends no token that a cache would mind", async () => {
	const id = await newRoom();
	const weather = new Weather();
	const tokens: (string | null)[] = [];
	const fetch = weather.environment.fetch as (url: string, init: RequestInit) => Promise<Response>;
	const environment = {
		...weather.environment,
		fetch: (url: string, init: RequestInit) => {
			if (init.method === "GET") tokens.push(new Headers(init.headers).get("authorization"));
			return fetch(url, init);
		},
	};
	await come(id, "short-poll", { environment });
	while (weather.counts.unchanged < 2) await Bun.sleep(20);
	expect(new Set(tokens)).toEqual(new Set([null]));
});

test.concurrent("more rooms than a browser has connections for are all read, by streams and by polls", async () => {
	const id = await newRoom();
	const weather = new Weather();
	const reader = await come(id, "event-stream", { environment: weather.environment });
	const ids = [id, ...numbers(4, `${id}-`)];
	const heard = ids.map(
		(room) => new Promise<unknown>((resolve) => reader.connection.room(room).on("message", ({ text }) => resolve(text))),
	);
	for (const room of ids) await reader.connection.room(room).say(room);
	expect(await Promise.all(heard)).toEqual(ids);
	expect(weather.counts.streams).toBe(3);
});
