import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { connect as join, type Room } from "../../client/src/hubbub.ts";
import { type Obstacle, type ProxyName, proxyLines } from "../src/proxies/proxy-lines.ts";
import { type Facts, silentLogger } from "../src/runtime/log.ts";
import { bareProxies, startHaproxy, startNginx } from "./bare-proxies.ts";
import { until } from "./client.ts";
import type { RunningProxy } from "./proxy.ts";
import { adminKey, startServer, type TestServer } from "./start-server.ts";

// Behind each proxy as somebody sets it up who has read nothing: the one line that passes requests on, and time-outs of 5 s.

setDefaultTimeout(300_000);

const waitSeconds = 5;
/** Longer than that. */
const quietMs = 6_000;

/** A server with what it has logged. */
async function startLogged(): Promise<{ server: TestServer; warnings: { facts: Facts; words: string }[] }> {
	const warnings: { facts: Facts; words: string }[] = [];
	const logger = { ...silentLogger, warn: (facts: Facts, words: string) => void warnings.push({ facts, words }) };
	return { server: await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off" }, { logger }), warnings };
}

/** Whether a WebSocket is opened. */
function opens(proxy: RunningProxy): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = new WebSocket(`${proxy.ws}/ws`, "hubbub.v1");
		socket.onopen = () => {
			resolve(true);
			socket.close();
		};
		socket.onclose = () => resolve(false);
	});
}

async function openIn(server: TestServer): Promise<string[]> {
	const answer = await server.request("/api/v1/checklist", { headers: { authorization: `Bearer ${adminKey}` } });
	const { checks } = (await answer.json()) as { checks: { id: string; state: string }[] };
	return checks.flatMap(({ id, state }) => (state === "open" ? id : []));
}

/** How long polls are answered or cut, one begun after the other, until `isEnough`. */
async function pollUntil(proxy: RunningProxy, isEnough: () => boolean): Promise<void> {
	const polls: Promise<unknown>[] = [];
	const { cursor } = (await (await fetch(`${proxy.http}/rooms/quiet/events`)).json()) as { cursor: string };
	while (!isEnough()) {
		polls.push(fetch(`${proxy.http}/rooms/quiet/events?after=${cursor}&wait=25`).catch(() => {}));
		await Bun.sleep(700);
	}
	await Promise.all(polls);
}

const lineOf = (obstacle: Obstacle, proxy: ProxyName) => proxyLines[obstacle].find((each) => each.proxy === proxy)?.line;

const all = Object.entries(bareProxies) as [ProxyName, (typeof bareProxies)[ProxyName]][];

interface House {
	readonly server: TestServer;
	readonly warnings: { facts: Facts; words: string }[];
	readonly proxy: RunningProxy;
}

