import { afterAll, beforeAll, expect, test } from "bun:test";
import { deflateRawSync, constants as zlib } from "node:zlib";
import { serverLimits } from "../src/runtime/limits.ts";
import { connect } from "./client.ts";
import { frameBytes, handshake, opcode, RawSocket } from "./raw-socket.ts";
import { startServer, type TestServer } from "./start-server.ts";

// What the lab does for one visitor is bounded, so that nobody in a room waits for it: counted in messages and bytes, not in seconds.

let server: TestServer;
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_LAB: "on" });
});
afterAll(() => server.stop());

interface Seen {
	readonly atMs: number;
	readonly saw: string;
	readonly text?: string | null;
	readonly from?: string;
	readonly payloadBytes?: number;
	readonly readyState?: number;
	readonly words?: string;
}

/** Opens the lab's client and waits until its connection stands. */
async function openWire(): Promise<RawSocket> {
	const raw = await RawSocket.upgrade(server.port, "/lab/wire", "");
	raw.send({ do: "open" });
	for (let seen = await nextSeen(raw); seen?.readyState !== 1; seen = await nextSeen(raw)) if (!seen) throw new Error("It did not open.");
	return raw;
}

async function nextSeen(raw: RawSocket): Promise<Seen | null> {
	const frame = await raw.next();
	return frame?.opcode === opcode.text ? JSON.parse(frame.payload.toString()) : null;
}

/** Everything that is told until the connection ends, and its close code. */
async function untilClosed(raw: RawSocket): Promise<{ seen: Seen[]; code: number | null }> {
	const seen: Seen[] = [];
	for (let frame = await raw.next(); frame; frame = await raw.next()) {
		if (frame.opcode === opcode.close) return { seen, code: frame.payload.readUInt16BE(0) };
		if (frame.opcode === opcode.text) seen.push(JSON.parse(frame.payload.toString()));
	}
	return { seen, code: null };
}

async function expectNeighbourWell(): Promise<void> {
	const neighbour = await connect(`${server.ws}/rooms/lobby`);
	expect((await neighbour.say("well")).type).toBe("ack");
	await neighbour.close();
}

/** What the buckets allow within the time that these observations took, by the server's own clock. */
function commandsAllowed(seen: readonly Seen[]): number {
	const { burst, perMs } = serverLimits.labCommands;
	const tookMs = (seen.at(-1)?.atMs ?? 0) - (seen[0]?.atMs ?? 0);
	return burst + Math.ceil((tookMs * burst) / perMs) + 1;
}

test.each<[string, object, number]>([
	["the longest binary message", { do: "binary", bytes: 70_000 }, 1_000],
	["the longest text", { do: "text", text: "好".repeat(70_000) }, 400],
])(
	"[LAB-3] hundreds of commands to send %s at once: no more are carried out than the rate allows, then the page is let go",
	async (_what, command, count) => {
		const raw = await openWire();
		const one = frameBytes(opcode.text, JSON.stringify(command));
		for (let sent = 0; sent < count; sent++) raw.write(one);
		const { seen, code } = await untilClosed(raw);
		expect(code).toBe(1008);
		const frames = seen.filter(({ saw, from, payloadBytes }) => saw === "frame" && from === "client" && (payloadBytes ?? 0) > 1_000);
		const tokens = frames.map(({ payloadBytes }) => 1 + Math.floor((payloadBytes ?? 0) / serverLimits.labBytesPerToken));
		expect(tokens.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(commandsAllowed(seen));
		raw.destroy();
		await expectNeighbourWell();
	},
	300_000,
);

test.each<[string, string]>([
	["pings", '{"do":"ping","text":"x"}'],
	["openings", '{"do":"open"}'],
	["junk", "junk"],
	["commands that there are not", '{"do":"nothing"}'],
])("[LAB-3] a thousand %s at once: no more are looked at than the rate allows, then the page is let go", async (_what, command) => {
	const raw = await openWire();
	raw.write(Buffer.concat(Array.from({ length: 1_000 }, () => frameBytes(opcode.text, command))));
	const { seen, code } = await untilClosed(raw);
	expect(code).toBe(1008);
	const tooFast = seen.filter(({ words }) => words === "That is too fast.");
	const lookedAt = seen.filter(({ saw, from }) => saw === "mistake" || (saw === "frame" && from === "client")).length - tooFast.length;
	expect(lookedAt).toBeLessThanOrEqual(commandsAllowed(seen));
	expect(tooFast.length).toBeGreaterThanOrEqual(1);
	raw.destroy();
	await expectNeighbourWell();
});

test("[LAB-3] a page that is refused goes on when it has waited", async () => {
	const raw = await openWire();
	raw.write(Buffer.concat(Array.from({ length: 60 }, () => frameBytes(opcode.text, '{"do":"ping","text":"early"}'))));
	for (let seen = await nextSeen(raw); seen?.words !== "That is too fast."; seen = await nextSeen(raw)) expect(seen).not.toBeNull();
	// Half as many as the rate allows.
	const asking = setInterval(() => raw.send({ do: "ping", text: "later" }), 200);
	try {
		for (let seen = await nextSeen(raw); seen?.text !== "later" || seen.from !== "server"; seen = await nextSeen(raw))
			expect(seen).not.toBeNull();
	} finally {
		clearInterval(asking);
	}
	raw.destroy();
});

test("[LAB-3] a few bytes that inflate to much count as what they inflate to, and whoever sends on is let go", async () => {
	const raw = await RawSocket.open(server.port);
	raw.write(handshake("/lab/echo", { "Sec-WebSocket-Extensions": "permessage-deflate" }));
	expect((await raw.response()).status).toBe(101);
	const deflated = deflateRawSync(Buffer.alloc(250 * 1024), { finishFlush: zlib.Z_SYNC_FLUSH }).subarray(0, -4);
	// All of them are read by the server in a few goes: 250 MiB, for which the rate asks a minute.
	const count = 1_000;
	raw.write(Buffer.concat(Array.from({ length: count }, () => frameBytes(opcode.binary, deflated, { reserved: 4 }))));
	let messages = 0;
	let frame = await raw.next();
	for (; frame && frame.opcode !== opcode.close; frame = await raw.next()) messages++;
	expect(frame?.payload.readUInt16BE(0)).toBe(1008);
	expect(messages).toBeLessThan(count);
	raw.destroy();
	await expectNeighbourWell();
});
