import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import type { Server } from "bun";
import { rowOf } from "../report/result.ts";
import { recordTransports, withTable } from "../report/transports.ts";
import { Account, emptyTally } from "./account.ts";
import { nowUs } from "./clock.ts";
import { Crowd } from "./crowd.ts";
import { AnswerFraming, clientFrame, type Framing, type Piece, SocketFraming, StreamFraming } from "./framing.ts";
import { readPayload } from "./reading.ts";

const event = (offset: number, sent = "1") => `{"offset":${offset},"kind":"message","text":"~0:${offset}:${sent}~ \\"offset\\":99 hi"}`;
const batch = (offsets: readonly number[], rest = "") =>
	`{"type":"batch","room":"r","cursor":"e.${offsets.at(-1) ?? 0}"${rest},"events":[${offsets.map((offset) => event(offset)).join(",")}]}`;

/** The pieces of a connection whose bytes come one at a time. */
function drip(framing: Framing, bytes: string): Piece[] {
	return [...bytes].flatMap((byte) => framing.push(byte));
}

function latin1(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString("latin1");
}

describe("reading", () => {
	test("a batch's cursor, offsets and times are found, and what people write is no field", () => {
		const reading = readPayload(batch([4, 5], ',"omitted":3'));
		expect(reading).toEqual({ kind: "news", cursor: "e.5", offsets: [4, 5], sentUs: [1, 1], omitted: 3, start: "on" });
	});

	test("a text that came before is not looked through again", () => {
		expect(readPayload(batch([7]))).toBe(readPayload(batch([7])));
	});

	test("refusals and gaps are known for what they are", () => {
		expect(readPayload('{"type":"bye","code":"draining"}').kind).toBe("refused");
		expect(readPayload('{"type":"reject","code":"rate_limited"}').kind).toBe("refused");
		expect(readPayload('{"type":"gap","from":"e.1","to":"e.3"}').kind).toBe("gap");
		expect(readPayload('{"type":"welcome"}').kind).toBe("other");
	});
});

describe("the account", () => {
	const after = (...texts: string[]) => {
		const account = new Account();
		const tally = emptyTally();
		for (const text of texts) account.take(readPayload(text), 11, tally);
		return { account, tally };
	};

	test("what came once and in order is whole, with its delays", () => {
		const { account, tally } = after(batch([1, 2]), batch([3]));
		expect([account.missing(3), account.doubled, account.restarts, account.unmarked]).toEqual([0, 0, 0, 0]);
		expect(tally).toMatchObject({ deliveries: 3, delaysUs: [10, 10, 10] });
	});

	test("what is passed over is missing, and what comes late or again is doubled", () => {
		const { account } = after(batch([1]), batch([3]), batch([2, 3]));
		expect([account.missing(3), account.doubled]).toEqual([1, 2]);
	});

	test("what was told to be left out is not missing", () => {
		expect(after(batch([1]), batch([4], ',"omitted":2')).account.missing(4)).toBe(0);
	});

	test("starting over is counted, but for the first time", () => {
		const over = batch([], ',"recovered":false');
		expect(after(over, batch([1])).account.restarts).toBe(0);
		expect(after(over, batch([1]), over).account.restarts).toBe(1);
	});
});