describe.concurrent("with one line that passes requests on", () => {
	const houses = new Map<ProxyName, House>();
	beforeAll(async () => {
		for (const [name, start] of all) {
			const { server, warnings } = await startLogged();
			houses.set(name, { server, warnings, proxy: await start(server.port, { waitSeconds }) });
		}
	});
	afterAll(async () => {
		for (const { server, proxy } of houses.values()) {
			await proxy.stop();
			await server.stop();
		}
	});

	for (const [name, start] of all) {
		const behind = `behind ${name}`;
		const upgrades = lineOf("websocket", name) === undefined;
		const house = () => houses.get(name) as House;
		const warned = (obstacle: Obstacle) => house().warnings.filter(({ facts }) => facts.obstacle === obstacle);

		test(`${behind} the page and its files come through`, async () => {
			const { proxy } = house();
			for (const [path, words] of [
				["/", "<title>Room</title>"],
				["/rooms/maths", "<title>Room</title>"],
				["/assets/room.js", "export {};"],
			] as const) {
				const answer = await fetch(proxy.http + path);
				expect([path, answer.status, (await answer.text()).includes(words)]).toEqual([path, 200, true]);
			}
		});

		test(`[LOG-6] ${behind} the SDK talks, with pauses longer than the proxy waits: nothing is lost, doubled or out of order`, async () => {
			const { proxy, server } = house();
			const people = [proxy.http, server.http].map((address) => join(address, { storage: null }));
			const rooms = people.map((connection) => connection.room("talk"));
			const read = rooms.map((room: Room) => {
				const texts: string[] = [];
				room.on("message", ({ text }) => texts.push(text));
				return texts;
			});
			const said: string[] = [];
			for (let round = 0; round < 3; round++) {
				for (const [index, room] of rooms.entries()) {
					const text = `${index === 0 ? "behind" : "beside"} ${round}`;
					expect(await room.say(text)).toMatchObject({ fate: "shown" });
					said.push(text);
					await until(() => read.every((texts) => texts.includes(text)));
				}
				await Bun.sleep(quietMs);
			}
			expect(read).toEqual([said, said]);
			for (const connection of people) connection.close();
		});

		test(`[OPS-11] ${behind} a WebSocket ${upgrades ? "is opened, and nothing is said of it" : "is not, which is logged once with the line to add"}`, async () => {
			const { proxy, server } = house();
			for (let count = 0; count < 3; count++) expect(await opens(proxy)).toBe(upgrades);
			const told = warned("websocket");
			expect(told).toHaveLength(upgrades ? 0 : 1);
			expect((await openIn(server)).includes("websocket")).toBe(!upgrades);
			const line = lineOf("websocket", name);
			if (line) expect(told[0]?.words).toContain(`${name}: ${line.replace(/\s*\n\s*/g, " ")}`);
			const answer = await fetch(`${proxy.http}/ws`, { headers: { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" } });
			expect(((await answer.json()) as { detail: string }).detail).toContain("without its Upgrade");
		});

		test(`[OPS-11] ${behind} what is cut when it is quiet is logged once, with the line to change`, async () => {
			const { proxy, server } = house();
			await pollUntil(proxy, () => warned("quiet").length > 0);
			expect(warned("quiet")).toHaveLength(1);
			const seconds = /is cut after ([\d.]+) s again and again/.exec(warned("quiet")[0]?.words ?? "")?.[1];
			// As the server saw it, which a busy machine tells late of the beginning or of the end.
			expect(Number(seconds)).toBeGreaterThan(0);
			expect(await openIn(server)).toContain("quiet");
		});

		for (const obstacle of ["websocket", "streams", "quiet"] as const) {
			const line = lineOf(obstacle, name);
			if (line)
				test(`[OPS-11] ${behind} the line that is named for ${obstacle} mends it`, async () => {
					const mended = await start(house().server.port, { waitSeconds, line });
					try {
						if (obstacle === "websocket") expect(await opens(mended)).toBe(true);
						const { cursor } = (await (await fetch(`${mended.http}/rooms/mended/events`)).json()) as { cursor: string };
						if (obstacle === "quiet") {
							const poll = await fetch(`${mended.http}/rooms/mended/events?after=${cursor}&wait=${waitSeconds + 3}`);
							expect([poll.status, ((await poll.json()) as { cursor: string }).cursor]).toEqual([200, cursor]);
						}
						if (obstacle === "streams") expect(await beginning(mended)).toContain('"type":"welcome"');
					} finally {
						await mended.stop();
					}
				});
		}
	}
});

/** The beginning of an event stream, up to where it welcomes. */
async function beginning(proxy: RunningProxy): Promise<string> {
	const answer = await fetch(`${proxy.http}/rooms/stream/events`, { headers: { accept: "text/event-stream" } });
	const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
	let text = "";
	for (let part = await reader.read(); !part.done && !text.includes('"welcome"'); part = await reader.read())
		text += new TextDecoder().decode(part.value);
	await reader.cancel();
	return text;
}

describe("behind nginx that gathers event streams", () => {
	test("[OPS-11] it is logged once that SDKs give them up, and with the line that is named they come through", async () => {
		const { server, warnings } = await startLogged();
		const gather = "proxy_ignore_headers X-Accel-Buffering;";
		const proxy = await startNginx(server.port, { line: gather });
		const mended = await startNginx(server.port, { line: `${gather}\n${lineOf("streams", "nginx")}` });
		const people = [];
		try {
			const told = () => warnings.filter(({ facts }) => facts.obstacle === "streams");
			// One who is slow to be scheduled gives up too late to count: more come until it is seen.
			while (told().length === 0) {
				const one = join(proxy.http, { storage: null });
				people.push(one);
				one.room("gathered");
				await Bun.sleep(700);
			}
			expect(told()[0]?.words).toContain("nginx: proxy_buffering off;");
			expect(await openIn(server)).toContain("streams");
			expect(await beginning(mended)).toContain('"type":"welcome"');
			expect(told()).toHaveLength(1);
		} finally {
			for (const one of people) one.close();
			await Promise.all([proxy.stop(), mended.stop()]);
			await server.stop();
		}
	});
});

describe("HAProxy that says first whom it speaks for", () => {
	for (const sendProxy of ["send-proxy", "send-proxy-v2"] as const)
		test(`[SEC-8] by ${sendProxy} is refused whatever it asks, at once, and nobody is let in by an address that was only claimed`, async () => {
			const { server } = await startLogged();
			const proxy = await startHaproxy(server.port, { sendProxy });
			try {
				for (const path of ["/", "/rooms/lobby/events?wait=25", "/healthz"]) expect((await fetch(proxy.http + path)).status).toBe(400);
				expect(await opens(proxy)).toBe(false);
				// Others are served as before.
				expect((await server.request("/healthz")).status).toBe(200);
				const metrics = await (await server.request("/metrics")).text();
				expect(metrics).not.toMatch(/hubbub_connections\{[^}]*\} [1-9]/);
			} finally {
				await proxy.stop();
				await server.stop();
			}
		});
});
