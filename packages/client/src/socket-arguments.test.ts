import { describe, expect, test } from "bun:test";
import { HubbubSocket } from "./socket.ts";

// The runtime's own WebSocket is the measure; only 1001, which Bun lets pass and browsers do not, is left out. Nothing listens on port 1 of the loopback.
const address = "ws://127.0.0.1:1/";
type Shape = Pick<WebSocket, "close" | "readyState" | "url" | "protocol" | "extensions" | "bufferedAmount" | "send"> & EventTarget;

function outcome(step: () => unknown): string {
	try {
		step();
		return "ok";
	} catch (error) {
		return (error as Error).name;
	}
}

function open(kind: "native" | "ours"): Shape {
	const socket = kind === "native" ? new WebSocket(address) : new HubbubSocket(address, [], { storage: null });
	(socket as EventTarget).addEventListener("error", () => {});
	return socket as Shape;
}

describe("as the runtime's own WebSocket does, it judges", () => {
	const closes: [unknown, unknown][] = [
		[undefined, undefined],
		[1000, "bye"],
		[3000, ""],
		[4999, "x".repeat(123)],
		["3001", "text"],
		[3000.4, undefined],
		[999, undefined],
		[1005, undefined],
		[2999, undefined],
		[5000, undefined],
		[70_000, undefined],
		[-1, undefined],
		[Number.NaN, undefined],
		["words", undefined],
		[3000, "x".repeat(124)],
		[3000, "é".repeat(61)],
		[3000, "é".repeat(62)],
		[undefined, "x".repeat(124)],
	];
	for (const [code, reason] of closes) {
		test(`close(${JSON.stringify(code)}, ${String(reason).length} characters)`, () => {
			const judge = (kind: "native" | "ours") => {
				const socket = open(kind);
				const result = outcome(() => socket.close(code as number, reason as string));
				socket.close();
				return result;
			};
			expect(judge("ours")).toBe(judge("native"));
		});
	}

	const constructions: [unknown, unknown][] = [
		["ftp://localhost/", undefined],
		["nonsense", undefined],
		["ws://127.0.0.1:1/#part", undefined],
		[address, ["hubbub.v1", "hubbub.v1"]],
		[address, ["a b"]],
		[address, ""],
		[address, [""]],
		[address, ["hubbub,v1"]],
		[address, []],
		[address, "hubbub.v1"],
		[new URL(address), ["hubbub.v1", "hubbub.text"]],
		["http://127.0.0.1:1/", undefined],
	];
	for (const [url, protocols] of constructions) {
		test(`new (${url}, ${JSON.stringify(protocols)})`, () => {
			const judge = (kind: "native" | "ours") =>
				outcome(() => {
					const Kind = kind === "native" ? WebSocket : HubbubSocket;
					const socket = new Kind(url as string, protocols as string[]);
					(socket as EventTarget).addEventListener("error", () => {});
					socket.close();
				});
			expect(judge("ours")).toBe(judge("native"));
		});
	}
});

test("what it throws are DOMExceptions, as in browsers", () => {
	const socket = open("ours");
	for (const step of [() => socket.close(1001), () => socket.close(1000, "x".repeat(200)), () => socket.send("early")]) {
		expect(step).toThrow(DOMException);
	}
	socket.close();
});

test("it has the shape of the runtime's own: constants, fields and their first values", () => {
	const native = open("native");
	const ours = open("ours");
	for (const name of ["CONNECTING", "OPEN", "CLOSING", "CLOSED"] as const) {
		expect(HubbubSocket[name]).toBe(WebSocket[name]);
		expect((ours as unknown as WebSocket)[name]).toBe((native as unknown as WebSocket)[name]);
	}
	for (const name of ["readyState", "url", "protocol", "extensions", "bufferedAmount"] as const) expect(ours[name]).toBe(native[name]);
	for (const name of ["onopen", "onmessage", "onerror", "onclose"] as const) expect((ours as unknown as WebSocket)[name]).toBeNull();
	expect(ours).toBeInstanceOf(EventTarget);
	expect((ours as unknown as WebSocket).binaryType).toBe("blob");
	(ours as unknown as WebSocket).binaryType = "arraybuffer";
	(ours as unknown as { binaryType: string }).binaryType = "nonsense";
	expect((ours as unknown as WebSocket).binaryType).toBe("arraybuffer");
	native.close();
	ours.close();
});