describe("framing", () => {
	test("answers that come byte by byte are cut by their length, and a refusal is an end", () => {
		const answer = (status: string, body: string) => `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
		const bytes = `${answer("200 OK", "one")}${answer("200 OK", "")}${answer("429 Too Many Requests", "no")}`;
		expect(drip(new AnswerFraming(), bytes)).toEqual([
			{ kind: "payload", text: "one" },
			{ kind: "payload", text: "" },
			{ kind: "end", why: "answered HTTP/1.1 429 Too Many Requests" },
		]);
	});

	test("a stream's events are whole across chunks, comments are passed over, and the last chunk is the end", () => {
		const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
		const bytes = `${head}9\r\ndata: one\r\n10\r\n\n\n: quiet\n\nid: 2\r\nb\r\n\ndata: two\n\r\n1\r\n\n\r\n0\r\n\r\n`;
		expect(drip(new StreamFraming(), bytes)).toEqual([
			{ kind: "payload", text: "one" },
			{ kind: "payload", text: "two" },
			{ kind: "end", why: "the stream ended" },
		]);
	});

	test("frames of every length are cut, deflated ones inflated, and a close tells its code", () => {
		const long = "x".repeat(300);
		const deflated = `\x01${latin1(deflateRawSync(Buffer.from(long)))}`;
		const frames = `\x81\x02hi\x81\x7e\x01\x2c${long}\x82${String.fromCharCode(deflated.length)}${deflated}\x89\x01?\x88\x02\x10\x04`;
		expect(drip(new SocketFraming(), `HTTP/1.1 101 Switching Protocols\r\n\r\n${frames}`)).toEqual([
			{ kind: "agreed" },
			{ kind: "payload", text: "hi" },
			{ kind: "payload", text: long },
			{ kind: "payload", text: long },
			{ kind: "ping", text: "?" },
			{ kind: "end", why: "closed with 4100" },
		]);
	});

	test("what a client sends has a mask, and its length in two bytes where it is long", () => {
		expect(clientFrame(1, "hi")).toBe("\x81\x82\0\0\0\0hi");
		expect(clientFrame(1, "x".repeat(300)).slice(0, 8)).toBe("\x81\xfe\x01\x2c\0\0\0\0");
	});
});

describe("a crowd", () => {
	let server: Server<undefined> | null = null;
	let crowd: Crowd | null = null;

	afterEach(async () => {
		crowd?.leave();
		await server?.stop(true);
	});

	test("each long poller asks on with its own cursor until it has everything, and every byte is counted", async () => {
		const asked: (string | null)[] = [];
		const answers: Record<string, string> = { none: batch([]), "e.0": batch([1, 2]), "e.2": batch([3]) };
		server = Bun.serve({
			...{ port: 0, hostname: "127.0.0.1" },
			fetch(request) {
				const cursor = new URL(request.url).searchParams.get("after");
				asked.push(cursor);
				return cursor === "e.3" ? new Promise<Response>(() => {}) : new Response(answers[cursor ?? "none"]);
			},
		});
		crowd = new Crowd({ port: server.port as number, room: "r", way: "long-poll", viewers: 2, nowUs });
		await crowd.enter();
		while (crowd.missing(3) > 0) await Bun.sleep(5);
		while (asked.length < 8) await Bun.sleep(5);
		const report = crowd.report(3);
		expect(asked.toSorted()).toEqual(["e.0", "e.0", "e.2", "e.2", "e.3", "e.3", null, null]);
		expect(report).toMatchObject({ deliveries: 6, requests: 8, missing: 0, doubled: 0, failed: 0 });
		const heads = (after: string) => `GET /rooms/r/events?wait=25${after} HTTP/1.1\r\nHost: localhost\r\n\r\n`.length;
		expect(report.bytesUp).toBe(2 * (heads("") + 3 * heads("&after=e.0")));
		expect(report.bytesDown).toBeGreaterThan(2 * Object.values(answers).join("").length);
	});

	test("whoever is refused is told of, with the reason", async () => {
		server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("no", { status: 403 }) });
		crowd = new Crowd({ port: server.port as number, room: "r", way: "stream", viewers: 3, nowUs });
		await crowd.enter();
		expect(crowd.report(1)).toMatchObject({ failed: 3, missing: 3, why: "answered HTTP/1.1 403 Forbidden" });
	});
});

test("a page without its markers is not written over", () => {
	expect(withTable("a <!-- measured:transports -->old<!-- /measured --> b", "x.md", "new")).toBe(
		"a <!-- measured:transports -->\n\nnew\n\n<!-- /measured --> b",
	);
	expect(() => withTable("nothing", "x.md", "new")).toThrow("x.md has lost");
});

test("the table on record stands in both languages' pages, with the words of each", () => {
	const root = mkdtempSync(join(tmpdir(), "hubbub-bench-pages-"));
	const pages = ["docs/transports.md", "docs/transports.zh-CN.md"].map((file) => join(root, file));
	try {
		for (const folder of ["docs", "bench/results"]) mkdirSync(join(root, folder), { recursive: true });
		for (const page of pages) writeFileSync(page, "before\n<!-- measured:transports -->\n<!-- /measured -->\nafter\n");
		recordTransports(root);
		expect(readFileSync(pages[0] as string, "utf8")).toBe("before\n<!-- measured:transports -->\n<!-- /measured -->\nafter\n");
		const result = {
			...{ part: "transports", at: "2026-11-23T08:00:00.000Z", rounds: 3, scale: 1, machine: { processor: "A processor" } },
			columns: [
				{ key: "requests", title: "requests", unit: "/s" },
				{ key: "load", title: "of the viewers", unit: "%" },
				{ key: "p50", title: "p50", unit: "ms" },
			],
			rows: [rowOf("long polling", [{ figures: { requests: 400, load: 7, p50: 19 }, faults: [] }])],
		};
		writeFileSync(join(root, "bench/results/transports.json"), JSON.stringify(result));
		recordTransports(root);
		recordTransports(root);
		const [english, chinese] = pages.map((page) => readFileSync(page, "utf8"));
		expect(english).toContain("|  | requests | delay, median |\n|---|---:|---:|\n| long polling | 400/s | 19 ms |\n");
		expect(chinese).toContain("|  | 请求 | 延迟中位数 |\n|---|---:|---:|\n| 长轮询 | 400/s | 19 ms |\n");
		expect(english?.match(/^before\n<!-- measured:transports -->\n\n[\s\S]*\n\n<!-- \/measured -->\nafter\n$/)).not.toBeNull();
	} finally {
		rmSync(root, { recursive: true, force: true });
	}
});
