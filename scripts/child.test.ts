import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// The launcher runs under Node: so does runChild() here, in a process that can be sent signals.
let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "hubbub-child-"));
});
afterEach(() => {
	rmSync(folder, { recursive: true, force: true });
});

/** Starts a Node process that runs `program` by runChild(), and exits with its code. */
function launch(program: string) {
	const inner = join(folder, "inner.mjs");
	const outer = join(folder, "outer.mjs");
	writeFileSync(inner, program);
	writeFileSync(
		outer,
		`import { runChild } from ${JSON.stringify(join(import.meta.dir, "child.mjs"))};
		const { code, asked } = await runChild(process.execPath, [${JSON.stringify(inner)}]);
		console.log("asked", asked);
		process.exitCode = code;`,
	);
	const child = Bun.spawn(["node", outer], { stdout: "pipe", stderr: "inherit", stdin: "ignore" });
	const lines = readLines(child.stdout);
	return { child, next: async () => (await lines.next()).value };
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
	let rest = "";
	const decoder = new TextDecoder();
	for await (const chunk of stream) {
		const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
		rest = parts.pop() ?? "";
		yield* parts;
	}
}

const draining = (signal: string) => `
	let times = 0;
	process.on("${signal}", () => {
		times++;
		console.log("draining");
		process.stdin.resume();
		setTimeout(() => { console.log("drained after " + times); process.exit(7); }, 100);
	});
	setInterval(() => {}, 1000);
	console.log("up");
`;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
	test(`${signal} reaches the child once, which drains and names the exit code`, async () => {
		const { child, next } = launch(draining(signal));
		expect(await next()).toBe("up");
		child.kill(signal);
		expect(await next()).toBe("draining");
		child.kill(signal); // npm passes on what the terminal sent already
		expect(await next()).toBe("drained after 1");
		expect(await next()).toBe(`asked ${signal}`);
		expect(await child.exited).toBe(7);
	});
}

test("an exit code of the child is passed on", async () => {
	const { child, next } = launch("process.exit(42)");
	expect(await next()).toBe("asked null");
	expect(await child.exited).toBe(42);
});

test("a child ended by a signal makes 128 and the signal's number", async () => {
	const { child, next } = launch('process.kill(process.pid, "SIGKILL")');
	expect(await next()).toBe("asked null");
	expect(await child.exited).toBe(137);
});

test("a signal reaches what the child started, too", async () => {
	const grandchild =
		'process.on("SIGINT", () => { console.log("grandchild left"); process.exit(); }); setInterval(() => {}, 1000); console.log("up");';
	const { child, next } = launch(`
		import { spawnSync } from "node:child_process";
		spawnSync(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { stdio: "inherit" });
	`);
	expect(await next()).toBe("up");
	child.kill("SIGINT");
	const lines = [await next(), await next()];
	expect(lines.sort()).toEqual(["asked SIGINT", "grandchild left"]);
	await child.exited;
});
