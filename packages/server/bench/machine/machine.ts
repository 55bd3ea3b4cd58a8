import { readFileSync } from "node:fs";
import { availableParallelism, release, totalmem } from "node:os";
import { run } from "./program.ts";

/** What the figures were measured on. */
export interface Machine {
	readonly processor: string;
	readonly cores: number;
	readonly memoryGib: number;
	readonly kernel: string;
}

export function describeMachine(): Machine {
	const model = /^model name\s*: (.*)$/m.exec(readFileSync("/proc/cpuinfo", "latin1"))?.[1] ?? "unknown";
	return {
		processor: model.trim(),
		cores: availableParallelism(),
		memoryGib: Math.round(totalmem() / 2 ** 30),
		kernel: `Linux ${release().split("-")[0]}`,
	};
}

/** Versions of what is measured and of what measures. */
export async function describeVersions(installed: Record<string, string>): Promise<Record<string, string>> {
	const node = await run(["node", "--version"]).catch(() => "none");
	return { bun: Bun.version, node: node.trim().replace(/^v/, ""), ...installed };
}

/** The share of the machine's time that others take now, 0 to 1, looked at for half a second: measured figures want it near 0. */
export async function busyShare(): Promise<number> {
	const before = cpuTimes();
	await Bun.sleep(500);
	const after = cpuTimes();
	return 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
}

function cpuTimes(): { idle: number; all: number } {
	const figures = readFileSync("/proc/stat", "latin1").split("\n", 1)[0]?.split(/\s+/).slice(1).map(Number) ?? [];
	return { idle: (figures[3] ?? 0) + (figures[4] ?? 0), all: figures.reduce((sum, figure) => sum + figure, 0) };
}
