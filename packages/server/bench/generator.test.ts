import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import type { Server, ServerWebSocket } from "bun";
import { Generator, type Report } from "./load/generator.ts";
import { quantileMs } from "./load/histogram.ts";
import { writeScript } from "./load/script.ts";

/** A server that tells every viewer what a test gives it, and repeats to the test what comes in. */
let server: Server<undefined>;
let sockets: Set<ServerWebSocket<undefined>>;
let heard: string[];
let onOpen: (socket: ServerWebSocket<undefined>) => void;

const canCompile = process.platform === "linux" && Bun.which("gcc") !== null;
const joined = '{"type":"joined","room":"r","cursor":"e.0","recovered":true,"events":[]}';

/** A marker as senders write it: sender, number, and the time of sending in microseconds, here long ago. */
const marker = (number: number, sender = 0) => `~${sender.toString(36)}:${number.toString(36)}:1~`;
const batch = (numbers: readonly number[], rest = "") =>
	`{"type":"batch","room":"r","cursor":"e.${(numbers.at(-1) ?? 0).toString(36)}","events":[${numbers.map((number) => `{"text":"${marker(number)} hi"}`).join(",")}]${rest}}`;

beforeAll(() => {
	sockets = new Set();
	heard = [];
	onOpen = () => {};
	server = Bun.serve({
		port: 0,
		hostname: "127.0.0.1",
		fetch: (request, listener) => (listener.upgrade(request) ? undefined : new Response(null, { status: 400 })),
		websocket: {
			perMessageDeflate: true,
			open(socket) {
				sockets.add(socket);
				onOpen(socket);
			},
			message(socket, message) {
				heard.push(String(message));
				if (String(message).startsWith("hello")) socket.send(joined);
			},
			close(socket) {
				sockets.delete(socket);
			},
		},
	});
});

afterAll(() => server.stop(true));

/** Runs a generator of viewers against the server. */
async function withViewers(
	work: (viewers: Generator) => Promise<void>,
	options: { connections?: number; extensions?: string; senders?: number } = {},
): Promise<void> {
	heard = [];
	const { connections = 1, extensions, senders = 2 } = options;
	const dialect = { path: "/", hello: "hello {n}", rejoin: "hello again {n} {cursor}", joined: '{"type":"joined"', extensions };
	const viewers = await Generator.start({ port: server.port as number, dialect, connections, senders });
	try {
		await viewers.open();
		await work(viewers);
	} finally {
		await viewers.stop();
	}
}

function tell(...frames: (string | Uint8Array)[]): void {
	for (const socket of sockets) for (const frame of frames) socket.send(frame);
}

/** Reports until `enough` says so: frames take a moment to arrive. */
async function reportWhen(viewers: Generator, enough: (report: Report) => boolean): Promise<Report> {
	for (;;) {
		const report = await viewers.report();
		if (enough(report)) return report;
		await Bun.sleep(5);
	}
}

