import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Batch, Joined } from "@hubbub/protocol/downstream.ts";
import { SignJWT } from "jose";
import { connect, until } from "./client.ts";
import { jwtSecret, startServer, type TestServer } from "./start-server.ts";

// Every byte that a room gives to the public, read while somebody runs it who never says a word.

const room = "moderated";
const actor = { sub: "u-quiet-7f3a", name: "Quiet Moderator" };
const secret = "something that was better not said";

let server: TestServer;
let token: string;
const ends: (() => void)[] = [];
beforeAll(async () => {
	server = await startServer({ HUBBUB_RATE_LIMIT: "off" });
	const claims = { ...actor, exp: Math.floor(Date.now() / 1_000) + 600, roles: { [room]: ["moderator"] } };
	token = await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(jwtSecret));
});
afterAll(async () => {
	for (const end of ends) end();
	await server.stop();
});

async function act(path: string, method: string, body?: object): Promise<void> {
	const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
	const answer = await server.request(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
	expect(answer.ok).toBe(true);
}

/** What a room is seen to do by one way: all that it wrote, as it came. */
type Watch = () => Promise<{ written(): string }>;

const address = () => `${server.http}/rooms/${room}/events`;

const overFrames: Watch = async () => {
	const client = await connect(`${server.ws}/rooms/${room}`);
	await client.next("joined");
	ends.push(() => void client.close());
	return { written: () => JSON.stringify(client.frames) };
};

const overLines: Watch = async () => {
	const socket = new WebSocket(`${server.ws}/rooms/${room}`);
	const lines: string[] = [];
	socket.onmessage = ({ data }) => lines.push(String(data));
	ends.push(() => socket.close());
	await until(() => lines.length > 0);
	return { written: () => lines.join("\n") };
};

const overStream: Watch = async () => {
	const stop = new AbortController();
	ends.push(() => stop.abort());
	const answer = await fetch(address(), { headers: { accept: "text/event-stream" }, signal: stop.signal });
	let written = "";
	const read = async () => {
		for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) written += chunk;
	};
	read().catch(() => {});
	await until(() => written.includes('"joined"'));
	return { written: () => written };
};

const byPolls =
	(wait: number): Watch =>
	async () => {
		let written = "";
		let after = "";
		let isOver = false;
		ends.push(() => {
			isOver = true;
		});
		const ask = async () => {
			const answer = await fetch(
				`${address()}?${new URLSearchParams({ ...(after && { after }), ...(wait > 0 && { wait: String(wait) }) })}`,
			);
			const text = await answer.text();
			written += text;
			after = (JSON.parse(text) as Batch | Joined).cursor;
		};
		await ask();
		const read = async () => {
			while (!isOver) {
				await ask();
				await Bun.sleep(50);
			}
		};
		read().catch(() => {});
		return { written: () => written };
	};

/** Asks once, when all is over. */
const afterwards =
	(path: string): Watch =>
	async () => {
		const answer = await server.request(path);
		const written = await answer.text();
		return { written: () => written };
	};

const live: Record<string, Watch> = {
	"a WebSocket": overFrames,
	"the lines of a WebSocket": overLines,
	"an event stream": overStream,
	"polls that wait": byPolls(5),
	"polls that do not": byPolls(0),
};
const late: Record<string, Watch> = {
	...live,
	"the archive": afterwards(`/rooms/${room}/messages?limit=200`),
	"the archive of the API": afterwards(`/api/v1/rooms/${room}/messages?limit=200`),
};

describe("[SAY-7] who runs a room is in none of the bytes that it gives to the public", () => {
	const seen = new Map<string, { written(): string }>();

	beforeAll(async () => {
		await act(`/api/v1/rooms/${room}`, "PUT", { title: "Before" });
		for (const [way, watch] of Object.entries(live)) seen.set(`live, by ${way}`, await watch());
		const speaker = await connect(`${server.ws}/rooms/${room}`, { name: "Ann" });
		ends.push(() => void speaker.close());
		await speaker.next("joined");
		const said = await speaker.say(secret, { room });
		if (said.type !== "ack") throw new Error(said.code);
		await act(`/api/v1/rooms/${room}/pin`, "PUT", { id: said.id });
		await act(`/api/v1/rooms/${room}/pin`, "DELETE");
		await act(`/api/v1/rooms/${room}/pin`, "PUT", { id: said.id });
		await act(`/api/v1/rooms/${room}/pin`, "PUT", { id: said.id });
		await act(`/api/v1/rooms/${room}/messages/${said.id}`, "DELETE");
		await act(`/api/v1/rooms/${room}/pin`, "DELETE");
		await act("/frames", "POST", { type: "settings", room, settings: { slowModeSeconds: 0, title: "After" } });
		await speaker.say("the end", { room });
		for (const { written } of seen.values()) await until(() => written().includes("the end"));
		for (const [way, watch] of Object.entries(late)) seen.set(`late, by ${way}`, await watch());
	});

	test.each([...Object.keys(live).map((way) => `live, by ${way}`), ...Object.keys(late).map((way) => `late, by ${way}`)])("%s", (way) => {
		const written = seen.get(way)!.written();
		for (const trace of [actor.sub, actor.name, '"by"']) expect(written).not.toContain(trace);
		// What they did is there.
		expect(written).toContain("After");
		expect(written).toContain(/lines/.test(way) ? "pinned" : '"kind":"pin"');
		if (!way.startsWith("live")) expect(written).not.toContain(secret);
	});
});
