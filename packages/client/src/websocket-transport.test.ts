import { describe, expect, test } from "bun:test";
import { deflateRawSync } from "node:zlib";
import { FakeWorld } from "../test/fake-environment.ts";
import { browserEnvironment } from "./environment.ts";
import type { LinkEnd } from "./transport.ts";
import { websocketTransport } from "./websocket-transport.ts";

const { inflate } = browserEnvironment();
const batch = (cursor: string) => ({ type: "batch", room: "lobby", cursor, events: [] });

function deflated(frame: object): ArrayBuffer {
	const body = deflateRawSync(JSON.stringify(frame));
	return Uint8Array.from([0x01, ...body]).buffer;
}

function start(environment: ConstructorParameters<typeof FakeWorld>[0] = { inflate }) {
	const world = new FakeWorld(environment);
	const transport = websocketTransport("ws://host/ws", world.environment);
	const told: unknown[] = [];
	const ended = Promise.withResolvers<LinkEnd>();
	const open = () =>
		transport.open({
			opened: () => told.push("opened"),
			frame: (frame) => told.push(frame),
			ended: (end) => {
				told.push("ended");
				ended.resolve(end);
			},
		});
	return { world, transport, told, open, ended: ended.promise };
}

describe("compressed batches", () => {
	test("keep their place among text frames and before the end, however long inflating takes", async () => {
		const { world, told, open, ended } = start();
		open();
		world.socket.open();
		world.socket
			.raw(deflated(batch("e.1")))
			.frame(batch("e.2"))
			.raw(deflated(batch("e.3")))
			.frame(batch("e.4"))
			.drop(4100, "draining");
		expect(told).toEqual(["opened"]);
		expect((await ended).code).toBe(4100);
		expect(told).toEqual(["opened", batch("e.1"), batch("e.2"), batch("e.3"), batch("e.4"), "ended"]);
	});

	test("of any size are put together whole", async () => {
		const { world, told, open, ended } = start();
		const text = Array.from({ length: 20_000 }, (_, index) => `弹幕 ${index * 7919}`).join(" ");
		open();
		world.socket
			.open()
			.raw(deflated({ type: "bye", code: "draining", message: text }))
			.drop();
		await ended;
		expect(told[1]).toEqual({ type: "bye", code: "draining", message: text });
	});

	test("that cannot be read end the link instead of leaving a hidden gap, and are not asked for again", async () => {
		const { world, transport, told, open, ended } = start();
		open();
		expect(transport.accept).toEqual(["deflate"]);
		world.socket
			.open()
			.raw(Uint8Array.from([0x01, 0xff, 0xff, 0xff]).buffer)
			.frame(batch("e.2"));
		expect(await ended).toMatchObject({ code: 1006, wasClean: false });
		await Bun.sleep(0);
		expect(told).toEqual(["opened", "ended"]);
		expect(world.socket.closed).not.toBeNull();
		expect(transport.accept).toEqual([]);
	});

	test("are not asked for where the surroundings cannot inflate", () => {
		expect(start({ inflate: null }).transport.accept).toEqual([]);
	});
});

test("binary frames of later versions are left out", () => {
	const { world, told, open } = start();
	open();
	world.socket
		.open()
		.raw(Uint8Array.from([0x02, 0, 2]).buffer)
		.raw(new ArrayBuffer(0))
		.frame(batch("e.1"));
	expect(told).toEqual(["opened", batch("e.1")]);
});

test("an address that the page's policy forbids is an end like any other", async () => {
	const { open, ended, told } = start({
		WebSocket: class {
			constructor() {
				throw new DOMException("An insecure connection from a secure page.", "SecurityError");
			}
		} as never,
	});
	const link = open();
	link.send("{}");
	link.close();
	expect(told).toEqual([]);
	expect(await ended).toEqual({ code: 1006, reason: "An insecure connection from a secure page.", wasClean: false });
});

test("nothing is sent before the link is open or after it ended, and the end is told once", () => {
	const { world, told, open } = start();
	const link = open();
	link.send('{"type":"early"}');
	world.socket.open();
	link.send('{"type":"ping"}');
	world.socket.drop().drop();
	link.send('{"type":"late"}');
	expect(world.socket.sent).toEqual([{ type: "ping" }]);
	expect(told).toEqual(["opened", "ended"]);
});
