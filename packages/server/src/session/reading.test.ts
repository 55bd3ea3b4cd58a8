import { describe, expect, test } from "bun:test";
import { decodeCursor } from "@hubbub/protocol/wire/cursor.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import fc from "fast-check";
import { follow, person, say } from "../../test/live-room.ts";
import { type House, makeHouse, type Visitor } from "../../test/scripted-session.ts";
import { serverLimits } from "../runtime/limits.ts";

async function welcomed(house: House, hello: object = {}): Promise<Visitor> {
	const visitor = house.connect({ room: "lobby" });
	visitor.send({ type: "hello", ...hello });
	await house.clock.settle();
	return visitor;
}

/** What a reader was told, in order: offsets, and gaps as `from-to`. */
function told(visitor: Visitor): (number | string)[] {
	return visitor.frames().flatMap((frame): (number | string)[] => {
		if (frame.type === "joined" || frame.type === "batch") return frame.events.map(({ offset }) => offset);
		if (frame.type === "gap") return [`${decodeCursor(frame.from)?.offset}-${decodeCursor(frame.to)?.offset}`];
		return [];
	});
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

async function sayMany(house: House, count: number, text = "x"): Promise<void> {
	const host = await house.room();
	for (let index = 0; index < count; index++) {
		await say(host, "speaker", `${text} ${index}`);
		if (index % 5 === 0) await house.clock.advance(20);
	}
	await house.clock.advance(300);
}

/** More than a window holds: by size, not by number. */
const longText = "x".repeat(480);
const beyondWindow = 4_000;

describe("a reader on a slow link", () => {
	test("[FAN-4] a parked reader costs nothing but its place, and goes on from it in order", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		visitor.link.writable = false;
		await sayMany(house, 60);
		expect(told(visitor)).toEqual([]);
		visitor.drain(3);
		await house.clock.settle();
		expect(told(visitor).length).toBeGreaterThan(0);
		visitor.drain();
		await house.clock.settle();
		expect(told(visitor)).toEqual(range(1, 60));
	});

	test("[FAN-5] one that the window left behind is told the gap, and goes on with the newest", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		visitor.link.writable = false;
		await sayMany(house, beyondWindow, longText);
		const host = await house.room();
		expect(host.channel("all").window.oldest).toBeGreaterThan(0);
		visitor.drain();
		await say(host, "speaker", "newest");
		await house.clock.advance(300);
		expect(told(visitor)).toEqual(["0-4000", 4_001]);
	});

	test("[FAN-5] left behind twice, it is told two gaps that meet", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		visitor.link.writable = false;
		await sayMany(house, beyondWindow, longText);
		visitor.drain(1);
		await sayMany(house, beyondWindow, longText);
		visitor.drain();
		expect(told(visitor)).toEqual(["0-4000", "4000-8000"]);
	});

	test("[FAN-5] whatever a link takes and when, a reader is told each offset once and in order, or the gap it lies in", async () => {
		const steps = fc.array(
			fc.oneof(fc.record({ say: fc.integer({ min: 1, max: 40 }) }), fc.record({ drain: fc.integer({ min: 1, max: 9 }) })),
			{
				maxLength: 12,
			},
		);
		await fc.assert(
			fc.asyncProperty(steps, async (list) => {
				const house = makeHouse();
				const visitor = await welcomed(house);
				visitor.drain(2);
				for (const step of list) {
					if ("say" in step) await sayMany(house, step.say);
					else visitor.drain(step.drain);
				}
				visitor.drain();
				await house.clock.advance(500);
				let at = 0;
				for (const each of told(visitor)) {
					const [from, to] = typeof each === "number" ? [each - 1, each] : each.split("-").map(Number);
					expect(from).toBe(at);
					at = to as number;
				}
				const head = list.reduce((sum, step) => sum + ("say" in step ? step.say : 0), 0);
				expect(at).toBe(head);
			}),
			{ numRuns: 40 },
		);
	});

	test("[FAN-6] a socket that takes nothing for 20 s is let go with 4101", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		visitor.drain(1);
		await sayMany(house, 5);
		expect(visitor.link.writable).toBe(false);
		await house.pass(17_000);
		visitor.session.heard();
		expect(visitor.link.closed).toBeNull();
		await house.pass(5_000);
		expect(visitor.frames().at(-1)).toMatchObject({ type: "bye", code: "too_slow", reconnectAfterMs: expect.any(Number) });
		expect(visitor.link.closed).toEqual({ code: 4101, reason: "too_slow" });
		expect((await house.room()).viewers).toBe(0);
	});

	test("[FAN-6] one that takes something now and then is not", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		for (let round = 0; round < 6; round++) {
			visitor.drain(1);
			await sayMany(house, 5);
			await house.pass(15_000);
			visitor.session.heard();
		}
		expect(visitor.link.closed).toBeNull();
	});

	test("[FAN-6] one that takes one long frame bit by bit is not, until it takes no more", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		visitor.drain(1);
		await sayMany(house, 5);
		for (let round = 0; round < 6; round++) {
			await house.pass(15_000);
			visitor.session.heard();
			visitor.session.onProgress();
		}
		expect(visitor.link.closed).toBeNull();
		await house.pass(18_000);
		visitor.session.heard();
		expect(visitor.link.closed).toBeNull();
		await house.pass(5_000);
		expect(visitor.link.closed?.code).toBe(4101);
	});

	test("[FAN-6] too many private answers waiting are 4101 at once", async () => {
		const house = makeHouse();
		const [many, long] = [await welcomed(house), await welcomed(house)];
		for (const { link } of [many, long]) link.writable = false;
		for (let ref = 0; ref < serverLimits.directFramesMax; ref++) many.send({ type: "ping", ref });
		expect(many.link.closed).toBeNull();
		many.send({ type: "ping", ref: "one more" });
		expect(many.link.closed?.code).toBe(4101);

		const text = "好".repeat(400);
		for (let count = 0; count < 250 && !long.link.closed; count++) {
			long.send({ type: "say", ref: count, room: "lobby", key: `k${count}`, text });
			await house.clock.settle();
		}
		expect(long.link.closed?.code).toBe(4101);
	});

	test("[DOWN-4] answers that waited come before the room's batches, each in its order", async () => {
		const house = makeHouse();
		const visitor = await welcomed(house);
		visitor.link.writable = false;
		for (let ref = 1; ref <= 3; ref++) visitor.send({ type: "say", ref, room: "lobby", key: `k${ref}`, text: `${ref}` });
		await house.clock.advance(100);
		const before = visitor.frames().length;
		visitor.drain();
		const after = visitor.frames().slice(before);
		expect(after.map((frame) => (frame.type === "ack" ? `ack ${frame.ref}` : frame.type))).toEqual(["ack 1", "ack 2", "ack 3", "batch"]);
	});
});

