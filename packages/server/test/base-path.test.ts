import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parseAddress } from "../../client/src/address.ts";
import { startHaproxy, startNginx } from "./documented-proxies.ts";
import type { RunningProxy } from "./proxy.ts";
import { adminKey, runMain, startServer, type TestServer } from "./start-server.ts";
import { ways } from "./ways/house.ts";
import type { House } from "./ways/way.ts";

type Leaves = "takes it off" | "leaves it";

/** The documented configurations with Hubbub below `/chat/`, as docs/proxies/README.md has them. */
const proxies = {
	nginx(port: number, leaves: Leaves) {
		const target = leaves === "leaves it" ? "http://hubbub" : "http://hubbub/";
		const edit = (text: string) =>
			text.replace("location / {\n\t\tproxy_pass http://hubbub;", `location /chat/ {\n\t\tproxy_pass ${target};`);
		return startNginx(port, { tls: "off", edit });
	},
	HAProxy(port: number, leaves: Leaves) {
		const rule = leaves === "leaves it" ? "" : "\n\thttp-request replace-path /chat/(.*) /\\1";
		const edit = (text: string) =>
			text
				.replace("default_backend hubbub", "use_backend hubbub if { path_beg /chat/ }")
				.replace("\nbackend hubbub from hubbub", `$&${rule}`);
		return startHaproxy(port, { edit });
	},
} as const;

for (const [name, leaves, basePath] of [
	["nginx", "takes it off", ""],
	["nginx", "takes it off", "/chat"],
	["nginx", "leaves it", "/chat"],
	["HAProxy", "takes it off", ""],
	["HAProxy", "leaves it", "/chat"],
] as const)
	describe(`below a path, behind ${name} that ${leaves}, with HUBBUB_BASE_PATH ${JSON.stringify(basePath)}`, () => {
		let server: TestServer;
		let proxy: RunningProxy;
		let house: House;
		const operator = { authorization: `Bearer ${adminKey}`, "content-type": "application/json" };
		beforeAll(async () => {
			server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off", HUBBUB_BASE_PATH: basePath });
			proxy = await proxies[name](server.port, leaves);
			house = { http: `${proxy.http}/chat`, ws: `${proxy.ws}/chat`, ...(proxy.http.startsWith("https") && { tls: proxy.tls }) };
		});
		afterAll(async () => {
			await proxy.stop();
			await server.stop();
		});
		const ask = (address: string, init?: RequestInit) =>
			fetch(`${house.http}${address}`, { redirect: "manual", tls: house.tls, ...init } as RequestInit);

		for (const way of ways)
			test(`[PATH-1] people talk by ${way.name}`, async () => {
				const room = `below-${way.name}`;
				const [ming, hong] = await Promise.all(
					["Ming", "Hong"].map(async (name) => {
						const entered = await way.enter(house, { room, name: `${name} ${room}` });
						if (!entered.ok) throw new Error(entered.code);
						return entered.visitor;
					}),
				);
				expect((await ming?.say("你好"))?.ok).toBe(true);
				await hong?.until(() => hong.told.texts().includes("你好"));
				await Promise.all([ming?.leave(), hong?.leave()]);
			});

		test("[PATH-1] the API answers, and its description says where it is", async () => {
			const room = { method: "PUT", headers: operator, body: JSON.stringify({ title: "Maths" }) };
			expect((await ask("/api/v1/rooms/maths", room)).status).toBe(200);
			expect((await ask("/api/v1/rooms/maths", { headers: operator })).status).toBe(200);
			expect((await ask("/healthz")).status).toBe(200);
			const description = (await (await ask("/openapi.json")).json()) as { servers: { url: string }[]; paths: object };
			const [place] = description.servers;
			expect(new URL(place?.url as string, `${house.http}/openapi.json`).href.replace(/\/$/, "")).toBe(house.http);
			expect(Object.keys(description.paths)).toContain("/api/v1/rooms/{room}");
			const nothing = await ask("/api/v1/nothing");
			expect([nothing.status, ((await nothing.json()) as { type: string }).type]).toEqual([404, "urn:hubbub:problem:not_found"]);
			expect((await ask("/api/v1/rooms/maths", { method: "DELETE", headers: operator })).headers.get("allow")).toContain("GET");
		});

		test("[PATH-1] pages and files are served", async () => {
			for (const address of ["/", "/rooms/maths", "/rooms/maths/", "/setup", "/assets/room.js"])
				expect((await ask(address)).status).toBe(200);
		});
	});

describe("with HUBBUB_BASE_PATH", () => {
	let server: TestServer;
	beforeAll(async () => {
		server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_BASE_PATH: "/live/chat/" });
	});
	afterAll(() => server.stop());

	test("[PATH-1] the root without its slash leads to the one with it, its query kept", async () => {
		const origin = new URL(server.http).origin;
		const response = await fetch(`${origin}/live/chat?lang=ja`, { redirect: "manual" });
		expect([response.status, response.headers.get("location")]).toEqual([308, "/live/chat/?lang=ja"]);
		expect((await fetch(`${origin}/live/chat`)).status).toBe(200);
	});

	test("[PATH-1] a room's socket may be opened by the root without its slash", async () => {
		const socket = new WebSocket(`${server.ws.replace(/\/$/, "")}`);
		const line = await new Promise((resolve) => socket.addEventListener("message", ({ data }) => resolve(data)));
		expect(String(line)).toStartWith("* ");
		socket.close();
	});

	test("[PATH-1] probes of this machine need not know of it", async () => {
		for (const path of ["/healthz", "/readyz"]) expect((await fetch(new URL(server.http).origin + path)).status).toBe(200);
	});

	test("[PATH-1] what the server prints is the address below it, and the SDK reads it as it is", () => {
		expect(server.url).toEndWith("/live/chat");
		expect(parseAddress(`${server.url}/`).httpBase).toBe(server.url);
	});
});

test("[PATH-1] a path that nobody said anything of is answered with the setting that would help", async () => {
	const server = await startServer({ HUBBUB_DATA: "memory" });
	for (const address of ["/chat/", "/chat/rooms/maths", "/chat/assets/room.js"]) {
		const response = await server.request(address);
		expect(response.status).toBe(404);
		expect(((await response.json()) as { detail: string }).detail).toEndWith("set HUBBUB_BASE_PATH=/chat.");
	}
	await server.stop();
});

test.each(["chat", "/chat/../x", "//chat", "https://example.com/chat", "/a b", "/./"])(
	"[OPS-1] %p is no base path: one clear line",
	async (path) => {
		const { code, err } = await runMain({ HUBBUB_DATA: "memory", HUBBUB_BASE_PATH: path });
		expect(code).toBe(1);
		expect(err.trim()).toBe("hubbub: HUBBUB_BASE_PATH must be a path like /chat.");
	},
);
