import { availableParallelism } from "node:os";

/** Which core a program runs on: servers have one to themselves, generators share the other. */
export type Place = "server" | "load";

export interface ProgramOptions {
	readonly place: Place;
	readonly environment?: Record<string, string>;
	readonly folder?: string;
	/** A line of standard output came. */
	readonly onLine?: (line: string) => void;
}

/** A program the suite started, and ends. */
export interface Program {
	readonly pid: number;
	/** The first line of standard output that matches, from the start on. Rejects where the program ends before, with what it said. */
	line(pattern: RegExp): Promise<RegExpMatchArray>;
	write(text: string): void;
	/** SIGTERM, and SIGKILL after ten seconds. Resolves when it is gone. */
	stop(): Promise<void>;
}

const stopMs = 10_000;
const running = new Set<Program>();

/** Whether there is a core for servers and another for the load; otherwise they share what there is. */
export const pinned = availableParallelism() >= 2 && Bun.which("taskset") !== null;

/** Starts a program on the core of its place, with as many files as the system lets it open. Throws where it cannot be started. */
export function startProgram(command: readonly string[], options: ProgramOptions): Program {
	const pin = pinned ? ["taskset", "-c", options.place === "server" ? "0" : "1"] : [];
	const child = Bun.spawn(["sh", "-c", 'ulimit -n "$(ulimit -Hn)"; exec "$@"', "sh", ...pin, ...command], {
		stdin: "pipe",
		stdout: "pipe",
		stderr: "pipe",
		env: { ...process.env, ...options.environment },
		cwd: options.folder,
	});
	const lines: string[] = [];
	const waiting = new Set<{ pattern: RegExp; resolve: (match: RegExpMatchArray) => void; reject: (fault: Error) => void }>();
	let errors = "";
	const name = command.slice(0, 2).join(" ");
	const reading = readLines(child.stdout, (line) => {
		options.onLine?.(line);
		if (lines.length < 200) lines.push(line);
		for (const waiter of waiting) {
			const match = line.match(waiter.pattern);
			if (match && waiting.delete(waiter)) waiter.resolve(match);
		}
	});
	const complaining = readLines(child.stderr, (line) => {
		errors = `${errors}${line}\n`.slice(-4_000);
		if (options.place === "load" || process.env.BENCH_VERBOSE) console.error(`  [${name.split("/").at(-1)}] ${line}`);
	});
	void Promise.all([child.exited, reading, complaining]).then(([code]) => {
		running.delete(program);
		for (const { reject } of waiting) reject(new Error(`${name} ended with ${code}:\n${lines.slice(-5).join("\n")}\n${errors}`));
	});
	const program: Program = {
		pid: child.pid,
		line(pattern) {
			const found = lines.map((line) => line.match(pattern)).find((match) => match !== null);
			if (found) return Promise.resolve(found);
			if (!running.has(program)) return Promise.reject(new Error(`${name} has ended:\n${errors}`));
			return new Promise((resolve, reject) => waiting.add({ pattern, resolve, reject }));
		},
		write(text) {
			child.stdin.write(text);
			child.stdin.flush();
		},
		async stop() {
			child.kill("SIGTERM");
			const late = setTimeout(() => child.kill("SIGKILL"), stopMs);
			await child.exited;
			clearTimeout(late);
		},
	};
	running.add(program);
	return program;
}

/** Ends whatever is still running. */
export async function stopAll(): Promise<void> {
	await Promise.all([...running].map((program) => program.stop()));
}

async function readLines(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
	const decoder = new TextDecoder();
	let held = "";
	for await (const chunk of stream) {
		held += decoder.decode(chunk, { stream: true });
		const lines = held.split("\n");
		held = lines.pop() as string;
		for (const line of lines) onLine(line);
	}
	if (held !== "") onLine(held);
}

/** Runs a command to its end; answers its standard output. Throws with its standard error where it fails. */
export async function run(command: readonly string[], folder?: string): Promise<string> {
	const child = Bun.spawn([...command], { stdout: "pipe", stderr: "pipe", stdin: "ignore", cwd: folder });
	const [output, errors, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
	if (code !== 0) throw new Error(`${command.slice(0, 3).join(" ")} failed with ${code}: ${errors.trim().slice(-1_000)}`);
	return output;
}