describe("a reader that comes back", () => {
	test("[LOG-6] misses nothing and gets nothing twice, wherever its cursor is and however much it missed", async () => {
		const house = makeHouse();
		const host = await house.room();
		follow(host);
		for (let index = 1; index <= 1_300; index++) {
			await say(host, "speaker", `${index}`);
			if (index % 7 === 0) await house.clock.advance(12);
		}
		await house.clock.advance(500);
		for (const offset of [0, 1, 3, 299, 300, 500, 777, 1_296, 1_299, 1_300]) {
			const visitor = await welcomed(house, { rooms: [{ room: "lobby", after: host.cursorAt(offset) }] });
			await house.clock.advance(1_000);
			expect(visitor.frame("joined")[0]?.recovered).toBe(true);
			expect(visitor.frame("joined")[0]?.events.length).toBeLessThanOrEqual(limits.recoveryOnJoin);
			expect(told(visitor)).toEqual(range(offset + 1, 1_300));
			visitor.session.onClosed();
		}
	});

	test("[LOG-6] [FAN-10] that waits for its turn until the window has moved past it is not told a gap: it waited for us", async () => {
		const house = makeHouse();
		const host = await house.room();
		follow(host);
		await sayMany(house, 1_000);
		const { window } = host.channel("all");
		// What `joined` tells ends where a batch ends, so that the reader has its place in the window.
		const placeOf = (from: number) => window.sequenceAfter(from + limits.recoveryOnJoin);
		const offset = range(100, 500).find((from) => placeOf(from) !== null) as number;
		const place = placeOf(offset) as number;
		for (let count = 0; count < 2_000; count++) host.catchUp.enter({ catchUp: () => house.clock.spend(2) });
		const visitor = await welcomed(house, { rooms: [{ room: "lobby", after: host.cursorAt(offset) }] });
		await sayMany(house, beyondWindow, longText);
		expect(window.oldest).toBeGreaterThan(place);
		await house.clock.advance(30_000);
		expect(told(visitor)).toEqual(range(offset + 1, 1_000 + beyondWindow));
	});

	test("[LOG-6] goes on with what is said while it catches up", async () => {
		const house = makeHouse();
		const host = await house.room();
		await sayMany(house, 900);
		const visitor = await welcomed(house, { rooms: [{ room: "lobby", after: host.cursorAt(0) }] });
		await sayMany(house, 50);
		expect(told(visitor)).toEqual(range(1, 950));
	});

	test("[SAY-6] that cannot be read what it missed is told the gap, not nothing", async () => {
		const house = makeHouse();
		const host = await house.room();
		await sayMany(house, 1_900);
		const visitor = house.connect({ room: "lobby" });
		visitor.link.room = 2;
		visitor.send({ type: "hello", rooms: [{ room: "lobby", after: host.cursorAt(10) }] });
		await house.clock.settle();
		house.log.reads = "fail";
		visitor.drain();
		await house.clock.settle();
		await say(host, "speaker", "more");
		await house.clock.advance(300);
		const joinedUpTo = 10 + limits.recoveryOnJoin;
		expect(told(visitor)).toEqual([...range(11, joinedUpTo), `${joinedUpTo}-1900`, 1_901]);
	});

	test("[SAY-6] joining where the log cannot be read is refused, and may be tried again", async () => {
		const house = makeHouse();
		const host = await house.room();
		await sayMany(house, 1_900);
		house.log.reads = "fail";
		const visitor = await welcomed(house, { rooms: [{ room: "lobby", after: host.cursorAt(10) }] });
		expect(visitor.frame("reject")).toMatchObject([{ code: "unavailable", room: "lobby", retryAfterMs: 1_000 }]);
		house.log.reads = "work";
		visitor.send({ type: "join", room: "lobby", after: host.cursorAt(1_899) });
		await house.clock.settle();
		expect(told(visitor)).toEqual([1_900]);
	});
});

