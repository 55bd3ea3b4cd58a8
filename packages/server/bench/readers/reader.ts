import { join } from "node:path";
import { type Program, startProgram } from "../machine/program.ts";
import type { CrowdOptions, CrowdReport } from "./crowd.ts";

const enterMsMax = 60_000;
const answerMsMax = 30_000;
const lookEveryMs = 100;

/** A crowd of viewers in a process of its own, on the core of the load. */
export class Reader {
	readonly #program: Program;
	readonly #waiting: ((answer: object) => void)[];

	private constructor(program: Program, waiting: ((answer: object) => void)[]) {
		this.#program = program;
		this.#waiting = waiting;
	}

	static start({ port, room, way, viewers }: Omit<CrowdOptions, "nowUs">): Reader {
		const waiting: ((answer: object) => void)[] = [];
		const main = join(import.meta.dir, "main.ts");
		const named = ["--port", port, "--room", room, "--way", way, "--viewers", viewers].map(String);
		const program = startProgram([process.execPath, main, ...named], {
			place: "load",
			onLine: (line) => waiting.shift()?.(JSON.parse(line) as object),
		});
		return new Reader(program, waiting);
	}

	get pid(): number {
		return this.#program.pid;
	}

	/** Lets everybody in. Throws where somebody could not get in, with the reason. */
	async enter(): Promise<void> {
		await this.#ask("enter", enterMsMax);
		const { failed, why } = await this.report(0);
		if (failed > 0) throw new Error(`${failed} viewers could not get in: ${why}`);
	}

	/** What is counted from here on is measured. */
	async begin(): Promise<void> {
		await this.#ask("begin", answerMsMax);
	}

	/** `messages`: how many have been said since the room began; what a viewer lacks of them is missing. */
	async report(messages: number): Promise<CrowdReport> {
		return (await this.#ask(`report ${messages}`, answerMsMax)) as CrowdReport;
	}

	/** Resolves once every viewer has `messages`, or `timeoutMs` are over. */
	async whole(messages: number, timeoutMs: number): Promise<void> {
		const deadlineMs = performance.now() + timeoutMs;
		while (((await this.#ask(`missing ${messages}`, answerMsMax)) as { missing: number }).missing > 0) {
			if (performance.now() > deadlineMs) return;
			await Bun.sleep(lookEveryMs);
		}
	}

	stop(): Promise<void> {
		return this.#program.stop();
	}

	/** Answers come in the order of the commands. Throws where none comes in time. */
	async #ask(command: string, timeoutMs: number): Promise<object> {
		const { promise, resolve, reject } = Promise.withResolvers<object>();
		this.#waiting.push(resolve);
		const late = setTimeout(() => reject(new Error(`The reader did not answer "${command}" within ${timeoutMs / 1_000} s.`)), timeoutMs);
		this.#program.write(`${command}\n`);
		try {
			return await promise;
		} finally {
			clearTimeout(late);
		}
	}
}