describe.skipIf(!canCompile)("the generator's audit", () => {
	test("messages in order, one or many in a frame, are delivered and nothing else", async () => {
		await withViewers(async (viewers) => {
			tell(batch([1]), `bare ${marker(2)} text`, batch([3, 4, 5]), marker(1, 1));
			expect(await reportWhen(viewers, ({ deliveries }) => deliveries === 6)).toMatchObject({ missing: 0, doubled: 0, disordered: 0 });
		});
	});

	test("a message that never comes is missing, one that comes late is disordered, one that comes again is doubled", async () => {
		await withViewers(async (viewers) => {
			tell(batch([1, 2, 5]), batch([4]), batch([2]));
			const report = await reportWhen(viewers, ({ doubled }) => doubled === 1);
			expect(report).toMatchObject({ deliveries: 4, missing: 1, disordered: 1, doubled: 1 });
		});
	});

	test("the first message is due, too", async () => {
		await withViewers(async (viewers) => {
			tell(batch([2]));
			expect(await reportWhen(viewers, ({ deliveries }) => deliveries === 1)).toMatchObject({ missing: 1 });
		});
	});

	test("what was told to be left out is counted as such, and makes a viewer whole", async () => {
		await withViewers(async (viewers) => {
			tell(batch([1, 2, 5], ',"omitted":2,"ambient":{"viewers":3}'));
			expect(await viewers.whole(5, 10_000)).not.toBeNull();
			expect(await viewers.report()).toMatchObject({ deliveries: 3, omitted: 2, missing: 2 });
		});
	});

	test("a gap is counted by its cursors", async () => {
		await withViewers(async (viewers) => {
			tell(batch([1]), '{"type":"gap","room":"r","from":"e.1","to":"e.1c"}', batch([49]));
			expect(await reportWhen(viewers, ({ deliveries }) => deliveries === 2)).toMatchObject({ gaps: 47, missing: 47 });
		});
	});

	test("viewers who saw the room in different orders are told apart", async () => {
		await withViewers(
			async (viewers) => {
				const [one, other] = [...sockets];
				one?.send(`${marker(1, 0)} ${marker(1, 1)}`);
				other?.send(`${marker(1, 1)} ${marker(1, 0)}`);
				const report = await reportWhen(viewers, ({ deliveries }) => deliveries === 4);
				expect(report).toMatchObject({ orders: 2, missing: 0, disordered: 0 });
			},
			{ connections: 2 },
		);
	});

	test("a frame that comes in pieces is read whole", async () => {
		await withViewers(async (viewers) => {
			tell(batch(Array.from({ length: 20_000 }, (_, index) => index + 1)));
			expect(await reportWhen(viewers, ({ deliveries }) => deliveries >= 20_000)).toMatchObject({ missing: 0, garbled: 0 });
		});
	});

	test("batches that were deflated for the room are inflated: stored, fixed and dynamic blocks", async () => {
		await withViewers(async (viewers) => {
			const text = `${"草".repeat(300)} and some more ${Math.PI}`;
			const frames = [0, 1, 9].map((level, index) => {
				const json = batch([index + 1]).replace("hi", text);
				return Buffer.concat([Buffer.of(1), deflateRawSync(json, { level })]);
			});
			tell(...frames, Buffer.concat([Buffer.of(1), deflateRawSync(batch([4]))]));
			const report = await reportWhen(viewers, ({ deliveries, garbled }) => deliveries + garbled === 4);
			expect(report).toMatchObject({ deliveries: 4, garbled: 0, missing: 0 });
			expect(report.raw_bytes).toBeGreaterThan(report.wire_bytes);
		});
	});

	test("permessage-deflate is read", async () => {
		const extensions = "permessage-deflate; client_no_context_takeover; server_no_context_takeover";
		await withViewers(
			async (viewers) => {
				for (const socket of sockets) for (const number of [1, 2, 3]) socket.send(batch([number]).repeat(4), true);
				const report = await reportWhen(viewers, ({ frames }) => frames >= 4);
				expect(report).toMatchObject({ deliveries: 3, doubled: 9, garbled: 0 });
			},
			{ extensions },
		);
	});

	test("who loses the connection comes back with the cursor, and is started over only where told so", async () => {
		await withViewers(async (viewers) => {
			tell(batch([1, 2, 3]));
			await reportWhen(viewers, ({ deliveries }) => deliveries === 3);
			await viewers.drop();
			onOpen = () => {};
			await viewers.open("return");
			expect(heard).toContain("hello again 0 e.3");
			tell(batch([4]));
			expect(await reportWhen(viewers, ({ deliveries }) => deliveries === 4)).toMatchObject({ missing: 0, restarts: 0 });
			tell('{"type":"joined","room":"r","cursor":"f.9","recovered":false,"events":[]}', batch([9]));
			expect(await reportWhen(viewers, ({ restarts }) => restarts === 1)).toMatchObject({ missing: 0 });
		});
	});

	test("latency is from the marker to the reading", async () => {
		await withViewers(async (viewers) => {
			const agoUs = 250_000;
			const uptimeUs = Math.round(Number(readFileSync("/proc/uptime", "latin1").split(" ", 1)[0]) * 1e6);
			tell(`~0:1:${(uptimeUs - agoUs).toString(36)}~`);
			const { latency } = await reportWhen(viewers, ({ deliveries }) => deliveries === 1);
			expect(quantileMs(latency, 0.5)).toBeGreaterThanOrEqual((agoUs / 1_000) * 0.97);
		});
	});
});

test.skipIf(!canCompile)("senders say their script in turn, each with its own numbers, and count what becomes of it", async () => {
	const folder = mkdtempSync(join(tmpdir(), "hubbub-generator-test-"));
	const path = join(folder, "script");
	await writeScript(path, [
		{ atUs: 0, sender: 0, text: "你好" },
		{ atUs: 1_000, sender: 1, text: 'a \\"quoted\\" word' },
		{ atUs: 1_000, sender: 0, text: "again" },
	]);
	heard = [];
	const dialect = { path: "/", hello: "hello {n}", joined: '{"type":"joined"' };
	const say = '{"key":"{key}","text":"{text}","ref":{ref}}';
	const senders = await Generator.start({ port: server.port as number, dialect, connections: 2, script: { path, say, window: 0 } });
	try {
		await senders.open();
		senders.play();
		await reportWhen(senders, () => heard.length === 5);
		const said = heard.slice(2).map((frame) => JSON.parse(frame) as { key: string; text: string; ref: number });
		// Each in its own order; which of two connections is heard first is chance.
		expect(said.filter(({ key }) => key.startsWith("0")).map(({ key, ref }) => [key, ref])).toEqual([
			["0-1", 1],
			["0-2", 2],
		]);
		const texts = said.map(({ text }) => text.replace(/^~(\w+:\w+):\w+~/, "$1 "));
		expect(texts.sort()).toEqual(["0:1 你好", "0:2 again", '1:1 a "quoted" word']);
		tell(`{"type":"ack","text":"${said[0]?.text}"}`, '{"type":"reject","code":"rate_limited"}');
		const report = await reportWhen(senders, ({ acknowledged, rejected }) => acknowledged + rejected === 4);
		expect(report).toMatchObject({ sent: 3, over: true, acknowledged: 2, rejected: 2 });
	} finally {
		await senders.stop();
		rmSync(folder, { recursive: true });
	}
});
