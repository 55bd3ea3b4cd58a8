import { beforeEach, expect, test } from "bun:test";
import { serverLimits } from "../runtime/limits.ts";
import { Echo, type EchoSocket } from "./echo.ts";

/** A socket whose peer reads when the test says so. */
class ScriptedSocket implements EchoSocket {
	buffered = 0;
	readonly sent: { readonly data: string | Uint8Array; readonly compress: boolean }[] = [];
	closed: { code: number; reason: string } | null = null;

	getBufferedAmount(): number {
		return this.buffered;
	}

	sendText(data: string, compress: boolean): number {
		return this.sent.push({ data, compress });
	}

	sendBinary(data: Uint8Array, compress: boolean): number {
		return this.sent.push({ data, compress });
	}

	close(code: number, reason: string): void {
		this.closed = { code, reason };
	}
}

let socket: ScriptedSocket;
let nowMs: number;
beforeEach(() => {
	socket = new ScriptedSocket();
	nowMs = 0;
});

const echoOf = (rate: { burst: number; perMs: number } | null) => new Echo(socket, { rate, unreadBytesMax: 1_000, nowMs: () => nowMs });

test("[LAB-1] text comes back as text and bytes as bytes", () => {
	const echo = echoOf(null);
	echo.answer("héllo");
	echo.answer(Uint8Array.of(1, 2, 3));
	expect(socket.sent.map(({ data }) => data)).toEqual(["héllo", Uint8Array.of(1, 2, 3)]);
});

test("[LAB-3] bytes are counted, not characters, and filled up again with time", () => {
	const echo = echoOf({ burst: 300, perMs: 100 });
	echo.answer("好".repeat(100));
	expect(socket.closed).toBeNull();
	nowMs += 50;
	echo.answer("x".repeat(150));
	expect([socket.sent.length, socket.closed]).toEqual([2, null]);
	echo.answer("x");
	expect([socket.sent.length, socket.closed?.code]).toEqual([2, 1008]);
});

test("[LAB-3] whoever does not read what comes back is let go at the next message, and nothing is left out before", () => {
	const echo = echoOf(null);
	socket.buffered = 1_000;
	echo.answer("one");
	expect([socket.sent.length, socket.closed]).toEqual([1, null]);
	socket.buffered = 1_003;
	echo.answer("two");
	expect([socket.sent.length, socket.closed?.code]).toEqual([1, 1008]);
});

test("[LAB-3] what would take long to compress comes back as it is", () => {
	const echo = echoOf(null);
	for (const size of [serverLimits.labDeflateBytesMax, serverLimits.labDeflateBytesMax + 1]) echo.answer(new Uint8Array(size));
	expect(socket.sent.map(({ compress }) => compress)).toEqual([true, false]);
});
