import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Batch, Downstream } from "@hubbub/protocol/downstream.ts";
import { startServer, type TestServer } from "./start-server.ts";

// Debian's own Python: another one further up the path would not see Debian's modules.
const python = ["/usr/bin/python3", join(import.meta.dir, "stranger.py")];

let server: TestServer;
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off", HUBBUB_LAB: "on", HUBBUB_LAB_PORT: "0" });
});
afterAll(() => server.stop());

/** A program that talks in lines. */
class Program {
	readonly child: Bun.Subprocess<"pipe", "pipe", "pipe">;
	readonly #lines: AsyncIterator<string>;

	constructor(command: readonly string[]) {
		this.child = Bun.spawn([...command], { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
		this.#lines = linesOf(this.child.stdout);
	}

	/** The first line from here on that fits. Throws where the program ends before. */
	async line(fits: (line: string) => boolean): Promise<string> {
		for (let next = await this.#lines.next(); !next.done; next = await this.#lines.next()) if (fits(next.value)) return next.value;
		throw new Error(`The program ended: ${await new Response(this.child.stderr).text()}`);
	}

	say(line: string): void {
		this.child.stdin.write(`${line}\n`);
		this.child.stdin.flush();
	}

	async end(): Promise<number> {
		this.child.stdin.end();
		return this.child.exited;
	}
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
	const decoder = new TextDecoder();
	let held = "";
	for await (const chunk of stream) {
		held += decoder.decode(chunk, { stream: true });
		const lines = held.split("\n");
		held = lines.pop() as string;
		yield* lines;
	}
}

async function curl(...args: string[]): Promise<string> {
	const child = Bun.spawn(["curl", "-sS", "--fail-with-body", ...args], { stdout: "pipe", stderr: "pipe" });
	const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
	if (errors !== "") throw new Error(`${errors} ${output}`);
	return output;
}

const events = () => `${server.http}/rooms/strangers/events`;
const holds = (line: string, text: string) => line.includes(JSON.stringify(text));

/** Somebody who knows curl: reads in some way, and says things by `POST`. */
interface Reader {
	/** Reads until a message with that text has come. */
	until(text: string): Promise<void>;
	/** Every message read, in order. */
	readonly texts: string[];
	end(): Promise<void>;
}

function messagesOf(frame: Downstream): string[] {
	return "events" in frame ? frame.events.flatMap((event) => (event.kind === "message" ? event.text : [])) : [];
}

const readers: Record<string, () => Promise<Reader>> = {
	async "curl -N, an event stream"() {
		const program = new Program([
			"curl",
			"-sSN",
			"-H",
			"Accept: text/event-stream",
			`${events()}?after=${(JSON.parse(await curl(events())) as Batch).cursor}`,
		]);
		const texts: string[] = [];
		return {
			texts,
			async until(text) {
				while (!texts.includes(text)) {
					const line = await program.line((next) => next.startsWith("data: "));
					texts.push(...messagesOf(JSON.parse(line.slice("data: ".length))));
				}
			},
			async end() {
				program.child.kill();
				await program.child.exited;
			},
		};
	},
	"curl in a loop, long polls": () => pollWith("25"),
	"curl in a loop, short polls": () => pollWith("0"),
};

async function pollWith(wait: string): Promise<Reader> {
	let { cursor } = JSON.parse(await curl(events())) as Batch;
	const texts: string[] = [];
	return {
		texts,
		async until(text) {
			while (!texts.includes(text)) {
				const batch = JSON.parse(await curl(`${events()}?wait=${wait}&after=${cursor}`)) as Batch;
				cursor = batch.cursor;
				texts.push(...messagesOf(batch));
			}
		},
		end: async () => {},
	};
}

describe("two clients that nobody here wrote", () => {
	for (const [what, open] of Object.entries(readers))
		test(`[SAY-2] Python's websockets and ${what}, talk with one another`, async () => {
			const socket = new Program([...python, "v1", `${server.ws}/ws`]);
			await socket.line((line) => line.includes('"joined"'));
			const reader = await open();
			const expected: string[] = [];
			for (let count = 0; count < 3; count++) {
				const [asked, answered] = [`${what}: 你好 ${count}`, `${what}: 你也好 ${count}`];
				expected.push(asked, answered);
				socket.say(asked);
				await socket.line((line) => line.includes('"ack"') && holds(line, asked));
				await reader.until(asked);
				const said = JSON.parse(
					await curl("--json", JSON.stringify({ key: answered, text: answered }), `${server.http}/rooms/strangers/messages`),
				);
				expect(said).toMatchObject({ fate: "shown", event: { text: answered } });
				await socket.line((line) => line.includes('"batch"') && holds(line, answered));
			}
			await reader.until(expected.at(-1) as string);
			// A short poll begins as of a second ago: what others said then may come first.
			expect(reader.texts.filter((text) => text.startsWith(what))).toEqual(expected);
			await reader.end();
			expect(await socket.end()).toBe(0);
		});

	test("[TXT-3] Python's websockets without a subprotocol reads and writes plain lines", async () => {
		const [one, other] = [
			new Program([...python, "text", `${server.ws}/rooms/plain`]),
			new Program([...python, "text", `${server.ws}/rooms/plain`]),
		];
		await one.line((line) => line.startsWith("* "));
		await other.line((line) => line.startsWith("* "));
		one.say("hello");
		expect(await other.line((line) => line.endsWith(": hello"))).toMatch(/^guest-\w{4}: hello$/);
		await one.line((line) => line.endsWith(": hello"));
		expect(await one.end()).toBe(0);
		expect(await other.end()).toBe(0);
	});

	test("[WS-5] Python's websockets is told why it is turned away, and closes as it should", async () => {
		const socket = new Program([...python, "v1", `${server.ws}/ws`, "no such token"]);
		expect(await socket.line((line) => line.includes('"bye"'))).toContain('"unauthorized"');
		expect(JSON.parse(await socket.line((line) => line.includes('"closed"')))).toEqual({
			type: "closed",
			code: 4001,
			reason: "unauthorized",
		});
		expect(await socket.end()).toBe(0);
	});

	test("[LAB-2] Python's websockets has messages up to 16 MiB echoed, compressed", async () => {
		const socket = new Program([...python, "echo", `ws://127.0.0.1:${server.labPort}/lab/echo`]);
		expect(await socket.line(() => true)).toBe("compressed");
		expect(await socket.end()).toBe(0);
	});

	test("[CODE-2] curl is told what went wrong by status and by problem", async () => {
		const answer = await curl("-i", `${server.http}/rooms/Not%20A%20Room/events`).catch((fault: Error) => fault.message);
		expect(answer).toContain("HTTP/1.1 404");
		expect(answer.toLowerCase()).toContain("content-type: application/problem+json");
		expect(answer).toContain('"code":"room_not_found"');
	});
});
