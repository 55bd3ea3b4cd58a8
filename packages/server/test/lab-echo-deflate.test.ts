import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { deflateRawSync, inflateRawSync, constants as zlib } from "node:zlib";
import { handshake, opcode, type RawFrame, RawSocket } from "./raw-socket.ts";
import { startServer, type TestServer } from "./start-server.ts";

// Groups 12 and 13 of the Autobahn test suite for servers, written anew.

let server: TestServer;
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_LAB: "on" });
});
afterAll(() => server.stop());

const mebibyte = 1024 * 1024;
const bytes = (...values: number[]) => Uint8Array.from(values);
const pattern = (size: number) => Buffer.from(Array.from({ length: size }, (_, index) => index & 0xff));

describe("12 and 13: permessage-deflate", () => {
	const sizes = [0, 16, 64, 256, 1_024, 4_096, 32_768, 131_072];
	const offers = [
		"permessage-deflate",
		"permessage-deflate; client_no_context_takeover; server_no_context_takeover",
		"permessage-deflate; client_max_window_bits",
		"permessage-deflate; client_max_window_bits=9, permessage-deflate",
		"permessage-deflate; server_max_window_bits=10; server_no_context_takeover, permessage-deflate; client_max_window_bits",
	];
	const prose = (size: number) => "“All happy families are alike;” 幸福的家庭都是相似的。".repeat(Math.ceil(size / 60)).slice(0, size);

	async function openCompressed(offer: string): Promise<{ echo: RawSocket; agreed: string | undefined }> {
		const echo = await RawSocket.open(server.port);
		echo.write(handshake("/lab/echo", { "Sec-WebSocket-Extensions": offer }));
		const { status, headers } = await echo.response();
		expect(status).toBe(101);
		return { echo, agreed: headers.get("sec-websocket-extensions") };
	}

	/** One message compressed by itself, as RFC 7692 section 7.2.1 has it: without the four bytes an empty block ends with. */
	function deflated(payload: string | Uint8Array): Buffer {
		const raw = deflateRawSync(Buffer.from(payload as string), { finishFlush: zlib.Z_SYNC_FLUSH });
		return raw.subarray(0, raw.length - 4);
	}

	function inflated(payload: Uint8Array): Buffer {
		return inflateRawSync(Buffer.concat([payload, bytes(0, 0, 0xff, 0xff)]), { finishFlush: zlib.Z_SYNC_FLUSH });
	}

	const inflatedText = (frame: RawFrame | null) => String(frame?.reserved === 4 ? inflated(frame.payload) : frame?.payload);

	test.each(offers)("[LAB-1] is agreed to where %p is offered, within what was offered", async (offer) => {
		const { echo, agreed } = await openCompressed(offer);
		expect(agreed).toStartWith("permessage-deflate");
		// Each message is compressed by itself on both sides, hence a client keeps no context either.
		expect(agreed).toContain("server_no_context_takeover");
		expect(agreed).toContain("client_no_context_takeover");
		if (!offer.includes("client_max_window_bits")) expect(agreed).not.toContain("client_max_window_bits");
		echo.destroy();
	});

	test.each(offers)("[LAB-1] text and bytes of all sizes come back, with %p", async (offer) => {
		const { echo } = await openCompressed(offer);
		for (const size of sizes)
			for (const [code, payload] of [
				[opcode.text, prose(size)],
				[opcode.binary, pattern(size)],
			] as const) {
				echo.frame(code, deflated(payload), { reserved: 4 });
				const answer = await echo.next();
				expect(answer?.opcode).toBe(code);
				const back = answer?.reserved === 4 ? inflated(answer.payload) : answer?.payload;
				expect(back?.equals(Buffer.from(payload as string))).toBe(true);
			}
		echo.destroy();
	});

	test("[LAB-1] a compressed message in fragments, with a ping between, comes back; one that is not compressed too", async () => {
		const { echo } = await openCompressed(offers[1] as string);
		const whole = deflated(prose(8_000));
		echo.frame(opcode.text, whole.subarray(0, 20), { reserved: 4, final: false });
		echo.frame(opcode.ping, "between");
		echo.frame(opcode.continuation, whole.subarray(20), {});
		expect(await echo.next()).toMatchObject({ opcode: opcode.pong, payload: Buffer.from("between") });
		const answer = await echo.next();
		expect(inflatedText(answer)).toBe(prose(8_000));
		echo.frame(opcode.text, "as it is");
		const plain = await echo.next();
		expect(inflatedText(plain)).toBe("as it is");
		echo.destroy();
	});

	test("[WS-10] what inflates to more than 256 KiB is let go, and costs no more memory than that", async () => {
		const { echo } = await openCompressed("permessage-deflate");
		echo.frame(opcode.binary, deflated(Buffer.alloc(mebibyte)), { reserved: 4 });
		await echo.ended();
		const another = await openCompressed("permessage-deflate");
		another.echo.frame(opcode.text, "still here");
		expect(inflatedText(await another.echo.next())).toBe("still here");
		another.echo.destroy();
	});

	test("[WS-7] what is no DEFLATE, and a compressed continuation, end the connection", async () => {
		const garbage = await openCompressed("permessage-deflate");
		garbage.echo.frame(opcode.text, bytes(0xff, 0xff, 0xff, 0xff, 0xff), { reserved: 4 });
		await garbage.echo.ended();
		const continued = await openCompressed("permessage-deflate");
		continued.echo.frame(opcode.text, deflated(prose(100)).subarray(0, 10), { reserved: 4, final: false });
		continued.echo.frame(opcode.continuation, deflated(prose(100)).subarray(10), { reserved: 4 });
		expect(await continued.echo.closeCode()).toBe(1002);
	});
});
