import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { numberOf, OptionError, roomOf, socketUrlOf, speedOf } from "./options.ts";
import { encodeAs } from "./recordings/foreign-encodings.ts";
import { startScriptedServer } from "./scripted-server.ts";
import { clockTime, harmless, milliseconds, Progress } from "./terminal.ts";

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "hubbub-command-"));
});
afterAll(() => rm(folder, { recursive: true }));

function start(entry: "replay.ts" | "crowd.ts", ...given: string[]) {
	const environment = { ...process.env, INIT_CWD: folder };
	return Bun.spawn([process.execPath, join(import.meta.dir, entry), ...given], { env: environment, stdout: "pipe", stderr: "pipe" });
}

async function run(entry: "replay.ts" | "crowd.ts", ...given: string[]) {
	const child = start(entry, ...given);
	const [output, errors, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
	return { output, errors, code };
}

describe("the commands", () => {
	test("explain every option on --help, without colours where nobody looks", async () => {
		for (const [entry, options] of [
			["replay.ts", ["FILE", "--url", "--room", "--token", "--speed", "--limit", "--seconds", "--clients-max", "--json"]],
			["crowd.ts", ["--viewers", "--rate", "--seconds", "--seed", "--url", "--room", "--token", "--speed", "--limit", "--json"]],
		] as const) {
			const { output, errors, code } = await run(entry, "--help");
			expect({ code, errors }).toEqual({ code: 0, errors: "" });
			for (const option of options) expect(output).toContain(option);
			expect(output).not.toContain("\u001b");
		}
	});

	test("refuse what they do not understand with one line and code 1", async () => {
		for (const [given, words] of [
			[["--sped", "2", "x.jsonl"], "There is no option --sped. See --help."],
			[["x.jsonl", "--speed", "0"], '--speed takes a number above 0, or max, not "0".'],
			[["x.jsonl", "--clients-max", "1.5"], '--clients-max takes a whole number from 1 to 15000, not "1.5".'],
			[["x.jsonl", "y.jsonl"], '"y.jsonl" is one argument too many. See --help.'],
			[[], "Missing required positional argument: FILE. See --help."],
			[["nowhere.jsonl"], `${join(folder, "nowhere.jsonl")} cannot be read: there is no such file.`],
		] as const) {
			expect(await run("replay.ts", ...given)).toEqual({ output: "", errors: `${words}\n`, code: 1 });
		}
	});

	test("replay finds its file from where the person stands, names bad lines and prints the summary", async () => {
		await writeFile(join(folder, "chat.jsonl"), '{"t":0,"u":"a","text":"hi"}\n{"t":0.01,"u":\n{"t":0.02,"u":"b","text":"你好"}\n');
		const server = startScriptedServer();
		const { output, errors, code } = await run("replay.ts", "chat.jsonl", "--url", server.url, "--room", "lobby", "--speed", "max");
		await server.stop();
		expect(code).toBe(0);
		expect(errors).toContain("chat.jsonl: skipped 1 line (2): not JSON\n");
		expect(output).toContain("3 = 2 played + 1 skipped (every line accounted for)");
		expect(output).toContain("acknowledged  2 (shown 2)");
		expect(server.said.map(({ text }) => text).sort()).toEqual(["hi", "你好"]);
	});

	test("replay plays a file in its own encoding, and refuses one whose bytes are of another before anybody is let in", async () => {
		const xml = `<?xml version="1.0" encoding="GBK"?>\n<i><d p="1.5,1,25,0,0,0,a,1">主播晚上好</d>\n<d p="2.5,5,25,0,0,0,b,2">前排</d></i>`;
		await writeFile(join(folder, "declared.xml"), encodeAs("gbk", xml));
		await writeFile(join(folder, "lying.xml"), encodeAs("gbk", xml.replace("GBK", "UTF-8")));
		const server = startScriptedServer();
		const played = await run("replay.ts", "declared.xml", "--url", server.url, "--speed", "max");
		const refused = await run("replay.ts", "lying.xml", "--url", server.url, "--speed", "max");
		await server.stop();
		expect(played.code).toBe(0);
		expect(server.said.map(({ text }) => text).sort()).toEqual(["主播晚上好", "前排"]);
		expect(refused).toEqual({
			output: "",
			errors: "lying.xml:2: there are bytes that are not UTF-8, which the file should be, as it declares. Nothing of it was played.\n",
			code: 1,
		});
	});

	test("replay says why there is nothing to play, by reason and line", async () => {
		const lines = [
			'{"t":0.5,"text":"first"}',
			'{"t":1.5,"text":"second"}',
			"{",
			'{"t":1,"u":"a","text":" "}',
			'{"t":1,"u":"a","text":"x1","kind":"gift"}',
		];
		await writeFile(join(folder, "nobody.jsonl"), lines.join("\n"));
		expect(await run("replay.ts", "nobody.jsonl")).toEqual({
			output: "",
			errors:
				"nobody.jsonl has nothing to play. Skipped 2 lines (1 and 2): no sender (u); 1 line (3): not JSON; 1 line (4): no text; 1 line (5): gift.\n",
			code: 1,
		});
	});

	test("replay counts what it skipped by reason, on the terminal and in the summary", async () => {
		const lines = Array.from({ length: 12 }, (_, at) =>
			at % 2 === 0 ? `{"t":${at},"u":"a","text":"hi"}` : at % 4 === 1 ? "{" : `{"t":${at},"text":"x"}`,
		);
		await writeFile(join(folder, "reasons.jsonl"), lines.join("\n"));
		const server = startScriptedServer();
		const { output, errors, code } = await run("replay.ts", "reasons.jsonl", "--url", server.url, "--speed", "max", "--json");
		await server.stop();
		expect(code).toBe(0);
		expect(errors).toContain("reasons.jsonl: skipped 3 lines (2, 6 and 10): not JSON\n");
		expect(errors).toContain("reasons.jsonl: skipped 3 lines (4, 8 and 12): no sender (u)\n");
		expect(JSON.parse(output)).toMatchObject({
			skipped: { "not JSON": 3, "no sender (u)": 3 },
			lines: { total: 12, played: 6, balanced: true },
		});
	});

	test("crowd leaves with code 2 where a promise was broken", async () => {
		const server = startScriptedServer({ delivery: (n) => (n === 2 ? "twice" : "once") });
		const { output, code } = await run("crowd.ts", "--url", server.url, "--viewers", "4", "--speed", "max", "--limit", "5", "--json");
		await server.stop();
		expect(JSON.parse(output)).toMatchObject({ sent: 5, audit: { doubled: 4, missing: 0 } });
		expect(code).toBe(2);
	});

	test.each(["SIGINT", "SIGTERM"] as const)("%s stops a crowd that would go on for ever, with its summary", async (signal) => {
		let heard = () => {};
		const talking = new Promise<void>((resolve) => {
			heard = resolve;
		});
		const server = startScriptedServer({
			reply: (n) => {
				if (n === 3) heard();
				return "ack";
			},
		});
		const child = start("crowd.ts", "--url", server.url, "--viewers", "5", "--rate", "30", "--seconds", "0");
		await talking;
		child.kill(signal);
		const [output, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
		await server.stop();
		expect(output).toContain("stopped after");
		expect(output).toMatch(/missing +0\n/);
		expect(code).toBe(0);
	});
});

describe("options", () => {
	test("take addresses as people type them", () => {
		for (const [given, expected] of [
			["ws://localhost:8080", "ws://localhost:8080/ws"],
			["http://localhost:8080/", "ws://localhost:8080/ws"],
			["https://chat.example/live", "wss://chat.example/live/ws"],
			["localhost:8080", "ws://localhost:8080/ws"],
			["ws://[::1]:1/ws", "ws://[::1]:1/ws"],
		] as const) {
			expect(socketUrlOf({ url: given })).toBe(expected);
		}
		for (const url of ["ftp://x", "ws://", "ws://a b"]) expect(() => socketUrlOf({ url })).toThrow(OptionError);
	});

	test("refuse rooms that cannot be, and numbers that are none", () => {
		expect(roomOf({ room: "lobby-2" })).toBe("lobby-2");
		for (const room of ["", "../x", "Lobby", "大厅"]) expect(() => roomOf({ room })).toThrow(OptionError);
		expect(speedOf({ speed: "max" })).toBe("max");
		for (const speed of ["", "fast", "-1", "Infinity"]) expect(() => speedOf({ speed })).toThrow(OptionError);
		expect(numberOf({}, "limit", { min: 1, otherwise: 7 })).toBe(7);
		for (const limit of ["", "x", "0", "1e400"]) expect(() => numberOf({ limit }, "limit", { min: 1, otherwise: 7 })).toThrow(OptionError);
	});
});

describe("the terminal", () => {
	function screen(isTTY: boolean) {
		const written: string[] = [];
		let now = 0;
		const progress = new Progress({ isTTY, columns: 60, write: (text) => written.push(text) }, () => now);
		return { written, progress, wait: (ms: number) => (now += ms) };
	}

	test("shows a bar that stays on its line, redrawn at most five times a second", () => {
		const { written, progress, wait } = screen(true);
		progress.show(0.5, () => "half");
		progress.show(0.6, () => "too soon");
		wait(200);
		progress.show(2, () => "x".repeat(100));
		expect(written).toHaveLength(2);
		expect(written[0]).toBe(`\r\u001b[2K${"█".repeat(12)}${"░".repeat(12)}  50 %  half`);
		expect(written[1]).toContain("100 %");
		expect(written[1]?.length).toBeLessThan(70);
		progress.end();
		expect(written.at(-1)).toBe("\r\u001b[2K");
	});

	test("writes a plain line every five seconds where there is no terminal", () => {
		const { written, progress, wait } = screen(false);
		for (let tick = 0; tick < 60; tick++) {
			progress.show(tick / 60, () => `tick ${tick}`);
			wait(200);
		}
		expect(written).toEqual(["  0 %  tick 0\n", " 41 %  tick 25\n", " 83 %  tick 50\n"]);
	});

	test("never lets what a server or a file says take the terminal over", () => {
		const { written, progress } = screen(true);
		progress.note("bad \u001b[2J\u202e line");
		expect(written).toEqual(["bad \ufffd[2J\ufffd line\n"]);
		expect(harmless("你好 👋")).toBe("你好 👋");
	});

	test("says times as people read them", () => {
		expect([0.123, 12.34, 1234.5, null].map(milliseconds)).toEqual(["0.12 ms", "12.3 ms", "1,235 ms", "–"]);
		expect([5, 65, 3_725].map(clockTime)).toEqual(["0:05", "1:05", "1:02:05"]);
	});
});
