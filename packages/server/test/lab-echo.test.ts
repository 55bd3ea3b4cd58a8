import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { until } from "./client.ts";
import { frameBytes, handshake, opcode, type RawFrame, RawSocket } from "./raw-socket.ts";
import { startServer, type TestServer } from "./start-server.ts";

// The cases of the Autobahn test suite for servers, by its groups, written anew: the suite itself is not to be had for this Python.

let server: TestServer;
beforeAll(async () => {
	server = await startServer({ HUBBUB_DATA: "memory", HUBBUB_LAB: "on", HUBBUB_LAB_PORT: "0" });
});
afterAll(() => server.stop());

const mebibyte = 1024 * 1024;
const bytes = (...values: number[]) => Uint8Array.from(values);
/** A close frame's payload. */
const closing = (code: number, reason: string | Uint8Array = "") =>
	Buffer.concat([bytes(code >> 8, code & 0xff), Buffer.from(reason as string)]);
const pattern = (size: number) => Buffer.from(Array.from({ length: size }, (_, index) => index & 0xff));

/** The header of a masked binary frame of this length, and nothing of it. */
function headOf(length: number): Buffer {
	const head = Buffer.from(frameBytes(opcode.binary, pattern(65_536)).subarray(0, 14));
	head.writeBigUInt64BE(BigInt(length), 2);
	return head;
}

/** A binary message in fragments of this size. */
function fragmented(payload: Uint8Array, size: number): Buffer {
	const frames: Buffer[] = [];
	for (let start = 0; start < payload.length; start += size)
		frames.push(
			frameBytes(start === 0 ? opcode.binary : opcode.continuation, payload.subarray(start, start + size), {
				final: start + size >= payload.length,
			}),
		);
	return Buffer.concat(frames);
}

async function withEcho(run: (echo: RawSocket) => Promise<void>): Promise<void> {
	const echo = await RawSocket.upgrade(server.port, "/lab/echo", "");
	try {
		await run(echo);
	} finally {
		echo.destroy();
	}
}

function expectFrame(frame: RawFrame | null, code: number, payload: string | Uint8Array): void {
	expect(frame?.opcode).toBe(code);
	expect(frame?.payload.equals(Buffer.from(payload as string))).toBe(true);
}

/** It ends the connection with this code, and sends nothing else before. */
async function expectFailed(echo: RawSocket, code: number): Promise<void> {
	const frame = await echo.next();
	expect([frame?.opcode, frame?.payload.readUInt16BE(0)]).toEqual([opcode.close, code]);
	await echo.ended();
}

describe("1: frames of every length", () => {
	for (const size of [0, 1, 125, 126, 127, 128, 65_535, 65_536]) {
		test(`[LAB-1] a text and a binary message of ${size} bytes come back`, () =>
			withEcho(async (echo) => {
				echo.frame(opcode.text, "*".repeat(size));
				expectFrame(await echo.next(), opcode.text, "*".repeat(size));
				echo.frame(opcode.binary, pattern(size));
				expectFrame(await echo.next(), opcode.binary, pattern(size));
			}));
	}

	test("[LAB-1] a message that comes in pieces of 997 bytes is whole", () =>
		withEcho(async (echo) => {
			const frame = frameBytes(opcode.text, "*".repeat(65_536));
			for (let start = 0; start < frame.length; start += 997) {
				echo.write(frame.subarray(start, start + 997));
				await new Promise((resolve) => setImmediate(resolve));
			}
			expectFrame(await echo.next(), opcode.text, "*".repeat(65_536));
		}));

	test("[LAB-1] a message that comes byte by byte is whole", () =>
		withEcho(async (echo) => {
			for (const byte of frameBytes(opcode.text, "héllo")) {
				echo.write(bytes(byte));
				await new Promise((resolve) => setImmediate(resolve));
			}
			expectFrame(await echo.next(), opcode.text, "héllo");
		}));
});

