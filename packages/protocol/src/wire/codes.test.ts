import { describe, expect, test } from "bun:test";
import { problem } from "../problem.ts";
import { closeCodeOf, isFinalClose } from "./close-codes.ts";
import { type Code, codes } from "./codes.ts";
import { passes } from "./passing-codes.ts";

describe("the table of codes", () => {
	test.each([
		["unauthorized", 401, 4001],
		["banned", 403, 4003],
		["room_not_found", 404, 4004],
		["frame_too_large", 413, 4009],
		["bad_frame", 400, 4010],
		["draining", 503, 4100],
		["too_slow", 503, 4101],
		["silent", 408, 4102],
		["overloaded", 503, 4103],
		["flooding", 429, 4104],
	] as const)("[CODE-1] %s is %p over HTTP and closes with %p", (name, http, close) => {
		expect(codes[name]).toMatchObject({ http, close });
	});

	test("[CODE-1] 4000 to 4099 are final, 4100 to 4199 are not, and RFC 6455's own failures are", () => {
		for (const { close } of Object.values(codes)) if (close !== null) expect(isFinalClose(close)).toBe(close < 4100);
		for (const close of [1002, 1003, 1007, 1009]) expect(isFinalClose(close)).toBe(true);
		for (const close of [1000, 1001, 1006, 1011, 1012, 1013]) expect(isFinalClose(close)).toBe(false);
	});

	test("[CODE-1] only what ends a connection has a close code, whatever a later version, or an object, may call a code", () => {
		for (const [name, { close }] of Object.entries(codes)) expect(closeCodeOf(name) ?? null).toBe(close);
		for (const name of ["moved", "", "constructor", "__proto__"]) expect(closeCodeOf(name)).toBeUndefined();
	});

	test("[CODE-1] a refusal that passes is never one that tells the client to stay away for good", () => {
		const passing = (Object.keys(codes) as Code[]).filter(passes);
		expect(passing).toContain("rate_limited");
		expect(passing).not.toContain("forbidden");
		for (const name of passing) expect({ name, isFinal: isFinalClose(codes[name].close ?? 4_100) }).toEqual({ name, isFinal: false });
	});

	test("[CODE-2] over HTTP each is a problem document with its status and code", async () => {
		for (const name of Object.keys(codes) as Code[]) {
			const response = problem(name);
			expect(response.status).toBe(codes[name].http);
			expect(response.headers.get("content-type")).toBe("application/problem+json");
			expect(response.headers.get("x-content-type-options")).toBe("nosniff");
			const { http: status, message: title } = codes[name];
			expect(await response.json()).toEqual({ type: `urn:hubbub:problem:${name}`, title, status, code: name });
		}
	});

	test("[CODE-2] a time to wait stands in the body in milliseconds, and in the header in whole seconds", async () => {
		const response = problem("slow_mode", "One message every 5 s.", 1_001);
		expect(response.headers.get("retry-after")).toBe("2");
		expect(await response.json()).toMatchObject({ detail: "One message every 5 s.", retryAfterMs: 1_001 });
	});
});
