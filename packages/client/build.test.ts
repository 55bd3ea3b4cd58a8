import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { startServer, type TestServer } from "../server/test/start-server.ts";
import { bundleSdk, type SdkFile } from "./build.ts";

/** What a page pays for the SDK, and for what is loaded where no WebSocket gets through or history is read: with brotli, and with gzip where that is all there is. */
const bytesMax = { main: { brotli: 10.25 * 1_024, gzip: 11.5 * 1_024 }, http: { brotli: 5.5 * 1_024, gzip: 6 * 1_024 } };

let folder: string;
let server: TestServer;
let files: readonly SdkFile[];
let sdk: typeof import("./src/hubbub.ts");

beforeAll(async () => {
	files = await bundleSdk("sdk");
	folder = await mkdtemp(join(tmpdir(), "hubbub-sdk-"));
	for (const { path, text } of files) await Bun.write(join(folder, path), text);
	sdk = await import(join(folder, "sdk.js"));
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "off" });
});

afterAll(async () => {
	await server?.stop();
	await rm(folder, { recursive: true, force: true });
});

test("the SDK is one module of at most 10.25 KiB with brotli and 11.5 with gzip, and another that it loads by name when it needs it", () => {
	const [main, http, ...others] = files;
	const imports = (file?: SdkFile) => new Bun.Transpiler({ loader: "js" }).scan(file?.text ?? "").imports;
	expect(others).toEqual([]);
	expect(imports(main)).toEqual([{ kind: "dynamic-import", path: `./${http?.path}` }]);
	expect(imports(http)).toEqual([]);
	expect(main).toMatchObject({ path: "sdk.js", immutable: false });
	expect(http?.immutable).toBe(true);
	const tooHeavy = Object.entries({ main, http }).flatMap(([name, file]) => {
		const bytes = Buffer.from(file?.text ?? "");
		const weights = { brotli: brotliCompressSync(bytes).length, gzip: Bun.gzipSync(bytes, { level: 9 }).length };
		const max = bytesMax[name as keyof typeof bytesMax];
		return weights.brotli > max.brotli || weights.gzip > max.gzip ? [{ name, weights, max }] : [];
	});
	expect(tooHeavy).toEqual([]);
});

test("the SDK shows what it is meant to show, and no more", () => {
	expect(Object.keys(sdk).sort()).toEqual(["HubbubError", "HubbubSocket", "connect"]);
	expect(() => sdk.connect("nonsense")).toThrow(DOMException);
});

for (const transport of ["websocket", "event-stream", "long-poll", "short-poll"] as const)
	test(`[SAY-2] the SDK as built talks to the real server by ${transport}`, async () => {
		const connection = sdk.connect(server.http, { transport, storage: null });
		try {
			const room = connection.room(`built-${transport}`);
			const seen = new Promise((resolve) => room.on("message", resolve));
			const { event } = await room.say("大家好");
			expect(await seen).toEqual(event);
			expect(connection.state).toEqual({ phase: "live", transport });
			expect((await room.history()).before).toBeNull();
			const socket = new sdk.HubbubSocket(`${server.ws}/rooms/built-${transport}`, [], { transport, storage: null });
			const line = await new Promise((resolve) => {
				socket.onmessage = ({ data }) => data.startsWith("* ") || resolve(data);
			});
			expect(line).toBe(`${event.from.name}: 大家好`);
			const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
			socket.close();
			await closed;
		} finally {
			connection.close();
		}
	});

test("[SAY-2] without its second module the SDK goes on by WebSocket, and only what needs it says so", async () => {
	const alone = await mkdtemp(join(tmpdir(), "hubbub-sdk-alone-"));
	await Bun.write(join(alone, "sdk.js"), files[0]?.text ?? "");
	const { connect } = (await import(join(alone, "sdk.js"))) as typeof sdk;
	let refused = 1;
	const environment = {
		WebSocket: class extends WebSocket {
			constructor(url: string, protocols: string[]) {
				super(refused-- > 0 ? "ws://127.0.0.1:1" : url, protocols);
			}
		} as never,
	};
	const connection = connect(server.http, { storage: null, environment });
	try {
		const room = connection.room("alone");
		const heard = new Promise((resolve) => room.on("message", resolve));
		const { event } = await room.say("still here");
		expect(await heard).toEqual(event);
		expect(connection.state).toEqual({ phase: "live", transport: "websocket" });
		const fault = await room.history({ before: room.cursor ?? undefined }).catch((error) => error);
		expect(fault).toMatchObject({ name: "HubbubError", code: "outdated" });
	} finally {
		connection.close();
		await rm(alone, { recursive: true });
	}
});
