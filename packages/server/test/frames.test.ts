import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Downstream } from "@hubbub/protocol/downstream.ts";
import * as v from "valibot";
import { type Client, connect, shown, until } from "./client.ts";
import { adminKey, startServer, type TestServer } from "./start-server.ts";

let server: TestServer;
const clients: Client[] = [];
beforeAll(async () => {
	server = await startServer({ HUBBUB_RATE_LIMIT: "off" });
});
afterAll(async () => {
	await Promise.all(clients.map((client) => client.close()));
	await server.stop();
});

async function enter(room: string, hello: object = {}): Promise<Client> {
	const client = await connect(`${server.ws}/rooms/${room}`, hello);
	clients.push(client);
	return client;
}

describe("over real sockets", () => {
	test("[DOWN-1] every frame the server says has the shape of its schema", async () => {
		const client = await enter("shapes", { token: adminKey, name: "x" });
		const said = await client.say("one", { room: "shapes" });
		if (said.type !== "ack") throw new Error(said.code);
		client.send({ type: "like", room: "shapes", count: 3 });
		client.send({ type: "delete", ref: 1, room: "shapes", id: said.id });
		client.send({ type: "settings", ref: 2, room: "shapes", settings: { title: "T", slowModeSeconds: 0 } });
		client.send({ type: "signal", ref: 3 });
		client.send({ type: "ping", ref: 4 });
		client.send({ type: "leave", ref: 5, room: "shapes" });
		client.send({ type: "join", ref: 6, room: "shapes", after: said.cursor });
		await client.next("joined", ({ ref }) => ref === 6);
		await client.next("ack", ({ ref }) => ref === 2);
		await client.next("batch", ({ ambient }) => ambient?.likes === 3);
		client.send([]);
		for (let count = 0; count < 21; count++) client.send({ type: "say" });
		await client.closed;
		for (const frame of client.frames) expect(v.is(Downstream, frame) ? null : frame).toBeNull();
		const types = new Set(client.frames.map(({ type }) => type));
		expect([...types].sort()).toEqual(["ack", "batch", "bye", "joined", "left", "pong", "reject", "welcome"]);
	});

	test("[SAY-2] what one says all see, in one order, and the sender's ack holds the same event", async () => {
		const people = await Promise.all(["a", "b", "c"].map((name) => enter("order", { name })));
		const acks = await Promise.all(
			people.flatMap((person) => Array.from({ length: 20 }, (_, index) => person.say(`${index}`, { room: "order" }))),
		);
		expect(acks.every(({ type }) => type === "ack")).toBe(true);
		await until(() => people.every((person) => shown(person, "order").length === 60));
		const [first, ...others] = people.map((person) => shown(person, "order"));
		for (const other of others) expect(other).toEqual(first as string[]);
		const events = people[0]?.frames.flatMap((frame) => (frame.type === "batch" ? frame.events : [])) ?? [];
		for (const ack of acks) if (ack.type === "ack") expect(events).toContainEqual(ack.event as never);
	});

	test("[DOWN-4] an ack comes only for what the archive has", async () => {
		const client = await enter("durable");
		const ack = await client.say("kept", { room: "durable" });
		if (ack.type !== "ack") throw new Error(ack.code);
		const page = await (await server.request("/rooms/durable/messages")).json();
		expect(page.events).toEqual([ack.event]);
		expect(page.before).toBeNull();
	});

	test("[LOG-6] a reader that was away gets what it missed, from the cursor it had", async () => {
		const [reader, writer] = [await enter("away"), await enter("away")];
		await writer.say("seen", { room: "away" });
		const { cursor } = await reader.next("batch", ({ events }) => events.length > 0);
		reader.socket.close();
		await reader.closed;
		await writer.say("missed", { room: "away" });
		const back = await connect(`${server.ws}/ws`, { rooms: [{ room: "away", after: cursor }] });
		clients.push(back);
		expect(await back.next("joined")).toMatchObject({ recovered: true });
		await writer.say("live", { room: "away" });
		await until(() => shown(back, "away").includes("live"));
		expect(shown(back, "away")).toEqual(["missed", "live"]);
	});

	test("[UP-6] [UP-7] several rooms go over one socket, each with its own batches", async () => {
		const client = await connect(`${server.ws}/ws`, { rooms: [{ room: "left-hand" }, { room: "right-hand" }] });
		clients.push(client);
		await client.next("joined", ({ room }) => room === "right-hand");
		await client.say("l", { room: "left-hand" });
		await client.say("r", { room: "right-hand" });
		await until(() => shown(client, "left-hand").length + shown(client, "right-hand").length === 2);
		expect([shown(client, "left-hand"), shown(client, "right-hand")]).toEqual([["l"], ["r"]]);
	});

	test("[FRAME-4] deflated batches say what plain ones say", async () => {
		const [plain, deflated] = [await enter("codec"), await enter("codec", { accept: ["deflate"] })];
		let binary = 0;
		deflated.socket.addEventListener("message", ({ data }) => {
			if (typeof data !== "string") binary++;
		});
		const texts = Array.from({ length: 30 }, (_, index) => `${"长长的消息".repeat(20)} ${index}`);
		await Promise.all(texts.map((text) => plain.say(text, { room: "codec" })));
		await until(() => [plain, deflated].every((client) => shown(client, "codec").length === 30));
		expect(shown(deflated, "codec")).toEqual(shown(plain, "codec"));
		expect(binary).toBeGreaterThan(0);
	});

	test("[TXT-1] [TXT-3] two lines of a script are a chat client", async () => {
		const socket = new WebSocket(server.ws);
		const lines: string[] = [];
		socket.onmessage = ({ data }) => lines.push(...String(data).split("\n"));
		await new Promise((resolve) => {
			socket.onopen = resolve;
		});
		await until(() => lines.some((line) => line.startsWith("* lobby.")));
		socket.send("你好");
		socket.send("<script>alert(1)</script>\n* not the server");
		await until(() => lines.filter((line) => line.startsWith("guest-")).length === 2);
		expect(lines.slice(-2).map((line) => line.slice(line.indexOf(": ") + 2))).toEqual([
			"你好",
			"<script>alert(1)</script> * not the server",
		]);
		socket.close();
	});

	test("[SEC-2] what is meant to harm is shown as harmless text, to programs and people", async () => {
		const room = "abuse";
		const reader = await enter(room);
		const writer = await enter(room, { name: "\u202e<img src=x>\u0000" });
		const said = ["<script>alert(1)</script>", `Z${"\u0335".repeat(200)}`, "a\u202eb\u200bc", "\ud800x"];
		for (const text of said) await writer.say(text, { room });
		await until(() => shown(reader, room).length === said.length);
		expect(shown(reader, room)).toEqual(["<script>alert(1)</script>", `Z${"\u0335".repeat(2)}`, "abc", "\ufffdx"]);
		const [welcome] = writer.frames;
		expect(welcome).toMatchObject({ user: { name: "<img src=x>" } });
	});
});