describe("2: pings and pongs", () => {
	test.each<[string, Uint8Array]>([
		["without a payload", bytes()],
		["with a text", Buffer.from("Hello, world!")],
		["with bytes that are no text", bytes(0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff)],
		["with 125 bytes", Buffer.alloc(125, 0xfe)],
	])("[LAB-1] a ping %s is answered by a pong with the same", (_what, payload) =>
		withEcho(async (echo) => {
			echo.frame(opcode.ping, payload);
			expectFrame(await echo.next(), opcode.pong, payload);
		}),
	);

	test("[LAB-1] a ping of 126 bytes is a protocol error", () =>
		withEcho(async (echo) => {
			echo.frame(opcode.ping, Buffer.alloc(126, 0xfe));
			await expectFailed(echo, 1002);
		}));

	test("[LAB-1] pongs nobody asked for are passed over, with and without a payload", () =>
		withEcho(async (echo) => {
			echo.frame(opcode.pong, "");
			echo.frame(opcode.pong, "unsolicited");
			echo.frame(opcode.ping, "asked");
			expectFrame(await echo.next(), opcode.pong, "asked");
		}));

	test("[LAB-1] ten pings at once are answered in order", () =>
		withEcho(async (echo) => {
			echo.write(Buffer.concat(Array.from({ length: 10 }, (_, index) => frameBytes(opcode.ping, `ping ${index}`))));
			for (let index = 0; index < 10; index++) expectFrame(await echo.next(), opcode.pong, `ping ${index}`);
		}));
});