describe("what a batch costs", () => {
	test("[FRAME-4] who accepts deflate gets larger batches as one binary frame, made once", async () => {
		const house = makeHouse();
		const visitors = [
			await welcomed(house, { accept: ["br", "deflate"] }),
			await welcomed(house, { accept: ["deflate"] }),
			await welcomed(house),
		];
		await sayMany(house, 20, "a text of some length that compresses well");
		const binary = visitors.map(({ link }) => link.written.filter(({ kind }) => kind === "binary"));
		expect(binary.map((payloads) => payloads.length > 0)).toEqual([true, true, false]);
		const [first, second] = binary.map((payloads) => payloads[0]?.data as Uint8Array);
		expect(first?.[0]).toBe(1);
		expect(second).toBe(first as Uint8Array);
		for (const visitor of visitors) expect(told(visitor)).toEqual(range(1, 20));
	});
});

describe("the text subprotocol", () => {
	async function lines(house: House) {
		const visitor = house.connect({ codec: "text", room: "lobby" });
		await house.clock.settle();
		return visitor;
	}

	test("[TXT-1] [TXT-2] history comes first, then the server's line, and then each frame is a message", async () => {
		const house = makeHouse();
		await sayMany(house, 2);
		const visitor = await lines(house);
		expect(visitor.lines()).toEqual(["speaker: x 0", "speaker: x 1", expect.stringMatching(/^\* lobby\. You are the first here/)]);
		visitor.send('{"type":"ping"}');
		visitor.send("你好");
		await house.clock.advance(300);
		expect(visitor.lines().slice(3)).toEqual([
			expect.stringMatching(/^guest-\w{4}: \{"type":"ping"\}$/),
			expect.stringMatching(/^guest-\w{4}: 你好$/),
		]);
	});

	test("[TXT-5] what is refused is answered with the reason and how long to wait", async () => {
		const house = makeHouse({ rate: { burst: 3, perMs: 15_000 } });
		const visitor = await lines(house);
		for (const text of ["hi", "", "x".repeat(600), "too fast"]) {
			visitor.send(text);
			await house.clock.settle();
		}
		visitor.send(new Uint8Array([1]));
		expect(visitor.lines().filter((line) => line.startsWith("* Not sent"))).toEqual([
			"* Not sent: There is nothing to read in the message.",
			"* Not sent: At most 500 characters.",
			"* Not sent: You are writing too fast. Try again in 5 s.",
			"* Not sent: Send text frames here; one frame is one message.",
		]);
	});

	test("[TXT-1] a room that lets no guests in turns it away with the reason", async () => {
		const house = makeHouse();
		const host = await house.room();
		await host.submit({ type: "settings", actor: person("host", "host"), settings: { guests: false } });
		const visitor = await lines(house);
		expect(visitor.link.closed?.code).toBe(4001);
		expect(visitor.lines()).toEqual(["* This room does not let guests in. Sign in first."]);
	});

	test("[TXT-3] figures, which are no lines, hold up no lines behind them", async () => {
		const house = makeHouse();
		const visitor = await lines(house);
		visitor.link.writable = false;
		await sayMany(house, 1);
		(await house.room()).like(1);
		await house.pass(3_000);
		await sayMany(house, 1, "y");
		visitor.drain();
		expect(visitor.lines().slice(-2)).toEqual(["speaker: x 0", "speaker: y 0"]);
	});

	test("[FAN-5] a gap is a line of the server's", async () => {
		const house = makeHouse();
		const visitor = await lines(house);
		visitor.link.writable = false;
		await sayMany(house, beyondWindow, longText);
		visitor.drain();
		expect(visitor.lines().at(-1)).toBe("* 4000 lines were too many for this connection and left out.");
	});
});
