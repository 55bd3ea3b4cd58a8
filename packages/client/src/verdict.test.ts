import { describe, expect, test } from "bun:test";
import { type Code, codes } from "@hubbub/protocol/codes.ts";
import { closeCodeOf, judge } from "./verdict.ts";

const end = (code: number, reason = "") => ({ code, reason, wasClean: true });

describe("[CODE-1] the end of a link", () => {
	for (const code of Object.keys(codes) as Code[]) {
		const { close } = codes[code];
		test(`this side knows the close code of ${code}`, () => {
			expect(closeCodeOf(code) ?? null).toBe(close);
		});
		if (close === null) continue;
		test(`${close} ${code} is ${close < 4100 ? "final" : "a reason to come back"}`, () => {
			const verdict = judge(end(close), null);
			expect(verdict.kind).toBe(close < 4100 ? "final" : "again");
			if (verdict.kind === "final") expect(verdict.code).toBe(code);
		});
	}

	test("a code of ours that this version does not know is judged by its range", () => {
		expect(judge(end(4077), null).kind).toBe("final");
		expect(judge(end(4177), null).kind).toBe("again");
	});

	test("a lost network, a restarting server and a close without a code are reasons to come back", () => {
		for (const code of [1000, 1001, 1005, 1006, 1011, 1012, 1013, 1015]) expect(judge(end(code), null).kind).toBe("again");
	});

	test("failures of the protocol itself are final", () => {
		for (const code of [1002, 1003, 1007, 1008, 1009, 1010]) expect(judge(end(code), null).kind).toBe("final");
	});
});

describe("a bye", () => {
	test("wins over the close code, which a proxy may have rewritten", () => {
		const verdict = judge(end(1006), { type: "bye", code: "banned", message: "You are banned here." });
		expect(verdict).toEqual({ kind: "final", code: "banned", message: "You are banned here." });
	});

	test("carries the time to come back after, and its sentence", () => {
		const bye = { type: "bye", code: "draining", message: "Restarting.", reconnectAfterMs: 1_234 } as const;
		expect(judge(end(1006), bye)).toEqual({ kind: "again", afterMs: 1_234, reason: "Restarting." });
	});

	test("of a later version leaves the word to the close code", () => {
		const bye = { type: "bye", code: "moved" as Code, message: "Moved." } as const;
		expect(judge(end(4050), bye).kind).toBe("final");
		expect(judge(end(4150), bye).kind).toBe("again");
	});
});