describe("3 and 4: what is reserved", () => {
	for (const reserved of [1, 2, 3, 4, 5, 6, 7])
		for (const [what, code] of Object.entries({ text: opcode.text, binary: opcode.binary, ping: opcode.ping, close: opcode.close }))
			test(`[WS-7] reserved bits ${reserved.toString(2).padStart(3, "0")} on a ${what} frame are a protocol error`, () =>
				withEcho(async (echo) => {
					echo.frame(code, code === opcode.close ? closing(1000) : "x", { reserved });
					await expectFailed(echo, 1002);
				}));

	for (const code of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
		test(`[WS-7] opcode ${code} is a protocol error, after what came before it was answered`, () =>
			withEcho(async (echo) => {
				echo.write(Buffer.concat([frameBytes(opcode.text, "before"), frameBytes(code, "x"), frameBytes(opcode.text, "after")]));
				expectFrame(await echo.next(), opcode.text, "before");
				await expectFailed(echo, 1002);
			}));

	test("[WS-7] a frame without a mask is a protocol error", () =>
		withEcho(async (echo) => {
			echo.frame(opcode.text, "bare", { masked: false });
			await expectFailed(echo, 1002);
		}));
});

describe("5: fragments", () => {
	const more = { final: false } as const;

	for (const code of [opcode.ping, opcode.pong, opcode.close])
		test(`[WS-7] a control frame (${code}) in pieces is a protocol error`, () =>
			withEcho(async (echo) => {
				echo.frame(code, code === opcode.close ? closing(1000) : "fragment", more);
				await expectFailed(echo, 1002);
			}));

	test("[LAB-1] fragments are put together, empty ones too", () =>
		withEcho(async (echo) => {
			for (const parts of [["a", "b"], ["", "", ""], ["", "middle", ""], [..."letters"]]) {
				for (const [index, part] of parts.entries())
					echo.frame(index === 0 ? opcode.text : opcode.continuation, part, { final: index === parts.length - 1 });
				expectFrame(await echo.next(), opcode.text, parts.join(""));
			}
		}));

	test("[LAB-1] pings between fragments are answered at once", () =>
		withEcho(async (echo) => {
			echo.frame(opcode.text, "one ", more);
			echo.frame(opcode.ping, "first");
			expectFrame(await echo.next(), opcode.pong, "first");
			echo.frame(opcode.continuation, "two ", more);
			echo.frame(opcode.ping, "second");
			expectFrame(await echo.next(), opcode.pong, "second");
			echo.frame(opcode.pong, "nobody asked");
			echo.frame(opcode.continuation, "three");
			expectFrame(await echo.next(), opcode.text, "one two three");
		}));

	test.each<[string, (echo: RawSocket) => void]>([
		["a continuation with nothing to continue", (echo) => echo.frame(opcode.continuation, "x")],
		["an unfinished continuation with nothing to continue", (echo) => echo.frame(opcode.continuation, "x", more)],
		[
			"a continuation after a message that is whole",
			(echo) => {
				echo.frame(opcode.pong, "");
				echo.frame(opcode.continuation, "x");
			},
		],
		[
			"a new message amid fragments",
			(echo) => {
				echo.frame(opcode.text, "one", more);
				echo.frame(opcode.text, "two");
			},
		],
		[
			"a new message of the other kind amid fragments",
			(echo) => {
				echo.frame(opcode.text, "one", more);
				echo.frame(opcode.binary, "two");
			},
		],
	])("[WS-7] %s is a protocol error", (_what, send) =>
		withEcho(async (echo) => {
			send(echo);
			await expectFailed(echo, 1002);
		}),
	);
});

describe("7: the closing handshake", () => {
	test("[WS-5] a close is answered in kind, and nothing is answered after it", () =>
		withEcho(async (echo) => {
			echo.write(
				Buffer.concat([
					frameBytes(opcode.close, closing(1000, "done")),
					frameBytes(opcode.text, "after"),
					frameBytes(opcode.ping, "after"),
				]),
			);
			expectFrame(await echo.next(), opcode.close, closing(1000, "done"));
			expect(await echo.next()).toBeNull();
		}));

	test("[WS-5] a message before the close is answered first; an unfinished one is not", () =>
		withEcho(async (echo) => {
			echo.write(
				Buffer.concat([
					frameBytes(opcode.text, "whole"),
					frameBytes(opcode.text, "half", { final: false }),
					frameBytes(opcode.close, closing(1000)),
				]),
			);
			expectFrame(await echo.next(), opcode.text, "whole");
			expect((await echo.next())?.opcode).toBe(opcode.close);
			expect(await echo.next()).toBeNull();
		}));

	test("[WS-5] a close without a code is answered", () =>
		withEcho(async (echo) => {
			echo.frame(opcode.close, "");
			expect((await echo.next())?.opcode).toBe(opcode.close);
			await echo.ended();
		}));

	for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
		test(`[WS-5] close code ${code} is answered with the same`, () =>
			withEcho(async (echo) => {
				echo.frame(opcode.close, closing(code, "why"));
				await expectFailed(echo, code);
			}));

	for (const code of [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65_535])
		test(`[WS-7] close code ${code}, which nobody may send, is a protocol error`, () =>
			withEcho(async (echo) => {
				echo.frame(opcode.close, closing(code));
				await expectFailed(echo, 1002);
			}));

	test("[WS-5] a reason of 123 bytes is within bounds, one of 124 is not", async () => {
		await withEcho(async (echo) => {
			echo.frame(opcode.close, closing(1000, "*".repeat(123)));
			await expectFailed(echo, 1000);
		});
		await withEcho(async (echo) => {
			echo.frame(opcode.close, closing(1000, "*".repeat(124)));
			await expectFailed(echo, 1002);
		});
	});

	test("[WS-7] a close of one byte is a protocol error, a reason that is no UTF-8 is said to be", async () => {
		await withEcho(async (echo) => {
			echo.frame(opcode.close, "a");
			await expectFailed(echo, 1002);
		});
		await withEcho(async (echo) => {
			echo.frame(opcode.close, closing(1000, bytes(0xce, 0xba, 0xed, 0xa0, 0x80)));
			await expectFailed(echo, 1007);
		});
	});
});

describe("9 and 10: long messages, on the echo's own port", () => {
	async function withLongEcho(run: (echo: RawSocket) => Promise<void>): Promise<void> {
		const echo = await RawSocket.upgrade(server.labPort as number, "/lab/echo", "");
		try {
			await run(echo);
		} finally {
			echo.destroy();
		}
	}

	test.each([
		["text", 64 * 1024],
		["binary", 256 * 1024],
		["text", mebibyte],
		["binary", 4 * mebibyte],
		["binary", 16 * mebibyte],
	] as const)("[LAB-2] a %s message of %d bytes comes back", (kind, size) =>
		withLongEcho(async (echo) => {
			const payload = Buffer.alloc(size, "Hubbub! ");
			echo.frame(opcode[kind], payload);
			expectFrame(await echo.next(), opcode[kind], payload);
		}),
	);

	test.each([64, 4_096, 65_536])("[LAB-2] a message of 1 MiB in fragments of %d bytes comes back whole", (size) =>
		withLongEcho(async (echo) => {
			echo.write(fragmented(pattern(mebibyte), size));
			expectFrame(await echo.next(), opcode.binary, pattern(mebibyte));
		}),
	);

	test("[LAB-2] 200 messages at once come back in order", () =>
		withLongEcho(async (echo) => {
			const texts = Array.from({ length: 200 }, (_, index) => `${index} ${"x".repeat(index * 20)}`);
			echo.write(Buffer.concat(texts.map((text) => frameBytes(opcode.text, text))));
			for (const text of texts) expectFrame(await echo.next(), opcode.text, text);
		}));

	test("[LAB-2] a message beyond 16 MiB is let go with 1009, by its header alone", () =>
		withLongEcho(async (echo) => {
			echo.write(headOf(16 * mebibyte + 1));
			expect(await echo.closeCode()).toBe(1009);
		}));

	test("[LAB-2] it has nothing else, nothing for a browser's page, and room for eight", async () => {
		const { labPort } = server;
		for (const path of ["/", "/healthz", "/rooms/lobby"]) expect((await fetch(`http://127.0.0.1:${labPort}${path}`)).status).toBe(404);
		const raw = await RawSocket.open(labPort as number);
		raw.write(handshake("/lab/echo", { Origin: `http://127.0.0.1:${labPort}` }));
		expect((await raw.response()).status).toBe(403);
		raw.destroy();
		const eight = await Promise.all(Array.from({ length: 8 }, () => RawSocket.upgrade(labPort as number, "/lab/echo", "")));
		const ninth = await RawSocket.open(labPort as number);
		ninth.write(handshake("/lab/echo"));
		expect((await ninth.response()).status).toBe(429);
		for (const each of [...eight, ninth]) each.destroy();
		await until(async () => {
			const again = await RawSocket.open(labPort as number);
			again.write(handshake("/lab/echo"));
			const { status } = await again.response();
			again.destroy();
			return status === 101;
		});
	});
});

describe("what a socket of the rooms' port may hold, with the lab open", () => {
	const paths = ["/rooms/lobby", "/ws", "/lab/echo", "/lab/wire"];

	test.each(paths)("[WS-7] [SEC-4] on %s a frame of more than 256 KiB is let go with 1009, by its header alone", async (path) => {
		const raw = await RawSocket.upgrade(server.port, path);
		raw.write(headOf(256 * 1024 + 1));
		expect(await raw.closeCode()).toBe(1009);
		raw.destroy();
	});

	test.each(paths)("[WS-7] [SEC-4] on %s fragments that never end are let go with 1009 once they are more than that", async (path) => {
		const raw = await RawSocket.upgrade(server.port, path);
		const part = Buffer.alloc(24 * 1024);
		for (let count = 0; count < 10; count++) raw.frame(count === 0 ? opcode.binary : opcode.continuation, part, { final: false });
		raw.frame(opcode.ping, "240 KiB");
		let frame = await raw.next();
		while (frame?.opcode === opcode.text) frame = await raw.next();
		expectFrame(frame, opcode.pong, "240 KiB");
		raw.frame(opcode.continuation, part, { final: false });
		expect(await raw.closeCode()).toBe(1009);
		raw.destroy();
	});
});
