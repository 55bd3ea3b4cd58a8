import { expect, test } from "bun:test";
import { message } from "../../test/fake-environment.ts";
import { FakeReadingHost, settle } from "../../test/fake-reading-host.ts";
import { firstFrameMs, readStream, streamSilentMs } from "./readings.ts";

const welcome = { type: "welcome", session: "s", user: { id: "u", name: "n", roles: [] }, heartbeatMs: 1, now: 0, limits: {} };
const batch = (cursor: string, text = "大家好 🎉") => ({ type: "batch", room: "lobby", cursor, events: [message(1, text)] });
const event = (frame: object, id = "e.1") => `id: ${id}\ndata: ${JSON.stringify(frame)}\n\n`;

/** An answer whose bytes the test sends. */
function stream() {
	let controller!: ReadableStreamDefaultController<Uint8Array>;
	const body = new ReadableStream<Uint8Array>({
		start(given) {
			controller = given;
		},
	});
	return {
		response: new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8" } }),
		async send(bytes: string | Uint8Array) {
			controller.enqueue(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
			await settle();
		},
		async end(how: "closed" | "broken") {
			if (how === "closed") controller.close();
			else controller.error(new Error("reset"));
			await settle();
		},
	};
}

async function start() {
	const host = new FakeReadingHost();
	const opened = stream();
	host.world.respond = () => opened.response;
	await host.read(readStream, { room: "lobby", after: "e.0", view: "top" });
	return { host, ...opened };
}

test("[SSE-1] each data is one frame; the stream's own welcome only shows that it flows", async () => {
	const { host, send } = await start();
	expect(host.asked).toEqual(["/rooms/lobby/events?after=e.0&view=top"]);
	expect(new Headers(host.world.requests[0]?.init.headers).get("accept")).toBe("text/event-stream");
	await send(event(welcome));
	expect(host.told).toEqual(["proven"]);
	await send(`:\n\n${event(batch("e.1"))}${event({ type: "of a later version" })}${event(batch("e.2"))}`);
	expect(host.told).toEqual(["proven", batch("e.1"), batch("e.2")] as never);
});

test("[SSE-2] frames cut anywhere on the way, in the middle of a letter too, come out whole", async () => {
	const { host, send } = await start();
	for (const byte of new TextEncoder().encode(event(welcome) + event(batch("e.1")))) await send(Uint8Array.of(byte));
	expect(host.told).toEqual(["proven", batch("e.1")] as never);
});

test("a stream whose first frame does not come is kept back on the way, whether the answer began or not", async () => {
	const { host, send } = await start();
	await send(":\n\n");
	const hanging = new FakeReadingHost();
	hanging.world.respond = () => new Promise(() => {});
	await hanging.read(readStream);
	const { host: quiet } = await start();
	for (const each of [quiet, hanging]) {
		await each.after(firstFrameMs - 1);
		expect(each.fails).toEqual([]);
		await each.after(1);
		expect(each.fails).toMatchObject([{ fault: "refused" }]);
	}
	// A comment is a sign that bytes flow.
	await host.after(firstFrameMs);
	expect(host.fails).toEqual([]);
});

test("[SSE-3] comments keep a quiet stream alive; without any it is silent", async () => {
	const { host, send } = await start();
	await send(event(welcome));
	await host.after(streamSilentMs - 1);
	await send(":\n\n");
	await host.after(streamSilentMs - 1);
	expect(host.fails).toEqual([]);
	await host.after(1);
	expect(host.fails).toMatchObject([{ fault: "silent" }]);
});

test("a stream that ends or breaks ends the link, and its times tell why", async () => {
	for (const how of ["closed", "broken"] as const) {
		const { host, send, end } = await start();
		await send(event(welcome));
		await end(how);
		expect(host.fails).toMatchObject([{ fault: undefined }]);
		expect(host.world.pending).toBe(0);
	}
});

test("what is no stream is refused on the way, but a problem is the server's own word", async () => {
	const page = new FakeReadingHost();
	page.world.respond = () => new Response("<h1>Sign in to the hotel's network</h1>", { headers: { "content-type": "text/html" } });
	await page.read(readStream);
	expect(page.fails).toMatchObject([{ fault: "refused" }]);

	const busy = new FakeReadingHost();
	const opened = stream();
	busy.againMs = 5_000;
	busy.world.respond = () => Response.json({ code: "too_many_connections", title: "Busy." }, { status: 429 });
	await busy.read(readStream);
	expect(busy.refusals).toMatchObject([{ code: "too_many_connections" }]);
	busy.world.respond = () => opened.response;
	await busy.after(5_000);
	await opened.send(event(welcome) + event(batch("e.1")));
	expect(busy.told).toEqual(["proven", batch("e.1")] as never);
	expect(busy.fails).toEqual([]);
});
