import { write } from "node:fs";
import { serverLimits } from "./limits.ts";

/** Hands some of the bytes to the system: answers how many it took, or rejects with its error. */
export type WriteSome = (bytes: Uint8Array) => Promise<number>;

/**
 * Lines on their way out of the process, to a log collector, a terminal or a file. Whoever writes one never waits and never fails: a
 * collector that hangs, has died, or whose disk is full costs lines, which are counted, and nothing else.
 */
export class LineOutput {
	readonly #writeSome: WriteSome;
	#waiting: string[] = [];
	#waitingUnits = 0;
	/** Settles when nothing is on its way any more; null where nothing is. */
	#writing: Promise<void> | null = null;
	#dropped = 0;
	#untold = 0;
	/** Whether the last thing the system took was the beginning of a line. */
	#isMidLine = false;
	/** Hears how many lines were dropped, once they can be told. */
	onResumed: (dropped: number) => void = () => {};

	/** To a descriptor: 1 is standard output, 2 is standard error. */
	constructor(output: number | WriteSome) {
		this.#writeSome = typeof output === "number" ? (bytes) => writeTo(output, bytes) : output;
	}

	/** Lines that nobody took. */
	get dropped(): number {
		return this.#dropped;
	}

	/** Takes a line, its line feed included, or several; drops it where too much is waiting. Never throws. */
	write(line: string): void {
		if (this.#waitingUnits + line.length > serverLimits.logUnitsWaitingMax) return this.#drop(line);
		this.#waiting.push(line);
		this.#waitingUnits += line.length;
		this.#writing ??= this.#writeAll();
	}

	/** Waits until all has gone, but no longer than this. */
	async flush(waitMs: number): Promise<void> {
		if (this.#writing) await Promise.race([this.#writing, Bun.sleep(waitMs)]);
	}

	async #writeAll(): Promise<void> {
		// What the same turn brings goes along, in one write.
		await Promise.resolve();
		while (this.#waiting.length > 0) {
			const text = this.#waiting.splice(0).join("");
			await this.#writeText(text);
			this.#waitingUnits -= text.length;
		}
		this.#writing = null;
	}

	async #writeText(text: string): Promise<void> {
		const mend = this.#isMidLine ? "\n" : "";
		const bytes = Buffer.from(mend + text);
		let taken = 0;
		while (taken < bytes.length) {
			try {
				taken += await this.#writeSome(bytes.subarray(taken));
			} catch (fault) {
				if ((fault as { code?: string }).code === "EAGAIN") await Bun.sleep(FULL_PIPE_PAUSE_MS);
				else {
					if (taken > 0) this.#isMidLine = bytes[taken - 1] !== LINE_FEED;
					return this.#drop(bytes.toString("utf8", Math.max(taken, mend.length)));
				}
			}
		}
		this.#isMidLine = false;
		const untold = this.#untold;
		this.#untold = 0;
		if (untold > 0) this.onResumed(untold);
	}

	#drop(text: string): void {
		const lines = text.split("\n").length - 1;
		this.#dropped += lines;
		this.#untold += lines;
	}
}

const LINE_FEED = 0x0a;
/** Where somebody made the pipe one that does not wait, a full one is looked at again after this time. */
const FULL_PIPE_PAUSE_MS = 50;

/** On a thread of the runtime's own: a pipe that is full holds up that thread, not this one. */
function writeTo(descriptor: number, bytes: Uint8Array): Promise<number> {
	return new Promise((resolve, reject) => {
		write(descriptor, bytes, 0, bytes.length, null, (fault, taken) => (fault ? reject(fault) : resolve(taken)));
	});
}
